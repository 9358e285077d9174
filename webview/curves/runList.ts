import type { RunSnapshot } from "../contract.js";
import { checkbox, setHiddenLabel } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { metricText, stateSigns, stateText } from "../shared/runText.js";
import type { Theme } from "../shared/theme.js";
import { swatch } from "./swatch.js";

/** One row: box to overlay, line as drawn, name, state, best figure. Updated in place, so that focus stays. */
class RunRow {
  readonly root = element("li", { className: "run" });
  private readonly box;
  private readonly name = element("span", { className: "run-name" });
  private readonly state = element("span", { className: "run-state" });
  private readonly metric = element("span", { className: "run-metric" });
  private readonly line = element("span", { className: "run-line" });

  constructor(onToggle: (checked: boolean) => void) {
    this.box = checkbox({ label: "", hideLabel: true, checked: false, onChange: onToggle });
    const words = element("span", { className: "run-words" }, [this.name, this.state]);
    const rest = element("span", { className: "run-rest" }, [this.line, words, this.metric]);
    // The box is what the keyboard reaches; for a pointer the whole row is one target.
    rest.addEventListener("click", () => this.box.click());
    this.root.append(this.box, rest);
  }

  update(run: RunSnapshot, checked: boolean, theme: Theme): void {
    this.name.textContent = run.name;
    this.name.title = run.dir;
    this.state.textContent = `${stateSigns[run.state]} ${stateText(run)}`;
    this.state.title = run.ending ?? "";
    this.state.dataset.state = run.state;
    this.metric.textContent = metricText(run);
    this.metric.title = run.metric ? [run.metric.label, ...(run.metricMethod ? [run.metricMethod] : [])].join(": ") : "no validation yet";
    this.line.replaceChildren(swatch(run.colour, theme));
    const figure = run.metric ? `${run.metric.label} ${metricText(run)}` : "no figure yet";
    setHiddenLabel(this.box, `${run.name}, ${stateText(run)}, ${figure}`);
    this.root.classList.toggle("checked", checked);
    if (this.box.checked !== checked) {
      this.box.checked = checked;
    }
  }
}

/** The runs that fit the filter, in the order the extension gives. */
export class RunList {
  readonly root = element("ul", { className: "run-list", label: "Runs" });
  private readonly rows = new Map<string, RunRow>();

  constructor(private readonly onToggle: (dir: string, checked: boolean) => void) {}

  update(runs: readonly RunSnapshot[], checked: ReadonlySet<string>, theme: Theme): void {
    const dirs = new Set(runs.map(({ dir }) => dir));
    for (const [dir, row] of this.rows) {
      if (!dirs.has(dir)) {
        row.root.remove();
        this.rows.delete(dir);
      }
    }
    runs.forEach((run, index) => {
      const row = this.rowOf(run.dir);
      row.update(run, checked.has(run.dir), theme);
      if (this.root.children[index] !== row.root) {
        this.root.insertBefore(row.root, this.root.children[index] ?? null);
      }
    });
  }

  private rowOf(dir: string): RunRow {
    const known = this.rows.get(dir);
    if (known) {
      return known;
    }
    const row = new RunRow((isChecked) => this.onToggle(dir, isChecked));
    this.rows.set(dir, row);
    return row;
  }
}
