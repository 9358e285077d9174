import type { Diagnostic } from "vscode-languageserver";

/**
 * What an editor and the language server say to each other beyond the Language Server Protocol. All of it is
 * optional: an editor that knows none of these messages has a server that judges notebooks by their text alone.
 */

/** Request: the errors of one cell, whatever `tritloom.checkTypes` says; answered for the newest text. */
export const errorsOfCell = "tritloom/errorsOfCell";
export interface ErrorsOfCellParams {
  readonly cell: string;
}
export type ErrorsOfCellResult = Diagnostic[];

/** Notification: a kernel executed this text of a cell. What it declared stays known until the kernel restarts. */
export const cellRan = "tritloom/cellRan";
export interface CellRanParams {
  readonly notebook: string;
  readonly cell: string;
  readonly text: string;
}

/** Notification: the kernel of a notebook has lost what its cells declared. */
export const kernelRestarted = "tritloom/kernelRestarted";
export interface KernelRestartedParams {
  readonly notebook: string;
}

/** The section of the configuration that the server asks for. */
export const settingsSection = "tritloom";

/**
 * What happens about type errors: they are shown, or not, or they also keep a cell from running, which is the
 * editor's work. Errors of syntax are shown whatever this says.
 */
export const checkTypesChoices = ["show", "off", "block"] as const;
export type CheckTypes = (typeof checkTypesChoices)[number];

/** The settings of the section, which may also come as `initializationOptions`. */
export interface Settings {
  readonly checkTypes: CheckTypes;
}

/** Reads settings that a client sent; what it does not know or misspells has its default. */
export function settingsFrom(value: unknown): Settings {
  const given = typeof value === "object" && value !== null && "checkTypes" in value ? value.checkTypes : undefined;
  return { checkTypes: checkTypesChoices.find((choice) => choice === given) ?? "show" };
}
