/** What a page is told of: the runs of the workspace, the chip that is chosen, or the variable that is. */
export type PageTopic = "runs" | "pipeline" | "variable";

interface Page {
  readonly title: string;
  /** An editor tab that a command opens, or a view of the side bar, which package.json also lists. */
  readonly place: "panel" | "side view";
  readonly topics: readonly PageTopic[];
}

const asIs = <Entry extends Record<string, Page>>(entries: Entry): Entry => entries;

/**
 * Pages of the extension's own panels and side views, by their names: the script of each is webview/NAME/main.ts. Its id in VS Code
 * is "tritloom.NAME".
 */
export const pages = asIs({
  curves: { title: "Training Curves", place: "panel", topics: ["runs"] },
  table: { title: "Experiments", place: "panel", topics: ["runs"] },
  pipeline: { title: "Accelerator Pipeline", place: "panel", topics: ["pipeline"] },
  variable: { title: "Variable", place: "panel", topics: ["variable"] },
  glance: { title: "At a Glance", place: "side view", topics: ["runs", "pipeline"] },
});

export type SharedPage = keyof typeof pages;
export type PanelName = { [Name in SharedPage]: (typeof pages)[Name]["place"] extends "panel" ? Name : never }[SharedPage];

export const panelNames = (Object.keys(pages) as SharedPage[]).filter((name): name is PanelName => pages[name].place === "panel");
