import type { MatrixReport, RunSnapshot } from "../../src/runs/runViews.js";
import { element } from "../shared/element.js";
import { formatCount } from "../shared/runText.js";
import type { Theme } from "../shared/theme.js";
import { histogramPicture, percent, shareBar } from "./matrixPictures.js";
import { weightsRun } from "./smallMultiples.js";

const columns = ["matrix", "−1 / 0 / +1", "flips", "saturated", "latent weights"];

/** Every matrix of one run as its last report has it: shares of codes, flips, saturation, and where the latent weights lie. */
export class MatrixTable {
  readonly root = element("section", { className: "matrices", label: "Weights by matrix" });
  private shown = "";

  update(runs: readonly RunSnapshot[], theme: Theme): void {
    const run = weightsRun(runs);
    const matrices = run?.matrices ?? [];
    const key = JSON.stringify([run?.dir, run?.weights.step.at(-1), matrices, theme.palette]);
    if (key === this.shown) {
      return;
    }
    this.shown = key;
    this.root.hidden = matrices.length === 0;
    if (!run || matrices.length === 0) {
      return;
    }
    const at = run.weights.step.at(-1) ?? run.step;
    const heading = element("h3", { text: `Weights of ${run.name}, step ${formatCount(at)}` });
    const head = element("tr", {}, columns.map(columnHead));
    const table = element("table", {}, [
      element("thead", {}, [head]),
      element("tbody", {}, matrices.map((matrix) => row(matrix, theme))),
    ]);
    const scroller = element("div", { className: "scroller" }, [table]);
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", heading.textContent);
    this.root.replaceChildren(heading, scroller);
  }
}

const explanations: Readonly<Record<string, string>> = {
  flips: "Share of weights whose code differs from that of the report before",
  saturated: "Share of latent weights at or beyond W0, which a stochastic rule no longer draws",
  "latent weights": "Histogram; dashed lines at −W0 and +W0 where the rule has one",
};

function columnHead(text: string): HTMLElement {
  const cell = element("th", { text });
  cell.scope = "col";
  cell.title = explanations[text] ?? "";
  return cell;
}

function row(matrix: MatrixReport, theme: Theme): HTMLElement {
  const name = element("th", { text: matrix.matrix });
  name.scope = "row";
  const saturated = matrix.saturation === null ? "–" : percent(matrix.saturation);
  return element("tr", {}, [
    name,
    element("td", {}, [shareBar(matrix, theme)]),
    element("td", { className: "number", text: percent(matrix.flips) }),
    element("td", { className: "number", text: saturated }),
    element("td", {}, [histogramPicture(matrix, theme) ?? "–"]),
  ]);
}
