import type { RomSnapshot } from "../contract.js";
import { button } from "../shared/controls.js";
import { element } from "../shared/element.js";

const pageRows = 256;

/** The words with their addresses, a page at a time. */
export class WordTable {
  readonly element = element("section", { className: "words", label: "Words" });
  private words: RomSnapshot["words"] = { total: 0, shown: [] };
  private first = 0;

  show(words: RomSnapshot["words"]): void {
    this.words = words;
    this.first = Math.min(this.first, Math.max(0, words.shown.length - 1));
    this.render();
  }

  private turn(rows: number): void {
    this.first += rows;
    this.render();
  }

  private render(): void {
    const { shown, total } = this.words;
    const page = shown.slice(this.first, this.first + pageRows);
    const rows = page.map(({ address, digits, line }) =>
      element("tr", {}, [
        element("td", { text: String(address) }),
        element("td", { className: "digits", text: digits }),
        element("td", { className: "muted", text: String(line) }),
      ]),
    );
    const head = element("tr", {}, ["address", "word", "line"].map((text) => element("th", { text })));
    const previous = button({ text: "Previous words", onPress: () => this.turn(-pageRows) });
    const next = button({ text: "Next words", onPress: () => this.turn(pageRows) });
    previous.disabled = this.first === 0;
    next.disabled = this.first + pageRows >= shown.length;
    const end = this.first + page.length;
    const range = page.length === 0 ? "no words" : `words ${this.first + 1} to ${end} of ${total.toLocaleString("en-US")}`;
    const bar = element("div", { className: "pages" }, [previous, next, element("span", { className: "muted", text: range })]);
    this.element.replaceChildren(bar, element("table", {}, [element("thead", {}, [head]), element("tbody", {}, rows)]));
  }
}
