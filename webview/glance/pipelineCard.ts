import type { Precision } from "../../src/hardware/schedule/shape.js";
import type { PipelineSnapshot, PipelineState } from "../contract.js";
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

/** The accelerator's shape and the chip, in a line. */
export function shapeText({ layers, chip }: PipelineSnapshot): string {
  const { cell, units, macUnits, precision } = layers[0]!.shape;
  const stack = layers.length > 1 ? `first of ${layers.length} layers, ` : "";
  const array = chip === null ? `${macUnits} MAC units, without weights` : chip.words;
  return `${stack}${cell.toUpperCase()}, ${precisions[precision]} · ${units} units on ${array}`;
}

interface Words {
  readonly heading: string;
  readonly status: string;
}

function wordsOf(state: PipelineState | undefined): Words {
  if (state === undefined) {
    return { heading: "Accelerator pipeline", status: "Train a run to see an accelerator compute with its weights, cycle by cycle." };
  }
  const { choice, shown } = state;
  if (shown.kind === "pipeline") {
    return { heading: shown.pipeline.title, status: shapeText(shown.pipeline) };
  }
  const name = choice.runs.find(({ dir }) => dir === choice.dir)?.name ?? "Accelerator pipeline";
  return { heading: name, status: shown.text };
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

  update(state: PipelineState | undefined): void {
    this.pipeline = state?.shown.kind === "pipeline" ? state.shown.pipeline : undefined;
    const { heading, status } = wordsOf(state);
    this.heading.textContent = heading;
    this.status.textContent = status;
    this.picture.hidden = this.pipeline === undefined;
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
