import * as Plotly from "plotly.js-basic-dist-min";
import { element } from "../shared/element.js";
import { showProblem } from "../shared/problem.js";
import type { FigureInput } from "./figure.js";
import { hasValues, smallFigure, smallMultipleTitles, smallTitle, type SmallMultiple, type XRange } from "./smallMultiples.js";

const config = { displayModeBar: false, displaylogo: false, responsive: true, scrollZoom: false, doubleClick: false };
const kinds = Object.keys(smallMultipleTitles) as SmallMultiple[];

interface Card {
  readonly root: HTMLElement;
  readonly title: HTMLElement;
  readonly chart: HTMLElement;
}

function card(kind: SmallMultiple): Card {
  const title = element("h3", { text: smallMultipleTitles[kind] });
  const chart = element("div", { className: "small-chart", label: smallMultipleTitles[kind] });
  chart.setAttribute("role", "img");
  return { root: element("div", { className: "card" }, [title, chart]), title, chart };
}

/**
 * The small charts below the main one. They are drawn one a frame and only while they are in sight, so that the main
 * chart, which a person waits for, never waits for them.
 */
export class SmallCharts {
  readonly root: HTMLElement;
  private readonly cards = new Map(kinds.map((kind) => [kind, card(kind)] as const));
  private readonly stale = new Set<SmallMultiple>();
  private readonly inSight = new Set<SmallMultiple>();
  private shown: { input: FigureInput; range: XRange } | undefined;
  private drawing = false;

  constructor() {
    this.root = element("div", { className: "small-multiples" }, [...this.cards.values()].map(({ root }) => root));
    const kindOf = new Map([...this.cards].map(([kind, { root }]) => [root as Element, kind] as const));
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const kind = kindOf.get(target);
        if (kind !== undefined) {
          this.inSight[isIntersecting ? "add" : "delete"](kind);
        }
      }
      this.draw();
    });
    kindOf.forEach((_, root) => observer.observe(root));
  }

  /** @param range of the main chart's x axis */
  show(input: FigureInput, range: XRange): void {
    this.shown = { input, range };
    for (const [kind, { root, title }] of this.cards) {
      root.hidden = !hasValues(kind, input.runs);
      title.textContent = smallTitle(kind, input.runs);
      title.title = title.textContent;
      this.stale.add(kind);
    }
    this.draw();
  }

  private draw(): void {
    if (!this.drawing) {
      this.drawing = true;
      void this.drawStale().finally(() => (this.drawing = false));
    }
  }

  private async drawStale(): Promise<void> {
    const next = (): SmallMultiple | undefined => kinds.find((kind) => this.stale.has(kind) && this.inSight.has(kind));
    for (let kind = next(); kind !== undefined && this.shown; kind = next()) {
      await new Promise(requestAnimationFrame);
      this.stale.delete(kind);
      const { data, layout } = smallFigure(kind, this.shown.input, this.shown.range);
      const { chart } = this.cards.get(kind)!;
      await Plotly.react(chart, data, layout, config).catch((error: unknown) => showProblem(`A small chart cannot be drawn: ${String(error)}`));
    }
  }
}
