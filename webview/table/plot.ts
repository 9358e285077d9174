import { element } from "../shared/element.js";
import type { PlotFigure } from "./figures.js";

const config = { displayModeBar: false, displaylogo: false, responsive: true, scrollZoom: false, doubleClick: "reset" };

/** A chart of several megabytes of code, which is loaded with the first figure. */
export class Plot {
  readonly root = element("div", { className: "plot" });
  private latest: PlotFigure | undefined;
  private drawing: Promise<void> | undefined;

  constructor() {
    this.root.setAttribute("role", "img");
    this.root.tabIndex = 0;
  }

  /** Draws the latest of the figures that came while one was drawn. @throws what the library throws */
  show(figure: PlotFigure): Promise<void> {
    this.latest = figure;
    this.root.setAttribute("aria-label", figure.description);
    this.drawing ??= this.drawLatest().finally(() => (this.drawing = undefined));
    return this.drawing;
  }

  private async drawLatest(): Promise<void> {
    const { react } = await import("./plotly.js");
    while (this.latest !== undefined) {
      const { data, layout } = this.latest;
      this.latest = undefined;
      await react(this.root, data, layout, config);
    }
  }
}
