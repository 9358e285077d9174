import { curveSvg } from "../../src/runs/curveSvg.js";
import { measures, named } from "../../src/runs/measures.js";
import type { RunSnapshot } from "../contract.js";
import { element } from "../shared/element.js";
import { inlineSvg } from "../shared/inlineSvg.js";
import { progressText, stateSigns } from "../shared/runText.js";

function figures(run: RunSnapshot): string {
  const loss = run.train.loss.at(-1);
  const measure = measures[run.task];
  const figure = run.train.figure.at(-1);
  const validation = run.validation.figure.at(-1);
  return [
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(figure === undefined ? [] : [named(measure, figure)]),
    ...(validation === undefined ? [] : [`validation ${named(measure, validation)}`]),
  ].join(" · ");
}

/** CSS pixels below which the wide picture's words would be too small to read. */
const narrow = 560;

/** The picture of one training in a cell's output: progress bar, line of figures, small curve; updated in place. */
export class TrainingOutput {
  readonly root = element("div", { className: "tritloom-training" });
  private readonly name = element("strong");
  private readonly state = element("span", { className: "state" });
  private readonly bar = element("progress", { label: "Training progress" });
  private readonly progress = element("span", { className: "progress" });
  private readonly figures = element("span", { className: "figures" });
  private readonly curve = element("div", { className: "curve" });
  private readonly kernel = element("span", { className: "kernel" });
  private run: RunSnapshot | undefined;

  constructor() {
    this.root.append(
      element("div", { className: "line" }, [this.name, this.state, this.progress]),
      this.bar,
      element("div", { className: "line" }, [this.figures, this.kernel]),
      this.curve,
    );
    let before = 0;
    new ResizeObserver(() => {
      const width = this.root.clientWidth;
      if (width < narrow !== before < narrow) {
        this.draw();
      }
      before = width;
    }).observe(this.root);
  }

  update(run: RunSnapshot): void {
    this.name.textContent = run.name;
    this.state.textContent = `${stateSigns[run.state]} ${run.state}`;
    this.progress.textContent = progressText(run);
    this.bar.max = run.steps;
    this.bar.value = run.step;
    this.bar.hidden = run.state === "finished";
    this.figures.textContent = figures(run);
    this.kernel.textContent = run.computeKernel;
    this.run = run;
    this.draw();
  }

  private draw(): void {
    if (this.run) {
      const size = this.root.clientWidth > 0 && this.root.clientWidth < narrow ? "narrow" : "wide";
      this.curve.replaceChildren(inlineSvg(curveSvg(this.run, "css-variables", size)));
    }
  }
}
