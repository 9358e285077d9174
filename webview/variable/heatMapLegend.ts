import type { ShownHeatMap } from "../../src/variables/contract.js";
import { cellFill } from "../rom/cellColours.js";
import { element } from "../shared/element.js";
import type { Theme } from "../shared/theme.js";
import { numberText } from "./numbers.js";

/** What the colours of a heat map mean, in the colours of the theme. */
export function heatMapLegend({ greatest, rowsPerCell, columnsPerCell }: ShownHeatMap, theme: Theme): HTMLElement[] {
  const most = greatest || 1;
  const entries = [
    entry(`down to -${numberText(most)}`, -most, most, theme),
    entry("0", 0, most, theme),
    entry(`up to ${numberText(most)}`, most, most, theme),
    entry("no number", undefined, most, theme),
  ];
  const isReduced = rowsPerCell * columnsPerCell > 1;
  return isReduced ? [...entries, element("span", { text: `A cell is the mean of up to ${rowsPerCell} x ${columnsPerCell} numbers.` })] : entries;
}

function entry(text: string, value: number | undefined, greatest: number, theme: Theme): HTMLElement {
  const { colour, opacity } = cellFill(value, greatest, theme) ?? { colour: theme.panel, opacity: 1 };
  const fill = element("span");
  Object.assign(fill.style, { backgroundColor: colour, opacity: String(opacity) });
  const swatch = element("span", { className: "swatch" }, [fill]);
  Object.assign(swatch.style, { borderColor: theme.foreground, backgroundColor: theme.panel });
  return element("span", { className: "entry" }, [swatch, text]);
}
