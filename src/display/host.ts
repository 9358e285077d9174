import { AsyncLocalStorage } from "node:async_hooks";
import type { Report } from "./report.js";

/**
 * What the place that runs a cell offers to the API: a notebook kernel shows live outputs and can interrupt; a plain
 * Node program has neither and gets the fallback. The kernel installs its host under the global symbol, so that the
 * API never imports the kernel.
 */
export type MimeBundle = Record<string, string>;

/** One live output in the cell; each update is a full replacement. */
export interface DisplayHandle {
  update(data: MimeBundle): void;
}

export interface CellHost {
  display(data: MimeBundle): DisplayHandle;
  /** Tells the program that runs the notebook what was made. */
  report(report: Report): void;
  /** The notebook's folder, from which its cells import packages; absent where no cell runs. */
  readonly folder?: string;
  /** Aborted when the user stops the running cell, or the process is about to end; a new signal for each execution. */
  readonly interrupt: AbortSignal;
  /**
   * Holds back the end of the process, for a limited time, until the returned function is called; meanwhile `interrupt` tells
   * of it. Absent where the process ends by itself after what it runs.
   */
  holdOpen?(): () => void;
}

const hostKey = Symbol.for("tritloom.host");

/** Objects with this method show themselves as a cell's last value (the convention of Deno's Jupyter kernel). */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

type HostHolder = { [hostKey]?: CellHost };

/** Installs the host of this process; called by the kernel before the first cell. */
export function setCellHost(host: CellHost): void {
  (globalThis as HostHolder)[hostKey] = host;
}

/** The host of this process, or undefined in a plain program. */
export function cellHost(): CellHost | undefined {
  return (globalThis as HostHolder)[hostKey];
}

/** The notices so far, where each is told once. */
const toldBefore = new AsyncLocalStorage<Set<string>>();

/**
 * Does one part of something in which each notice is told once, as in the hundred calls of a sweep's trial function.
 * @param told the notices so far, the same set for all parts
 */
export function tellingOnce<T>(told: Set<string>, work: () => T): T {
  return toldBefore.run(told, work);
}

/** Tells the user something that nobody asked for, at once: a warning in the cell, or on standard error. */
export function notice(text: string): void {
  const told = toldBefore.getStore();
  if (told?.has(text)) {
    return;
  }
  told?.add(text);
  const host = cellHost();
  if (host) {
    host.display({ "text/plain": `Note: ${text}` });
  } else {
    console.warn(text);
  }
}
