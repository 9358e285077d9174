import { measures } from "../../src/runs/measures.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { button, captioned, checkbox, dropdown, slider, type Choice } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { itemsName } from "./axisTitles.js";
import { axisTask } from "./shownRuns.js";
import type { ViewOptions } from "./viewOptions.js";

export type ExportKind = "png" | "svg" | "csv" | "markdown";

export interface ToolbarHandlers {
  onChange(change: Partial<ViewOptions>): void;
  onResetZoom(): void;
}

const exportButtons: { kind: ExportKind; text: string; label: string }[] = [
  { kind: "png", text: "PNG", label: "Save the chart as a PNG picture" },
  { kind: "svg", text: "SVG", label: "Save the chart as an SVG drawing" },
  { kind: "csv", text: "CSV", label: "Save the points of the shown runs as CSV" },
  { kind: "markdown", text: "Copy table", label: "Copy the shown runs as a Markdown table" },
];

/** A list whose words follow the runs: made anew when they change. */
class NamedDropdown<Value extends string> {
  readonly root = element("span");
  private shown = "";
  private list: ReturnType<typeof dropdown> | undefined;

  constructor(private readonly make: (choices: readonly Choice<Value>[], value: Value) => ReturnType<typeof dropdown>) {}

  update(choices: readonly Choice<Value>[], value: Value): void {
    const key = JSON.stringify(choices);
    if (key !== this.shown || this.list === undefined) {
      this.shown = key;
      this.list = this.make(choices, value);
      this.root.replaceChildren(this.list);
    } else if (this.list.value !== value) {
      this.list.value = value;
    }
  }
}

type Task = RunSnapshot["task"];
type Quantity = `${Task} ${ViewOptions["quantity"]}`;

/** Each measure has an axis of its own: figures of different measures do not compare, nor do losses per different items. */
function quantities(runs: readonly RunSnapshot[]): Choice<Quantity>[] {
  const tasks: Task[] = runs.length === 0 ? ["character-model"] : [...new Set(runs.map(({ task }) => task))];
  const loss = (task: Task): string => (tasks.length === 1 ? "loss" : `loss per ${measures[task].item}`);
  return tasks.flatMap((task): Choice<Quantity>[] => [
    { value: `${task} figure`, text: measures[task].name },
    { value: `${task} loss`, text: loss(task) },
  ]);
}

function xAxes(runs: readonly RunSnapshot[]): Choice<ViewOptions["xAxis"]>[] {
  return [
    { value: "step", text: "step" },
    { value: "seconds", text: "seconds" },
    { value: "items", text: itemsName(runs) },
  ];
}

interface AxisLists {
  readonly quantity: NamedDropdown<Quantity>;
  readonly xAxis: NamedDropdown<ViewOptions["xAxis"]>;
}

function axisLists(onChange: ToolbarHandlers["onChange"]): AxisLists {
  const onQuantity = (chosen: Quantity): void => {
    const [task, quantity] = chosen.split(" ") as [Task, ViewOptions["quantity"]];
    onChange({ task, quantity });
  };
  return {
    quantity: new NamedDropdown((choices, value) => dropdown({ label: "y axis", choices, value, onChange: onQuantity })),
    xAxis: new NamedDropdown((choices, value) => dropdown({ label: "x axis", choices, value, onChange: (xAxis) => onChange({ xAxis }) })),
  };
}

function axisControls(options: ViewOptions, { quantity, xAxis }: AxisLists, onChange: ToolbarHandlers["onChange"]): HTMLElement[] {
  const logY = checkbox({ label: "log y", checked: options.logY, onChange: (value) => onChange({ logY: value }) });
  const logX = checkbox({ label: "log x", checked: options.logX, onChange: (value) => onChange({ logX: value }) });
  return [captioned("y", quantity.root), logY, captioned("x", xAxis.root), logX];
}

function curveControls(options: ViewOptions, onChange: ToolbarHandlers["onChange"]): HTMLElement[] {
  const amount = element("output", { className: "amount", text: options.smoothing.toFixed(2) });
  const smoothing = slider({
    label: "smoothing",
    min: 0,
    max: 0.99,
    step: 0.01,
    value: options.smoothing,
    onInput: (value) => {
      amount.textContent = value.toFixed(2);
      onChange({ smoothing: value });
    },
  });
  return [
    captioned("smoothing", smoothing),
    amount,
    checkbox({ label: "training", checked: options.train, onChange: (value) => onChange({ train: value }) }),
    checkbox({ label: "validation", checked: options.validation, onChange: (value) => onChange({ validation: value }) }),
  ];
}

function group(label: string, className: string, children: HTMLElement[]): HTMLElement {
  const created = element("div", { className, label }, children);
  created.setAttribute("role", "group");
  return created;
}

/** Everything that changes how the main chart looks; its words are those of the shown runs' tasks. */
export class ChartOptions {
  readonly root: HTMLElement;
  private readonly lists: AxisLists;

  /** @param options as they are now; the controls start from them */
  constructor(
    private readonly options: () => ViewOptions,
    handlers: Pick<ToolbarHandlers, "onChange" | "onResetZoom">,
  ) {
    const onChange = (change: Partial<ViewOptions>): void => handlers.onChange(change);
    const reset = button({ text: "Reset zoom", onPress: () => handlers.onResetZoom() });
    this.lists = axisLists(onChange);
    this.root = group("Chart options", "toolbar", [
      element("div", { className: "controls" }, [...axisControls(options(), this.lists, onChange), reset]),
      element("div", { className: "controls" }, curveControls(options(), onChange)),
    ]);
    this.update([]);
  }

  /** @param checked the runs to show, of whatever task */
  update(checked: readonly RunSnapshot[]): void {
    const { task, quantity, xAxis } = this.options();
    const onAxis = axisTask(checked, task) ?? "character-model";
    this.lists.quantity.update(quantities(checked), `${onAxis} ${quantity}`);
    this.lists.xAxis.update(xAxes(checked.filter((run) => run.task === onAxis)), xAxis);
  }
}

const answerMilliseconds = 2_000;

/** Says on a button for a moment what it did. */
function answer(pressed: HTMLElement, words: string, text: string): void {
  pressed.textContent = words;
  setTimeout(() => (pressed.textContent = text), answerMilliseconds);
}

/**
 * The buttons that take curves out of the panel; each says where it was pressed what came of it.
 * @param onExport does it; the words that the button then shows
 */
export function exportBar(onExport: (kind: ExportKind) => Promise<string>, onFault: (error: unknown) => void): HTMLElement {
  const buttons = exportButtons.map(({ kind, text, label }) => {
    const created = button({ text, label, onPress: () => void onExport(kind).then((words) => answer(created, words, text), onFault) });
    return created;
  });
  return group("Export", "controls end", buttons);
}
