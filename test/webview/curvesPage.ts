import type { Browser } from "playwright-core";
import { WebviewPage, type OpenOptions, type WebviewServer } from "./webviewPage.js";

interface DrawnTrace {
  name: string;
  x: number[];
  y: number[];
  /** Of a trace that holds several runs: the name at each point. */
  text?: string[];
  line: { color: string; dash?: string };
}

interface DrawnChart extends HTMLElement {
  data: DrawnTrace[];
  layout: {
    paper_bgcolor: string;
    xaxis: { type: string; range: [number, number]; autorange: boolean; title: { text: string } };
    yaxis: { type: string; range: [number, number]; title: { text: string } };
  };
}

/** The curves panel as its user meets it: what is listed, what is drawn. */
export class CurvesPage {
  private constructor(readonly view: WebviewPage) {}

  static async open(browser: Browser, server: WebviewServer, options?: OpenOptions): Promise<CurvesPage> {
    return new CurvesPage(await WebviewPage.open(browser, server, options));
  }

  get page() {
    return this.view.page;
  }

  box(run: string) {
    return this.page.getByRole("checkbox", { name: new RegExp(`^${run}, `) });
  }

  option(label: string) {
    return this.page.getByRole("checkbox", { name: label, exact: true });
  }

  async choose(label: string, option: string): Promise<void> {
    await this.page.getByRole("combobox", { name: label }).click();
    await this.page.getByRole("option", { name: option, exact: true }).click();
  }

  async setSmoothing(value: string): Promise<void> {
    await this.page.getByRole("slider", { name: "smoothing" }).fill(value);
  }

  async listedRuns(): Promise<string[]> {
    return this.page.locator(".run-name").allTextContents();
  }

  /** What the main chart holds right now. */
  async chart(): Promise<{ traces: DrawnTrace[]; layout: DrawnChart["layout"] } | undefined> {
    return this.page.evaluate(() => {
      const chart = document.querySelector<DrawnChart>(".main-chart");
      return chart?.data ? { traces: JSON.parse(JSON.stringify(chart.data)), layout: JSON.parse(JSON.stringify(chart.layout)) } : undefined;
    });
  }

  async traceNames(): Promise<string[]> {
    return (await this.chart())?.traces.map(({ name }) => name) ?? [];
  }

  async trace(name: string): Promise<DrawnTrace> {
    const found = (await this.chart())?.traces.find((trace) => trace.name === name);
    if (!found) {
      throw new Error(`The chart has no line "${name}", only ${(await this.traceNames()).join("; ")}.`);
    }
    return found;
  }

  /** Where the line of the cross-hair stands on the linear x axis, in data coordinates; undefined when it is hidden. */
  async crossHair(): Promise<number | undefined> {
    const line = this.page.locator(".main-chart .hoverlayer .spikeline").first();
    const [area, spike] = [await this.page.locator(".main-chart .nsewdrag").boundingBox(), (await line.count()) > 0 ? await line.boundingBox() : null];
    const range = (await this.chart())?.layout.xaxis.range;
    if (!area || !spike || !range) {
      return undefined;
    }
    return range[0] + ((spike.x + spike.width / 2 - area.x) / area.width) * (range[1] - range[0]);
  }

  /** Drags over the middle of the main chart, which zooms into it. */
  async dragZoom(): Promise<void> {
    const box = await this.page.locator(".main-chart .nsewdrag").boundingBox();
    if (!box) {
      throw new Error("The main chart is not drawn.");
    }
    await this.page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5, { steps: 4 });
    await this.page.mouse.up();
  }
}
