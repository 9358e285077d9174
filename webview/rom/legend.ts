import { element } from "../shared/element.js";
import type { Theme } from "../shared/theme.js";
import { cellFill } from "./cellColours.js";
import type { Cells } from "./cells.js";

/** What the colours of the picture mean. */
export class Legend {
  readonly element = element("div", { className: "legend", label: "Legend" });

  constructor() {
    this.element.setAttribute("role", "group");
  }

  show(cells: Cells, theme: Theme): void {
    const { greatest, least, most, hasMissing } = cells;
    const entries: [string, number | undefined][] = [
      ...(least < 0 ? [[least === -1 ? "-1" : `-1 to ${least}, stronger the further from 0`, least] as [string, number]] : []),
      ["0", 0],
      ...(most > 0 ? [[most === 1 ? "+1" : `+1 to +${most}, stronger the further from 0`, most] as [string, number]] : []),
      ...(hasMissing ? [["none: in another bank, or no weight's code", undefined] as [string, undefined]] : []),
    ];
    this.element.replaceChildren(...entries.map(([text, value]) => entry(text, value, greatest, theme)));
  }
}

function entry(text: string, value: number | undefined, greatest: number, theme: Theme): HTMLElement {
  const swatch = element("span", { className: "swatch" });
  const fill = element("span");
  const { colour, opacity } = cellFill(value, greatest, theme) ?? { colour: theme.panel, opacity: 1 };
  Object.assign(fill.style, { backgroundColor: colour, opacity: String(opacity) });
  swatch.style.borderColor = theme.foreground;
  swatch.style.backgroundColor = theme.panel;
  swatch.append(fill);
  return element("span", { className: "entry" }, [swatch, text]);
}
