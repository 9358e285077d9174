import { curveSvg } from "../../src/runs/curveSvg.js";
import { measures, named } from "../../src/runs/measures.js";
import { element } from "../shared/element.js";
import { inlineSvg } from "../shared/inlineSvg.js";
import { progressText, stateSigns, stateText } from "../shared/runText.js";
import type { ShownRun } from "./runEvidence.js";

function figures(run: ShownRun): string {
  const loss = run.train.loss.at(-1);
  const measure = measures[run.task];
  const figure = run.train.figure.at(-1);
  const validation = run.validation.figure.at(-1);
  return [
    ...(typeof loss !== "number" ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(figure === undefined ? [] : [named(measure, figure)]),
    ...(validation === undefined ? [] : [`validation ${named(measure, validation)}`]),
  ].join(" · ");
}

/** CSS pixels below which the wide picture's words would be too small to read. */
const narrow = 560;

/** "running", "crashed · killed" */
function stateWords({ state, ending }: ShownRun): string {
  return state === "unsettled" ? "was training when this was saved" : stateText({ state, ending });
}

/** The state in words, with a sign beside them. */
function stateLine(run: ShownRun): string {
  return `${run.state === "unsettled" ? "◌" : stateSigns[run.state]} ${stateWords(run)}`;
}

/** The error that ended it, and how a person trains it on; nothing for any other run. */
function hint({ state, ending }: ShownRun): string {
  const error = ending?.startsWith("error:") ? [`${ending}.`.replace(/\.\.$/, ".")] : [];
  const isStopped = state === "interrupted" || state === "crashed";
  return isStopped ? [...error, "Train on with the command Resume Run, or await run.resume() in a cell."].join(" ") : "";
}

/** The picture of one training in a cell's output: progress bar, line of figures, small curve; updated in place. */
export class TrainingOutput {
  readonly root = element("div", { className: "tritloom-training" });
  private readonly name = element("strong");
  private readonly state = element("span", { className: "state" });
  private readonly bar = element("progress", { label: "Training progress" });
  private readonly progress = element("span", { className: "progress" });
  private readonly figures = element("span", { className: "figures" });
  private readonly curve = element("div", { className: "curve" });
  private readonly hint = element("div", { className: "hint" });
  private readonly kernel = element("span", { className: "kernel" });
  private run: ShownRun | undefined;

  constructor() {
    this.root.append(
      element("div", { className: "line" }, [this.name, this.state, this.progress]),
      this.bar,
      element("div", { className: "line" }, [this.figures, this.kernel]),
      this.hint,
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

  update(run: ShownRun): void {
    this.name.textContent = run.name;
    this.state.textContent = stateLine(run);
    this.state.dataset.state = run.state;
    this.progress.textContent = progressText(run);
    this.bar.max = run.steps;
    this.bar.value = run.step;
    this.bar.hidden = run.state === "finished";
    this.hint.textContent = hint(run);
    this.hint.hidden = this.hint.textContent === "";
    this.figures.textContent = figures(run);
    this.kernel.textContent = run.computeKernel;
    this.run = run;
    this.draw();
  }

  private draw(): void {
    if (this.run) {
      const size = this.root.clientWidth > 0 && this.root.clientWidth < narrow ? "narrow" : "wide";
      this.curve.replaceChildren(inlineSvg(curveSvg({ ...this.run, state: stateWords(this.run) }, "css-variables", size)));
    }
  }
}
