import * as vscode from "vscode";
import type { Leak, VariableRow } from "../../variables/contract.js";
import { commandIds } from "../commands/commandIds.js";
import { DisposableOwner } from "../disposable.js";
import type { NotebookVariables } from "./notebookVariables.js";
import { kindIcons, leakDescription, leakLabel, leakTooltip, sharedTooltip, variableDescription, variableTooltip } from "./variableText.js";

/** Keys of rows that are no variables begin with what no name of a variable has. */
const leakKey = ({ cell }: Leak): string => `leak ${cell}`;
const omittedKey = "omitted rows";
const uncountedKey = "uncounted leaks";

/** The variables of a notebook in the side bar; its elements are their names. Leaked tensors come first. */
export class VariableTree extends DisposableOwner implements vscode.TreeDataProvider<string> {
  private readonly changed = this.track(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly variables: Pick<NotebookVariables, "list" | "row" | "onChange">) {
    super();
    this.track(variables.onChange(() => this.changed.fire(undefined)));
  }

  getChildren(parent?: string): string[] {
    const { list } = this.variables;
    if (parent !== undefined || list === undefined) {
      return [];
    }
    const leaks = list.leaks === null ? [uncountedKey] : list.leaks.map(leakKey);
    return [...leaks, ...list.rows.map(({ name }) => name), ...(list.omitted > 0 ? [omittedKey] : [])];
  }

  getTreeItem(key: string): vscode.TreeItem {
    const row = this.variables.row(key);
    return row ? variableItem(row) : this.otherItem(key);
  }

  /** A row that tells of something else; also one whose variable went between the question for the rows and the one for this row. */
  private otherItem(key: string): vscode.TreeItem {
    const { list } = this.variables;
    const leak = list?.leaks?.find((each) => leakKey(each) === key);
    if (leak) {
      return leakItem(leak);
    }
    const texts: Readonly<Record<string, string>> = { [omittedKey]: `${list?.omitted} more variables`, [uncountedKey]: "Leaked tensors are not counted: too many objects" };
    const item = new vscode.TreeItem(texts[key] ?? key);
    item.id = key;
    return item;
  }
}

function variableItem(row: VariableRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.name);
  item.id = row.name;
  item.description = variableDescription(row);
  item.tooltip = new vscode.MarkdownString(variableTooltip(row));
  item.iconPath = new vscode.ThemeIcon(kindIcons[row.kind]);
  item.contextValue = "variable";
  item.command = { command: commandIds.openVariable, title: "Open Value", arguments: [row.name] };
  item.accessibilityInformation = { label: `${row.name}, ${item.description}` };
  return item;
}

function leakItem(leak: Leak): vscode.TreeItem {
  const item = new vscode.TreeItem(leakLabel(leak));
  item.id = leakKey(leak);
  item.description = leakDescription(leak);
  item.tooltip = leak.bytes > 0 ? leakTooltip : sharedTooltip;
  item.iconPath = leak.bytes > 0 ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground")) : new vscode.ThemeIcon("info");
  item.contextValue = "leak";
  item.accessibilityInformation = { label: `${item.label as string} ${item.description}` };
  return item;
}
