import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { type AttachedEvents, AttachedKernel } from "../../../kernel/keeper/attachedKernel.js";
import { endKernel, KernelRefusedError, renameNotebook } from "../../../kernel/keeper/connection.js";
import type { NotebookName } from "../../../kernel/keeper/contract.js";
import { kernelFolder } from "../../../kernel/keeper/folder.js";
import { kernelId, type KernelRecord, livingRecords, readLiving } from "../../../kernel/keeper/record.js";
import { startKeeper } from "../../../kernel/keeper/startKeeper.js";
import { processLives } from "../../files/processIdentity.js";
import { nodeProgram } from "../nodeProgram.js";
import type { ProductPaths } from "../productPaths.js";
import { askUser } from "./askUser.js";
import type { Connect, Kernel } from "./kernel.js";

/** The extension host of a window that was reloaded, and a keeper that has no kernel any more, take a moment to end. */
const lingeringMilliseconds = 3_000;
const againMilliseconds = 500;

/** What tells apart the notebooks of one window from those of another that were never saved. */
export interface KernelPlace {
  readonly paths: ProductPaths;
  readonly scope: string;
}

/** This window, as long as it lives. */
const window = randomUUID();

/** The notebook's own folder, or for one that was never saved the workspace's first. */
function workingFolder(notebook: vscode.NotebookDocument): string {
  if (notebook.uri.scheme === "file") {
    return path.dirname(notebook.uri.fsPath);
  }
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir();
}

/** The same file by other ways is the same notebook. */
export async function notebookName(uri: vscode.Uri): Promise<NotebookName> {
  const file = uri.scheme === "file" ? await realpath(uri.fsPath).catch(() => uri.fsPath) : null;
  return { uri: uri.toString(), path: file };
}

/** The record of the kernel that a notebook has. */
export async function recordOf(uri: vscode.Uri, { scope }: KernelPlace): Promise<KernelRecord | undefined> {
  return readLiving(kernelFolder(), kernelId(await notebookName(uri), scope));
}

/** Files or folders have other names now, and kernels of notebooks among them go with them. */
export async function renameKernels(from: vscode.Uri, to: vscode.Uri, place: KernelPlace): Promise<void> {
  if (from.scheme === "untitled") {
    const record = await recordOf(from, place);
    return record && renameNotebook(record, await notebookName(to));
  }
  const old = path.join(await realpath(path.dirname(from.fsPath)).catch(() => path.dirname(from.fsPath)), path.basename(from.fsPath));
  for (const record of await livingRecords()) {
    const inside = record.notebook.path === null ? undefined : path.relative(old, record.notebook.path);
    if (inside !== undefined && !inside.startsWith("..") && !path.isAbsolute(inside)) {
      const file = inside === "" ? to : vscode.Uri.joinPath(to, ...inside.split(path.sep));
      await renameNotebook(record, await notebookName(file));
    }
  }
}

/**
 * Attaches a notebook to its kernel; one is started with the Node of the setting `tritloom.nodePath` or VS Code's own.
 * @returns undefined where none lives, and none was to be started
 * @throws KernelRefusedError, KernelStartError
 */
export async function connectKernel(
  notebook: vscode.NotebookDocument,
  place: KernelPlace,
  { start, takeOver }: Connect,
  events: AttachedEvents,
): Promise<Kernel | undefined> {
  const living = await recordOf(notebook.uri, place);
  const attached = living && (await attach(living, takeOver, events));
  if (attached || !start) {
    return attached;
  }
  // Undefined: another window was quicker.
  const started = (await startFor(notebook, place)) ?? (await recordOf(notebook.uri, place));
  if (started === undefined) {
    throw new Error("Another window is just starting a kernel for this notebook: run the cell again.");
  }
  return AttachedKernel.attach(started, attachOptions(false), events);
}

/** @returns undefined for one that cannot be used from here and was ended */
async function attach(record: KernelRecord, takeOver: boolean, events: AttachedEvents): Promise<Kernel | undefined> {
  const options = attachOptions(takeOver);
  for (const until = performance.now() + lingeringMilliseconds; ; ) {
    try {
      return await AttachedKernel.attach(record, options, events);
    } catch (error) {
      if (!(error instanceof KernelRefusedError)) {
        throw error;
      }
      if (takeOver) {
        await endKernel(record);
        return undefined;
      }
      const mayPass = error.by === options.by || error.reason === "silent";
      if (!mayPass || performance.now() > until) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, againMilliseconds));
    if ((await processLives(record.keeper)) === false) {
      return undefined;
    }
  }
}

async function startFor(notebook: vscode.NotebookDocument, { paths, scope }: KernelPlace): Promise<KernelRecord | undefined> {
  const { program: nodePath, env } = nodeProgram(paths);
  return startKeeper({
    notebook: await notebookName(notebook.uri),
    scope,
    folder: workingFolder(notebook),
    kernelPath: paths.kernel,
    keeperPath: paths.kernelKeeper,
    idleSeconds: idleSeconds(),
    nodePath,
    env,
  });
}

function attachOptions(takeOver: boolean) {
  const { name } = vscode.workspace;
  const by = name === undefined ? "a window without a folder" : `the window "${name}"`;
  return { by, window, takeOver, idleSeconds: idleSeconds(), askUser };
}

function idleSeconds(): number {
  return vscode.workspace.getConfiguration("tritloom").get<number>("kernelIdleTimeout", 24) * 3600;
}
