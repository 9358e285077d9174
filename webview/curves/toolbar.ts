import type { RunSnapshot } from "../contract.js";
import { button, captioned, checkbox, dropdown, slider, type Choice } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { figureName, itemsName } from "./axisTitles.js";
import type { ViewOptions } from "./viewOptions.js";

export type ExportKind = "png" | "svg" | "csv" | "markdown";

export interface ToolbarHandlers {
  onChange(change: Partial<ViewOptions>): void;
  onResetZoom(): void;
  onExport(kind: ExportKind): void;
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

  constructor(private readonly make: (choices: readonly Choice<Value>[]) => HTMLElement) {}

  update(choices: readonly Choice<Value>[]): void {
    const key = choices.map(({ text }) => text).join("\n");
    if (key !== this.shown) {
      this.shown = key;
      this.root.replaceChildren(this.make(choices));
    }
  }
}

function quantities(runs: readonly RunSnapshot[]): Choice<ViewOptions["quantity"]>[] {
  return [
    { value: "figure", text: figureName(runs) },
    { value: "loss", text: "loss" },
  ];
}

function xAxes(runs: readonly RunSnapshot[]): Choice<ViewOptions["xAxis"]>[] {
  return [
    { value: "step", text: "step" },
    { value: "seconds", text: "seconds" },
    { value: "items", text: itemsName(runs) },
  ];
}

interface AxisLists {
  readonly quantity: NamedDropdown<ViewOptions["quantity"]>;
  readonly xAxis: NamedDropdown<ViewOptions["xAxis"]>;
}

function axisLists(options: () => ViewOptions, onChange: ToolbarHandlers["onChange"]): AxisLists {
  return {
    quantity: new NamedDropdown((choices) =>
      dropdown({ label: "y axis", choices, value: options().quantity, onChange: (quantity) => onChange({ quantity }) }),
    ),
    xAxis: new NamedDropdown((choices) =>
      dropdown({ label: "x axis", choices, value: options().xAxis, onChange: (xAxis) => onChange({ xAxis }) }),
    ),
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
  constructor(options: () => ViewOptions, handlers: Pick<ToolbarHandlers, "onChange" | "onResetZoom">) {
    const onChange = (change: Partial<ViewOptions>): void => handlers.onChange(change);
    const reset = button({ text: "Reset zoom", onPress: () => handlers.onResetZoom() });
    this.lists = axisLists(options, onChange);
    this.root = group("Chart options", "toolbar", [
      element("div", { className: "controls" }, axisControls(options(), this.lists, onChange)),
      element("div", { className: "controls" }, curveControls(options(), onChange)),
      element("div", { className: "controls" }, [reset]),
    ]);
    this.update([]);
  }

  update(runs: readonly RunSnapshot[]): void {
    this.lists.quantity.update(quantities(runs));
    this.lists.xAxis.update(xAxes(runs));
  }
}

/** The buttons that take curves out of the panel. */
export function exportBar(onExport: ToolbarHandlers["onExport"]): HTMLElement {
  const buttons = exportButtons.map(({ kind, text, label }) => button({ text, label, onPress: () => onExport(kind) }));
  return group("Export", "controls end", buttons);
}
