import path from "node:path";
import * as vscode from "vscode";
import { DisposableOwner } from "../disposable.js";
import { commandIds } from "../commands/commandIds.js";
import type { ListedRun, RunList } from "./runList.js";
import { runColour, runContext, runDescription, runTooltip, shortName, startText, stateIcons } from "./runText.js";

/** The tree of runs in the side bar; its elements are run directories. Those that cannot be read come last and say why. */
export class RunTree extends DisposableOwner implements vscode.TreeDataProvider<string> {
  private readonly changed = this.track(new vscode.EventEmitter<string | undefined>());
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly runs: RunList) {
    super();
    this.track(runs.onChange((change) => this.changed.fire(change.type === "updated" ? change.dir : undefined)));
  }

  /** While runs are looked for and none is found yet, the view shows that it waits. */
  getChildren(parent?: string): string[] | Promise<string[]> {
    if (parent !== undefined) {
      return [];
    }
    const shown = () => this.runs.all().filter(({ summary }) => !summary.marks?.hidden);
    const rows = (): string[] => [...shown(), ...this.runs.broken()].map(({ dir }) => dir);
    return this.runs.isSearched || rows().length > 0 ? rows() : this.runs.whenSearched().then(rows);
  }

  getTreeItem(dir: string): vscode.TreeItem {
    const run = this.runs.get(dir);
    if (run === undefined) {
      return this.brokenItem(dir);
    }
    const { summary } = run;
    const item = new vscode.TreeItem(shortName(summary.name));
    item.id = dir;
    item.description = `${summary.marks?.starred ? "★ " : ""}${runDescription(summary, this.startOfTwin(run))}`;
    item.tooltip = new vscode.MarkdownString(runTooltip(summary, run.verification));
    item.iconPath = new vscode.ThemeIcon(stateIcons[summary.state], new vscode.ThemeColor(runColour(summary)));
    item.contextValue = runContext(run);
    item.command = { command: commandIds.openRunCurves, title: "Open Curves", arguments: [dir] };
    item.accessibilityInformation = { label: `Run ${summary.name}, ${item.description}` };
    if (run.problem !== undefined) {
      tellProblem(item, run.problem);
    }
    return item;
  }

  /** The row of a run that cannot be read, or that went between the question for the rows and the one for this row. */
  private brokenItem(dir: string): vscode.TreeItem {
    const item = new vscode.TreeItem(path.basename(dir));
    const problem = this.runs.problemOf(dir);
    if (problem !== undefined) {
      item.id = dir;
      item.contextValue = "brokenRun";
      item.accessibilityInformation = { label: `Run ${path.basename(dir)}, cannot be read: ${problem}` };
      tellProblem(item, problem);
    }
    return item;
  }

  /** The time at which a run started, where another one shares its name; undefined where the name tells it apart. */
  private startOfTwin({ dir, summary, startedAt }: ListedRun): string | undefined {
    const twin = this.runs.all().some((other) => other.dir !== dir && other.summary.name === summary.name);
    return twin ? startText(startedAt, Date.now() / 1000) : undefined;
  }
}

/** What is wrong stands in the row itself, and in full over it. */
function tellProblem(item: vscode.TreeItem, problem: string): void {
  item.iconPath = new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  item.description = problem;
  item.tooltip = problem;
}
