import { type PanelName, panelNames } from "./webviews/pageTable.js";

/** What VS Code knows each of these names by. */
export type Ids<Name extends string> = { readonly [Each in Name]: `tritloom.${Each}` };

/** The ids of these names. */
export function idsOf<Name extends string>(names: readonly Name[]): Ids<Name> {
  return Object.fromEntries(names.map((name) => [name, `tritloom.${name}`])) as Ids<Name>;
}

export const viewIds = { runs: "tritloom.runs", variables: "tritloom.variables", glance: "tritloom.glance", kernels: "tritloom.kernels" } as const;
export const panelIds = idsOf<PanelName>(panelNames);
/** Draws a training in the output of a cell, and asks what became of its run. */
export const trainingRendererId = "tritloom.training";
/** Draws the schedule of a chip in the output of a cell, with a button that opens it. */
export const scheduleRendererId = "tritloom.schedule";
export const romEditorId = "tritloom.romEditor";
/** Language of ROM files opened as text: those are linted. */
export const romLanguageId = "tritloom-rom";
/** The plugin of VS Code's TypeScript server, a package in the extension's node_modules. */
export const typescriptPluginName = "tritloom-typescript-plugin";
export const controllerId = "tritloom-kernel";
export const notebookType = "jupyter-notebook";
