import { scheduleSvg, scheduleText } from "../../src/hardware/schedule/figure.js";
import { summariseNetwork } from "../../src/hardware/schedule/network.js";
import type { OpenChip, ScheduleOutput } from "../contract.js";
import { element } from "../shared/element.js";
import { inlineSvg } from "../shared/inlineSvg.js";

/** A page that forbids inline styles takes them from the style sheet. */
const unstyled = (svg: string): string => svg.replace(/ style="[^"]*"/, "");

/** Scrolls sideways where it would be too small to read; by keyboard too. */
function picture(svg: string): HTMLElement {
  const created = element("div", { className: "picture", label: "Picture of the schedule" }, [inlineSvg(unstyled(svg))]);
  created.tabIndex = 0;
  created.setAttribute("role", "group");
  return created;
}

/**
 * A schedule in a cell's output: picture and figures of each layer, and a button that opens the chip in the panel.
 * @param open undefined where no editor listens
 */
export function scheduleOutput({ dir, name, options, shapes }: ScheduleOutput, open: ((message: OpenChip) => void) | undefined): HTMLElement {
  const { layers } = summariseNetwork(shapes);
  const figures = layers.flatMap((layer, index) => [
    ...(layers.length > 1 ? [element("strong", { text: `Layer ${index}` })] : []),
    picture(scheduleSvg(layer.shape)),
    element("pre", { text: scheduleText(layer) }),
  ]);
  const root = element("div", { className: "tritloom-schedule" }, figures);
  if (open) {
    const button = element("button", { className: "open-chip", text: `Open the chip of ${name} in Accelerator Pipeline` });
    button.type = "button";
    button.addEventListener("click", () => open({ type: "open-chip", dir, options }));
    root.prepend(button);
  }
  return root;
}
