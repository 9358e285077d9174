import type { Column } from "../../src/runTable/columns.js";
import { button, checkbox, type Choice, dropdown, textField } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { ColumnPicker } from "./columnPicker.js";
import type { ViewOptions } from "./viewOptions.js";

export type TableExport = "csv" | "json" | "copy";
export type BulkAction = "star" | "hide" | "tags" | "note" | "name" | "delete";

export interface ToolbarHandlers {
  onChange(change: Partial<ViewOptions>): void;
  onExport(kind: TableExport): void;
  onAction(action: BulkAction): void;
}

const actions: readonly { readonly action: BulkAction; readonly text: string; readonly label: string }[] = [
  { action: "star", text: "Star", label: "Star the checked runs, or take their stars away" },
  { action: "tags", text: "Tag…", label: "Tag the checked runs" },
  { action: "note", text: "Note…", label: "Write a note on the checked runs" },
  { action: "name", text: "Rename…", label: "Show the checked run under another name" },
  { action: "hide", text: "Hide", label: "Hide the checked runs, or show them again" },
  { action: "delete", text: "Delete", label: "Delete the checked runs; this can be undone" },
];

/** What is above the table: filter, groups, columns, what is done with the checked runs, and exports. */
export class Toolbar {
  readonly root: HTMLElement;
  private readonly picker: ColumnPicker;
  private readonly groupPlace = element("span");
  private readonly count = element("span", { className: "muted" });
  private readonly problem = element("p", { className: "filter-problem" });
  private readonly field;
  private groupChoices = "";

  constructor(
    options: ViewOptions,
    private readonly handlers: ToolbarHandlers,
  ) {
    this.picker = new ColumnPicker((choice) => handlers.onChange(choice));
    this.problem.id = "filter-problem";
    this.problem.setAttribute("role", "alert");
    this.count.setAttribute("role", "status");
    this.field = textField({
      label: "Filter runs",
      placeholder: "units > 256 and quantiser = ternary, is starred, tags = paper, time < 10min",
      value: options.filter,
      onInput: (filter) => handlers.onChange({ filter }),
    });
    const hidden = checkbox({ label: "hidden", checked: options.withHidden, onChange: (withHidden) => handlers.onChange({ withHidden }) });
    const first = element("div", { className: "table-bar" }, [this.field, this.count, this.groupPlace, this.picker.root, hidden]);
    const second = element("div", { className: "table-bar" }, [
      ...actions.map(({ action, text, label }) => button({ text, label, onPress: () => handlers.onAction(action) })),
      button({ text: "Copy", label: "Copy the table, for a spreadsheet", onPress: () => handlers.onExport("copy") }),
      button({ text: "CSV", label: "Save the table as CSV", onPress: () => handlers.onExport("csv") }),
      button({ text: "JSON", label: "Save the table as JSON", onPress: () => handlers.onExport("json") }),
    ]);
    this.root = element("div", { className: "table-bars" }, [first, this.problem, second]);
  }

  update(all: readonly Column[], shown: readonly Column[], options: ViewOptions): void {
    this.picker.update(all, shown, options);
    const choices: Choice<string>[] = [
      { value: "", text: "no groups" },
      ...all.filter(({ isHyperparameter, id }) => isHyperparameter && (options.group[0] === id || shown.some((column) => column.id === id))).map(({ id, title }) => ({ value: id, text: `by ${title}` })),
      { value: "state", text: "by state" },
    ];
    const key = JSON.stringify([choices, options.group]);
    if (key !== this.groupChoices) {
      this.groupChoices = key;
      const onChange = (id: string): void => this.handlers.onChange({ group: id === "" ? [] : [id] });
      this.groupPlace.replaceChildren(dropdown({ label: "Groups", choices, value: options.group[0] ?? "", onChange }));
    }
  }

  /** How many runs there are, and what is wrong with the filter. */
  say(count: string, problem: string | null): void {
    this.count.textContent = count;
    this.problem.textContent = problem ?? "";
    this.problem.hidden = problem === null;
    this.field.setAttribute("aria-invalid", String(problem !== null));
  }
}
