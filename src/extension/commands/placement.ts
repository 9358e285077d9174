/** A menu or title bar of VS Code in which a command stands. */
export interface CommandButton {
  readonly menu: "notebook/toolbar" | "notebook/cell/title" | "notebook/cell/execute" | "editor/title" | "view/title" | "view/item/context";
  /** The group and the order in it, as "navigation@1". */
  readonly group: string;
  /** The `when` clause under which the button is there. */
  readonly when: string;
}

/** Which rows of the tree of runs have a command, told by the words of a row's `contextValue`. */
const rows = {
  run: "viewItem =~ /^run\\b/",
  running: "viewItem =~ /\\brunning\\b/",
  notRunning: "viewItem =~ /^run\\b/ && !(viewItem =~ /\\brunning\\b/)",
  stopped: "viewItem =~ /\\b(interrupted|crashed)\\b/",
  exportable: "viewItem =~ /\\bexportable\\b/",
} as const;

/** A command in the context menu of a variable, and as an icon in its row where a second group says so. */
export function whenVariable(...groups: readonly string[]): readonly CommandButton[] {
  return groups.map((group) => ({ menu: "view/item/context", group, when: "view == tritloom.variables && viewItem == variable" }));
}

/** A command in the context menu of such rows, and as an icon in the row where a second group says so. */
export function whenRow(row: keyof typeof rows, ...groups: readonly string[]): readonly CommandButton[] {
  return groups.map((group) => ({ menu: "view/item/context", group, when: `view == tritloom.runs && ${rows[row]}` }));
}
