import { button, dropdown, textField } from "../shared/controls.js";
import { element } from "../shared/element.js";
import type { ViewOptions } from "./viewOptions.js";

export interface ListBarHandlers {
  onChange(change: Pick<ViewOptions, "filter"> | Pick<ViewOptions, "sort">): void;
  onAll(): void;
  onNone(): void;
}

const orders: { value: ViewOptions["sort"]; text: string }[] = [
  { value: "newest", text: "newest first" },
  { value: "name", text: "by name" },
  { value: "figure", text: "best first" },
  { value: "state", text: "by state" },
];

/** What is above the list of runs: which of them it lists, in which order, and buttons that check all or none of them. */
export function listBar({ filter, sort }: ViewOptions, { onChange, onAll, onNone }: ListBarHandlers): HTMLElement {
  const field = textField({
    label: "Filter runs",
    placeholder: "filter: ternary units>256",
    value: filter,
    onInput: (value) => onChange({ filter: value }),
  });
  return element("div", { className: "list-bar" }, [
    field,
    dropdown({ label: "Order of the runs", choices: orders, value: sort, onChange: (value) => onChange({ sort: value }) }),
    button({ text: "All", label: "Show all listed runs", onPress: onAll }),
    button({ text: "None", label: "Show none of the listed runs", onPress: onNone }),
  ]);
}
