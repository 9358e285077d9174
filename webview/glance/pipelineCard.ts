import type { Precision } from "../../src/hardware/schedule/shape.js";
import type { PipelineSnapshot } from "../contract.js";
import { drawFrame } from "../pipeline/frame.js";
import { element } from "../shared/element.js";
import { onThemeChange, reducedMotion } from "../shared/theme.js";

const precisions: Record<Precision, string> = {
  full: "full precision",
  binary: "binary weights",
  ternary: "ternary weights",
};

/** Frames a second while the card plays. */
const framesPerSecond = 6;

/** The accelerator's shape in one line. */
export function shapeText({ layers }: PipelineSnapshot): string {
  const { cell, units, macUnits, precision, clockMegahertz } = layers[0].shape;
  const stack = layers.length > 1 ? `first of ${layers.length} layers, ` : "";
  return `${stack}${cell.toUpperCase()}, ${precisions[precision]} · ${units} units on ${macUnits} MAC units · ${clockMegahertz} MHz`;
}

/**
 * The accelerator at a glance: one frame, which plays only under the pointer or with the focus, and never where motion
 * is to be reduced. The whole card opens the pipeline panel.
 */
export class PipelineCard {
  readonly root = element("button", { className: "card" });
  private readonly heading = element("span", { className: "heading" });
  private readonly status = element("span", { className: "muted status" });
  private readonly canvas = element("canvas");
  private readonly picture = element("span", { className: "picture" }, [this.canvas]);
  private pipeline: PipelineSnapshot | undefined;
  private cycle = 0;
  private timer: number | undefined;

  constructor(onOpen: () => void) {
    this.root.type = "button";
    this.root.addEventListener("click", onOpen);
    this.root.append(this.heading, this.status, this.picture);
    for (const start of ["pointerenter", "focus"]) {
      this.root.addEventListener(start, () => this.play());
    }
    for (const end of ["pointerleave", "blur"]) {
      this.root.addEventListener(end, () => this.pause());
    }
    onThemeChange(() => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.root);
    this.update(undefined);
  }

  update(pipeline: PipelineSnapshot | undefined): void {
    this.pipeline = pipeline;
    const words = pipeline
      ? shapeText(pipeline)
      : "Train a run to see an accelerator compute with its weights, cycle by cycle.";
    this.heading.textContent = pipeline?.title ?? "Accelerator pipeline";
    this.status.textContent = words;
    this.picture.hidden = !pipeline;
    this.draw();
  }

  private draw(): void {
    const frame = this.pipeline && drawFrame(this.canvas, this.pipeline, this.cycle);
    const words = [this.heading.textContent, this.status.textContent, ...(frame ? [frame] : [])].join(", ");
    this.root.setAttribute("aria-label", `Open the accelerator pipeline: ${words}`);
  }

  private play(): void {
    if (this.timer === undefined && !reducedMotion()) {
      this.timer = window.setInterval(() => {
        this.cycle += 1;
        this.draw();
      }, 1000 / framesPerSecond);
    }
  }

  private pause(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
  }
}
