import type { ShownHistogram } from "../../src/variables/contract.js";
import { element } from "../shared/element.js";
import { numberText } from "./numbers.js";

/** Bars for how often numbers occur. Pointer and arrow keys read single bars; screen readers get a table of them. */
export class HistogramPicture {
  readonly element: HTMLElement;
  private readonly told = element("p", { className: "told", text: "Point at a bar to read it." });
  private readonly bars: readonly HTMLElement[];
  private cursor: number | undefined;

  constructor(private readonly histogram: ShownHistogram) {
    const highest = histogram.bars.reduce((most, { count }) => Math.max(most, count), 1);
    this.bars = histogram.bars.map(({ count }) => bar(count / highest));
    const picture = element("div", { className: "histogram" }, [...this.bars]);
    picture.tabIndex = 0;
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", `Histogram of ${histogram.bars.length} bars. Arrow keys read single bars.`);
    this.told.setAttribute("aria-live", "polite");
    this.bars.forEach((each, index) => each.addEventListener("pointerenter", () => this.point(index)));
    picture.addEventListener("keydown", (event) => this.step(event));
    this.element = element("div", {}, [picture, this.axis(), this.told, this.table()]);
  }

  private axis(): HTMLElement {
    const { bars } = this.histogram;
    const ends = [numberText(bars[0]?.from ?? 0), numberText(bars.at(-1)?.to ?? 0)];
    return element("div", { className: "axis muted" }, ends.map((text) => element("span", { text })));
  }

  /** For screen readers only: the picture shows the same. */
  private table(): HTMLElement {
    const rows = this.histogram.bars.map((_, index) => element("tr", {}, [element("td", { text: this.words(index) })]));
    return element("table", { className: "visually-hidden" }, [element("caption", { text: "Bars of the histogram" }), element("tbody", {}, rows)]);
  }

  private words(index: number): string {
    const { bars, isDiscrete } = this.histogram;
    const { from, to, count } = bars[index]!;
    const place = isDiscrete ? numberText(from) : `${numberText(from)} to ${numberText(to)}`;
    return `${place}: ${count.toLocaleString("en-US")}`;
  }

  private step(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by !== 0 && this.bars.length > 0) {
      event.preventDefault();
      const from = this.cursor ?? (by > 0 ? -1 : this.bars.length);
      this.point(Math.min(this.bars.length - 1, Math.max(0, from + by)));
    }
  }

  private point(index: number): void {
    this.bars[this.cursor ?? index]?.classList.remove("pointed");
    this.bars[index]?.classList.add("pointed");
    this.cursor = index;
    this.told.textContent = this.words(index);
  }
}

/** As high as the picture, so that a small bar can be pointed at. */
function bar(share: number): HTMLElement {
  const fill = element("span");
  fill.style.blockSize = `${100 * share}%`;
  return element("div", { className: "bar" }, [fill]);
}
