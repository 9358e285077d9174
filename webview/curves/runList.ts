import type { RunSnapshot } from "../../src/runs/runViews.js";
import { button, checkbox, setHiddenLabel } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { metricText, stateSigns, stateText } from "../shared/runText.js";
import type { Theme } from "../shared/theme.js";
import { swatch } from "./swatch.js";

export interface RunListHandlers {
  onToggle(dir: string, checked: boolean): void;
  /** Show this run and no other. */
  onSolo(dir: string): void;
}

/** "test" or "validation": the part of the data that the run's figure is of. */
function partOf({ metric }: RunSnapshot): string {
  return metric?.label.split(" ")[0] ?? "";
}

function folderOf({ dir }: RunSnapshot): string {
  return dir.split(/[\\/]/).at(-1) ?? dir;
}

function twins(runs: readonly RunSnapshot[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(runs.map(({ name }) => name).filter((name) => seen.has(name) || !seen.add(name)));
}

function metricTitle({ metric, metricMethod }: RunSnapshot): string {
  return metric ? [metric.label, ...(metricMethod ? [metricMethod] : [])].join(": ") : "no validation yet";
}

/** One row: box to overlay, line as drawn, name, state, best figure and what it is of. Updated in place, so that focus stays. */
class RunRow {
  readonly root = element("li", { className: "run" });
  private readonly box;
  private readonly name = element("span", { className: "run-name" });
  private readonly state = element("span", { className: "run-state" });
  private readonly metric = element("span", { className: "run-metric" });
  private readonly part = element("span", { className: "run-part" });
  private readonly line = element("span", { className: "run-line" });
  private readonly solo;
  private shown: { run: RunSnapshot; theme: Theme; hasTwin: boolean } | undefined;

  constructor(onToggle: (checked: boolean) => void, onSolo: () => void) {
    this.box = checkbox({ label: "", hideLabel: true, checked: false, onChange: onToggle });
    this.solo = button({ text: "only", onPress: onSolo });
    this.solo.classList.add("run-solo");
    const words = element("span", { className: "run-words" }, [this.name, this.state]);
    const figure = element("span", { className: "run-figure" }, [this.metric, this.part]);
    const rest = element("span", { className: "run-rest" }, [this.line, words, figure]);
    // The box is what the keyboard reaches; for a pointer the whole row is one target.
    rest.addEventListener("click", () => this.box.click());
    this.root.append(this.box, rest, this.solo);
  }

  /** @param hasTwin whether another run has its name, so that its folder has to tell them apart */
  update(run: RunSnapshot, checked: boolean, theme: Theme, hasTwin: boolean): void {
    const { shown } = this;
    this.shown = { run, theme, hasTwin };
    if (shown?.run !== run || shown.theme !== theme || shown.hasTwin !== hasTwin) {
      this.show(run, theme, hasTwin);
    }
    this.root.classList.toggle("checked", checked);
    if (this.box.checked !== checked) {
      this.box.checked = checked;
    }
  }

  private show(run: RunSnapshot, theme: Theme, hasTwin: boolean): void {
    this.name.textContent = run.name;
    this.name.title = `${run.name}\n${run.dir}`;
    this.state.textContent = [`${stateSigns[run.state]} ${stateText(run)}`, ...(hasTwin ? [folderOf(run)] : [])].join(" · ");
    this.state.title = [...(run.ending === null ? [] : [run.ending]), run.dir].join("\n");
    this.state.dataset.state = run.state;
    this.metric.textContent = metricText(run);
    this.part.textContent = partOf(run);
    this.metric.title = this.part.title = metricTitle(run);
    this.line.replaceChildren(swatch(run.colour, theme));
    const figure = run.metric ? `${run.metric.label} ${metricText(run)}` : "no figure yet";
    setHiddenLabel(this.box, `${run.name}, ${stateText(run)}, ${figure}`);
    this.solo.ariaLabel = this.solo.title = `Show only ${run.name}`;
  }
}

/** The runs that fit the filter, in the chosen order. */
export class RunList {
  readonly root = element("ul", { className: "run-list", label: "Runs" });
  private readonly rows = new Map<string, RunRow>();

  constructor(private readonly handlers: RunListHandlers) {}

  update(runs: readonly RunSnapshot[], checked: ReadonlySet<string>, theme: Theme): void {
    const dirs = new Set(runs.map(({ dir }) => dir));
    for (const [dir, row] of this.rows) {
      if (!dirs.has(dir)) {
        row.root.remove();
        this.rows.delete(dir);
      }
    }
    const names = twins(runs);
    let next = this.root.firstElementChild;
    for (const run of runs) {
      const row = this.rowOf(run.dir);
      row.update(run, checked.has(run.dir), theme, names.has(run.name));
      if (next === row.root) {
        next = next.nextElementSibling;
      } else {
        this.root.insertBefore(row.root, next);
      }
    }
  }

  private rowOf(dir: string): RunRow {
    const known = this.rows.get(dir);
    if (known) {
      return known;
    }
    const { onToggle, onSolo } = this.handlers;
    const row = new RunRow((isChecked) => onToggle(dir, isChecked), () => onSolo(dir));
    this.rows.set(dir, row);
    return row;
  }
}
