import type { Range } from "../../src/variables/contract.js";
import { button } from "../shared/controls.js";
import { element } from "../shared/element.js";

/** Turns the pages of something larger than the page; hidden where all of it is shown. */
export function pager(noun: string, { first, shown, total }: Range, turnTo: (first: number) => void): HTMLElement {
  const previous = button({ text: `Previous ${noun}`, onPress: () => turnTo(Math.max(0, first - shown)) });
  const next = button({ text: `Next ${noun}`, onPress: () => turnTo(first + shown) });
  previous.disabled = first === 0;
  next.disabled = first + shown >= total;
  const places = shown === 1 ? `${noun.replace(/s$/, "")} ${text(first + 1)}` : `${noun} ${text(first + 1)} to ${text(first + shown)}`;
  const bar = element("div", { className: "pages" }, [previous, next, element("span", { className: "muted", text: `${places} of ${text(total)}` })]);
  bar.hidden = shown >= total;
  return bar;
}

function text(count: number): string {
  return count.toLocaleString("en-US");
}
