import "./plotlyStyles.js";
// The basic bundle has scatter charts, which is all the panel draws, and none of the WebGL parts that compile code at
// run time: it works under a policy without 'unsafe-eval'.
import * as Plotly from "plotly.js-basic-dist-min";
import { element } from "../shared/element.js";
import { chartDescription } from "./description.js";
import { exportFigure, mainFigure, type FigureInput } from "./figure.js";
import { followKeys } from "./keyboard.js";
import { MatrixTable } from "./matrixTable.js";
import { readout } from "./readout.js";
import { mostSeparateRuns } from "./runTraces.js";
import { SmallCharts } from "./smallCharts.js";

// Zooming is by dragging, double click and the panel's own buttons: Plotly's tool bar has no keyboard path.
const mainConfig = { displayModeBar: false, displaylogo: false, responsive: true, scrollZoom: false, doubleClick: "reset" };
/** The main chart and the small multiples below it, over the same stretch of the x axis. */
export class Charts {
  readonly root: HTMLElement;
  private readonly main = element("div", { className: "main-chart" });
  private readonly spoken = element("div", { className: "visually-hidden" });
  private readonly matrices = new MatrixTable();
  private readonly small = new SmallCharts();
  private graph: Plotly.Graph | undefined;
  private input: FigureInput | undefined;
  /** Where the keyboard put the cross-hair, in data coordinates. */
  private crossHair: number | undefined;

  constructor() {
    this.main.tabIndex = 0;
    this.main.setAttribute("role", "img");
    this.main.setAttribute(
      "aria-description",
      "Left and right arrows move the cross-hair, plus and minus zoom, 0 shows everything.",
    );
    this.spoken.setAttribute("aria-live", "polite");
    this.root = element("div", { className: "charts" }, [this.main, this.spoken, this.small.root, this.matrices.root]);
    followKeys(this.main, {
      positions: () => this.input?.runs.find(({ train }) => train.step.length > 0)?.train[this.input.options.xAxis] ?? [],
      moveTo: (x) => this.moveCrossHair(x),
      leave: () => this.hideCrossHair(),
      zoom: (factor, around) => this.zoom(factor, around),
      reset: () => void this.resetZoom(),
    });
  }

  /** Shows the input; call it as often as data comes, the reader's zoom stays. */
  async render(input: FigureInput): Promise<void> {
    this.input = input;
    this.main.setAttribute("aria-label", chartDescription(input.runs, input.options));
    const { data, layout } = mainFigure(input);
    const graph = await Plotly.react(this.main, data, layout, mainConfig);
    if (!this.graph) {
      this.graph = graph;
      graph.on("plotly_relayout", () => this.followAxes());
    }
    this.followAxes();
    this.matrices.update(input.runs, input.theme);
  }

  async resetZoom(): Promise<void> {
    if (this.graph) {
      await Plotly.relayout(this.graph, { "xaxis.autorange": true, "yaxis.autorange": true });
    }
  }

  /** The main chart as shown, with a legend: a data URL. */
  async image(format: "png" | "svg"): Promise<string> {
    if (!this.graph || !this.input) {
      throw new Error("There is no chart to export yet: check a run first.");
    }
    const { xaxis, yaxis } = this.graph.layout;
    const figure = exportFigure(this.input, { x: [...xaxis.range], y: [...yaxis.range] });
    return Plotly.toImage(figure, { format, width: 1200, height: 700, ...(format === "png" ? { scale: 2 } : {}) });
  }

  /** What follows the axes of the main chart. */
  private followAxes(): void {
    const { graph, input } = this;
    if (graph && input) {
      this.drawCrossHair();
      const [from, to] = graph.layout.xaxis.range;
      this.small.show(input, [from, to]);
    }
  }

  private moveCrossHair(x: number): void {
    this.crossHair = x;
    this.drawCrossHair();
    if (this.input) {
      this.spoken.textContent = readout(this.input, x);
    }
  }

  /** Plotly keeps the lines of the last cross-hair where the axes were. */
  private drawCrossHair(): void {
    const isOneBox = this.input !== undefined && this.input.runs.length <= mostSeparateRuns;
    if (this.graph && this.crossHair !== undefined && isOneBox) {
      Plotly.Fx.hover(this.graph, { xval: this.crossHair }, "xy");
    }
  }

  private hideCrossHair(): void {
    if (this.graph && this.crossHair !== undefined) {
      this.crossHair = undefined;
      Plotly.Fx.unhover(this.graph);
    }
  }

  /** @param around In data coordinates; the middle of the axis when undefined. */
  private zoom(factor: number, around: number | undefined): void {
    if (!this.graph || !this.input) {
      return;
    }
    const [low, high] = this.graph.layout.xaxis.range;
    const place = around === undefined || !this.input.options.logX ? around : Math.log10(around);
    const centre = place ?? (low + high) / 2;
    const range = [centre - (centre - low) * factor, centre + (high - centre) * factor];
    void Plotly.relayout(this.graph, { "xaxis.range": range });
  }
}
