import type { Reference, RunSnapshot } from "../contract.js";
import { textField } from "../shared/controls.js";
import { element } from "../shared/element.js";
import type { Host } from "../shared/host.js";
import { showProblem } from "../shared/problem.js";
import { onThemeChange, readTheme, type Theme } from "../shared/theme.js";
import { Charts } from "./charts.js";
import { adopt, overlaid } from "./choice.js";
import { DifferencesTable } from "./differencesTable.js";
import { copyMarkdown, exportedFile } from "./exports.js";
import { filterRuns } from "./filter.js";
import { RunList } from "./runList.js";
import { StatusLine } from "./statusLine.js";
import { ChartOptions, exportBar, type ExportKind } from "./toolbar.js";
import type { ViewOptions } from "./viewOptions.js";

const emptyWords = {
  noRuns: "No runs yet. Train a model in a notebook cell and its curves appear here while it learns.",
  noneChecked: "Check a run in the list to see its curves.",
  noneFits: "No run fits the filter.",
};

/** The panel of training curves: a view of the latest snapshot and the saved options. */
export class CurvesPanel {
  private runs: RunSnapshot[] = [];
  private references: Reference[] = [];
  private theme: Theme = readTheme();
  private stale = false;
  private drawing = false;
  private readonly charts = new Charts();
  private readonly list = new RunList((dir, checked) => this.toggle(dir, checked));
  private readonly table = new DifferencesTable();
  private readonly bar: ChartOptions;
  private readonly status = new StatusLine(
    (dir) => this.host.post({ type: "stop", dir }),
    (dir) => this.host.post({ type: "resume", dir }),
  );
  private readonly empty = element("p", { className: "empty" });
  private readonly noneFits = element("p", { className: "muted none-fits", text: emptyWords.noneFits });
  private readonly said = element("div", { className: "said" });

  constructor(
    root: HTMLElement,
    private readonly host: Host<ViewOptions>,
  ) {
    const filter = textField({
      label: "Filter runs",
      placeholder: "filter: ternary units>256",
      value: host.view.filter,
      onInput: (value) => this.change({ filter: value }),
    });
    this.bar = new ChartOptions(() => host.view, {
      onChange: (change) => this.change(change),
      onResetZoom: () => void this.charts.resetZoom(),
    });
    const exports = exportBar((kind) => {
      this.exportAs(kind).catch((error: unknown) => showProblem(`Export failed: ${String(error)}`));
    });
    this.said.setAttribute("role", "status");
    const side = element("aside", { className: "side", label: "Runs" }, [
      element("h2", { text: "Runs" }),
      filter,
      this.list.root,
      this.noneFits,
      this.table.root,
    ]);
    const header = element("header", { className: "header" }, [this.status.root, this.said, exports]);
    const main = element("main", { className: "main" }, [header, this.bar.root, this.empty, this.charts.root]);
    root.append(element("div", { className: "panel" }, [side, main]));
    onThemeChange(() => {
      this.theme = readTheme();
      this.draw();
    });
    this.draw();
  }

  show(runs: RunSnapshot[], selected: string[], references: Reference[]): void {
    this.runs = runs;
    this.references = references;
    this.host.saveView({ ...this.host.view, ...adopt(this.host.view, selected) });
    this.draw();
  }

  private change(change: Partial<ViewOptions>): void {
    this.host.saveView({ ...this.host.view, ...change });
    this.draw();
  }

  private toggle(dir: string, checked: boolean): void {
    const now = overlaid(this.runs, this.host.view.checked).map((run) => run.dir);
    const others = now.filter((other) => other !== dir);
    const dirs = checked ? [...others, dir] : others;
    this.change({ checked: dirs });
    this.host.post({ type: "select", dirs });
  }

  private draw(): void {
    this.stale = true;
    if (!this.drawing) {
      this.drawing = true;
      void this.drawWhileStale().finally(() => (this.drawing = false));
    }
  }

  /** Any number of changes during a drawing are one; many long runs leave half of the time to the reader. */
  private async drawWhileStale(): Promise<void> {
    while (this.stale) {
      await new Promise(requestAnimationFrame);
      this.stale = false;
      const started = performance.now();
      await this.drawNow().catch((error: unknown) => showProblem(`The curves cannot be drawn: ${String(error)}`));
      const milliseconds = performance.now() - started;
      await new Promise((rested) => setTimeout(rested, milliseconds));
    }
  }

  private async drawNow(): Promise<void> {
    const { runs, theme, references } = this;
    const options = this.host.view;
    const shown = overlaid(runs, options.checked);
    const checked = new Set(shown.map(({ dir }) => dir));
    const fitting = filterRuns(runs, options.filter);
    this.list.update(fitting, checked, theme);
    this.noneFits.hidden = fitting.length > 0 || runs.length === 0;
    this.table.update(shown, theme);
    this.bar.update(shown);
    this.status.update(runs, checked);
    this.empty.hidden = shown.length > 0;
    this.empty.textContent = runs.length === 0 ? emptyWords.noRuns : emptyWords.noneChecked;
    this.charts.root.hidden = shown.length === 0;
    if (shown.length > 0) {
      await this.charts.render({ runs: shown, options, theme, references });
    }
  }

  private async exportAs(kind: ExportKind): Promise<void> {
    const shown = overlaid(this.runs, this.host.view.checked);
    if (kind === "markdown") {
      await copyMarkdown(shown);
      this.said.textContent = `Copied ${shown.length} ${shown.length === 1 ? "run" : "runs"} as a Markdown table.`;
      return;
    }
    this.host.post(await exportedFile(kind, this.charts, shown));
  }
}
