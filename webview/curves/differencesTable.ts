import type { RunSnapshot } from "../../src/runs/runViews.js";
import { element } from "../shared/element.js";
import type { Theme } from "../shared/theme.js";
import { differences } from "./differences.js";
import { swatch } from "./swatch.js";

/** Columns that a person compares side by side; for more runs the table says which values there are. */
const mostColumns = 8;
const mostValues = 6;

/** "0.001, 0.002, 0.005 and 3 more" */
function valuesText(values: readonly string[]): string {
  const different = [...new Set(values)];
  const more = different.length - mostValues;
  return `${different.slice(0, mostValues).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What differs between the overlaid runs and nothing else: one column a run, headed by its line. */
export class DifferencesTable {
  readonly root = element("section", { className: "differences", label: "Parameters that differ" });
  private shown = "";

  update(runs: readonly RunSnapshot[], theme: Theme): void {
    const rows = differences(runs);
    const key = JSON.stringify([rows, runs.map(({ name, colour }) => [name, colour]), theme.palette]);
    if (key === this.shown) {
      return;
    }
    this.shown = key;
    this.root.hidden = runs.length < 2;
    const heading = element("h2", { text: "Parameters that differ" });
    if (rows.length === 0) {
      this.root.replaceChildren(heading, element("p", { className: "muted", text: "None: same parameters." }));
      return;
    }
    const eachRun = runs.length <= mostColumns;
    const head = element("tr", {}, [
      element("th", {}, [element("span", { className: "visually-hidden", text: "parameter" })]),
      ...(eachRun ? runs : []).map((run) => {
        const cell = element("th", {}, [swatch(run.colour, theme), element("span", { className: "visually-hidden", text: run.name })]);
        cell.scope = "col";
        cell.title = run.name;
        return cell;
      }),
    ]);
    const body = rows.map(({ parameter, values }) => {
      const name = element("th", { text: parameter });
      name.scope = "row";
      return element("tr", {}, [name, ...(eachRun ? values : [valuesText(values)]).map((text) => element("td", { text }))]);
    });
    const table = element("table", {}, [...(eachRun ? [element("thead", {}, [head])] : []), element("tbody", {}, body)]);
    const scroller = element("div", { className: "scroller" }, [table]);
    scroller.tabIndex = 0;
    this.root.replaceChildren(heading, scroller);
  }
}
