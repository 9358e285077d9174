import { markdownText } from "../../text/markdown.js";
import { bytesText } from "../../variables/bytesText.js";
import type { Leak, VariableKind, VariableList, VariableRow } from "../../variables/contract.js";

/** A codicon for each kind of value, those that the editor has for symbols. */
export const kindIcons: Readonly<Record<VariableKind, string>> = {
  nothing: "circle-slash",
  boolean: "symbol-boolean",
  number: "symbol-numeric",
  string: "symbol-string",
  array: "symbol-array",
  tensor: "table",
  object: "symbol-object",
  function: "symbol-method",
  class: "symbol-class",
};

/**
 * What stands above the list; undefined where the list, or the view's welcome, says enough.
 * @param runningCell execution count of the cell that runs
 * @param list undefined while the kernel has not told its variables yet
 */
export function listMessage(runningCell: number | undefined, list: VariableList | undefined): string | undefined {
  if (runningCell !== undefined) {
    return list === undefined ? `Cell [${runningCell}] is running: the variables are listed when it has ended.` : `Cell [${runningCell}] is running: these are the values before it.`;
  }
  return list?.rows.length === 0 ? "No cell has declared a variable." : undefined;
}

/** What stands beside a name: of small values the value, of large ones type, size and bytes first, as the end is cut in a narrow side bar. */
export function variableDescription({ kind, type, size, value, bytes }: VariableRow): string {
  const isLarge = kind === "tensor" || kind === "array" || kind === "object";
  const parts = isLarge ? [type, size, bytes === null ? "" : bytesText(bytes), value] : [value, type, size];
  return parts.filter((part) => part !== "").join(" · ");
}

/** All of a row, as Markdown. */
export function variableTooltip({ name, type, size, value, bytes, place }: VariableRow): string {
  const lines = [
    ["type", type],
    ["size", size],
    ["bytes", bytes === null ? "" : bytes.toLocaleString("en")],
    ["value", value],
    ["declared in", `cell ${place.cell}, run [${place.executionCount}]`],
  ].filter(([, text]) => text !== "");
  return [`**${markdownText(name)}**`, ...lines.map(([word, text]) => `${word}: ${markdownText(text!)}`)].join("\n\n");
}

/** "3 tensors, 12.3 kB" */
export function leakLabel({ tensors, bytes }: Leak): string {
  return `${tensors.toLocaleString("en")} ${tensors === 1 ? "tensor" : "tensors"}, ${bytesText(bytes)}`;
}

export function leakDescription({ tensors, cell }: Leak): string {
  const where = cell === null ? "" : `: made in cell ${cell}`;
  return `${tensors === 1 ? "is" : "are"} reached by no variable${where}`;
}

export const leakTooltip =
  "Nothing can dispose of these tensors any more, and their memory is not given back before the kernel ends. " +
  "Put what makes them into tf.tidy(), or call dispose() before the variable gets another value.";

export const sharedTooltip =
  "These tensors hold no memory of their own: a tensor that a variable reaches has the same values, as what tf.variable() began with does.";
