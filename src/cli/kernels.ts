import { realpath } from "node:fs/promises";
import path from "node:path";
import { endKernel, nameOf } from "../../kernel/keeper/connection.js";
import type { Outlook } from "../../kernel/keeper/contract.js";
import { type ListedKernel, listKernels } from "../../kernel/keeper/listKernels.js";
import type { KernelRecord } from "../../kernel/keeper/record.js";
import { ageInWords, lossInWords, memoryInWords, outlookInWords } from "../../kernel/keeper/inWords.js";
import { printableLine } from "../text/printable.js";
import { type Command, type CommandLine, type Report, UsageError } from "./command.js";
import { confirm, isAtTerminal } from "./confirm.js";

export const kernelsCommand: Command = {
  summary: "Lists the living kernels of this machine that notebooks of the editor run in, or stops them.",
  guide: "working-remotely",
  operands: [
    { name: "stop", description: "end kernels, a training in them after its checkpoint; their variables are lost", isOptional: true },
    { name: "KERNEL", description: "which to stop: the id that the list tells, or the notebook", isOptional: true },
  ],
  options: {
    all: { description: "stop all of them" },
    yes: { description: "stop also those in which a cell runs, without a question" },
  },
  work: workOnKernels,
};

/** A kernel, as `--json` tells it. */
interface KernelRow {
  readonly id: string;
  readonly notebook: string;
  /** The kernel's process. */
  readonly pid: number;
  /** Seconds since it was started. */
  readonly age: number;
  /** Bytes; null where the platform does not tell. */
  readonly memory: number | null;
  /** 1-based number of the code cell that runs. */
  readonly runningCell: number | null;
  readonly waitingCells: number;
  /** The window that is attached. */
  readonly attached: string | null;
  /** Why nothing is known of it. */
  readonly problem: string | null;
}

/** What is known of a kernel that does not answer. */
const untold: Pick<Outlook, "memory" | "running" | "waiting" | "attached"> = { memory: null, running: null, waiting: 0, attached: null };

async function workOnKernels({ operands: [action, which], switches }: CommandLine): Promise<Report> {
  if (action === undefined) {
    if (switches.has("all")) {
      throw new UsageError('--all belongs to "tritloom kernels stop"; the list has all of them anyway.');
    }
    if (switches.has("yes")) {
      throw new UsageError('--yes belongs to "tritloom kernels stop"; the list stops none.');
    }
    return listAll();
  }
  if (action !== "stop") {
    throw new UsageError(`kernels does not know "${action}": give "stop", or nothing for a list.`);
  }
  if ((which === undefined) === !switches.has("all")) {
    throw new UsageError("kernels stop takes one kernel, by its id or its notebook, or --all.");
  }
  return stop(which, switches.has("yes"));
}

async function listAll(): Promise<Report> {
  const kernels = await listKernels();
  return {
    text: kernels.length === 0 ? "No kernel lives on this machine." : table(kernels),
    json: { kernels: kernels.map(rowOf) },
  };
}

async function stop(which: string | undefined, isAgreed: boolean): Promise<Report> {
  const kernels = await listKernels();
  const wanted = which === undefined ? kernels : [await findKernel(kernels, which)];
  if (!isAgreed && !(await mayStop(wanted))) {
    return { text: "No kernel was stopped.", json: { stopped: [] }, isFailure: true };
  }
  await Promise.all(wanted.map(({ record }) => endKernel(record)));
  const names = wanted.map(({ record }) => `Stopped ${record.id}, the kernel of ${printableLine(nameOf(record))}.`);
  return {
    text: names.length === 0 ? "No kernel lives on this machine." : names.join("\n"),
    json: { stopped: wanted.map(({ record }) => ({ id: record.id, notebook: notebookOf(record) })) },
  };
}

/** Asks where a cell runs, as the editor does. @throws Error where nobody can be asked */
async function mayStop(kernels: readonly ListedKernel[]): Promise<boolean> {
  const losses = kernels.flatMap((kernel) => lossInWords(kernel) ?? []);
  if (losses.length === 0) {
    return true;
  }
  if (!isAtTerminal()) {
    throw new Error(`No kernel was stopped. ${losses.join(" ")} Wait for the end, or stop with --yes.`);
  }
  return confirm(`${losses.join("\n")}\nStop ${kernels.length === 1 ? "it" : `all ${kernels.length}`}?`);
}

/** @throws Error for an id or notebook that has no kernel */
async function findKernel(kernels: readonly ListedKernel[], which: string): Promise<ListedKernel> {
  const file = await realpath(which).catch(() => path.resolve(which));
  const found = kernels.find(({ record: { id, notebook } }) => id === which || notebook.path === file || notebook.uri === which);
  if (found === undefined) {
    const known = kernels.map(({ record }) => record.id).join(", ");
    const those = known === "" ? "no kernel lives on this machine" : `the living ones are ${known}`;
    throw new Error(`"${which}" is neither the id of a living kernel nor a notebook that has one; ${those}.`);
  }
  return found;
}

function rowOf({ record, outlook, problem }: ListedKernel): KernelRow {
  const { memory, running, waiting, attached } = outlook ?? untold;
  return {
    id: record.id,
    notebook: notebookOf(record),
    pid: record.kernel.pid,
    age: Math.max(0, Math.round((Date.now() - record.startedAt) / 1000)),
    memory,
    runningCell: running?.cell ?? null,
    waitingCells: waiting,
    attached,
    problem: problem ?? null,
  };
}

/** Its path, or the name in the editor of one that was never saved. */
function notebookOf({ notebook }: KernelRecord): string {
  return notebook.path ?? notebook.uri;
}

function table(kernels: readonly ListedKernel[]): string {
  const rows = [
    ["ID", "STATE", "MEMORY", "AGE", "ATTACHED", "NOTEBOOK"],
    ...kernels.map((kernel) => [
      kernel.record.id,
      outlookInWords(kernel),
      memoryInWords(kernel),
      ageInWords(kernel),
      kernel.outlook?.attached ?? "-",
      notebookOf(kernel.record),
    ].map(printableLine)),
  ];
  const widths = rows[0]!.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n");
}
