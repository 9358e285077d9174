import path from "node:path";
import { deletedRuns, eraseDeletedRuns, putRunAside, requireRunOrImport, restoreRun } from "../runs/deletedRuns.js";
import { type MarksChange, MarksError } from "../runs/marks.js";
import { changeMarks } from "../runs/marksFile.js";
import { RunError } from "../runs/readRun.js";
import { type Report, UsageError } from "./command.js";

/** What is done with runs that are named: `tritloom runs tag paper runs/a runs/b`. */

interface Action {
  /** What stands between the word and the runs, in capitals. */
  readonly argument?: string;
  readonly does: string;
  work(runs: readonly string[], argument: string): Promise<Report>;
}

const marking = (does: string, change: (argument: string) => MarksChange, argument?: string): Action => ({
  does,
  ...(argument !== undefined && { argument }),
  work: (runs, value) => mark(runs, change(value)),
});

const actions: Readonly<Record<string, Action>> = {
  star: marking("star", () => ({ starred: true })),
  unstar: marking("take the star away", () => ({ starred: false })),
  hide: marking("leave out of lists", () => ({ hidden: true })),
  unhide: marking("list again", () => ({ hidden: false })),
  tag: marking("add a tag, one word", (tag) => ({ addTags: [tag] }), "TAG"),
  untag: marking("take a tag away", (tag) => ({ removeTags: [tag] }), "TAG"),
  note: marking('write a note; "" takes it away', (note) => ({ note }), "TEXT"),
  rename: marking('show another name; "" shows that of the experiment', (name) => ({ name }), "NAME"),
  delete: { does: "put aside, from where restore brings them back", work: deleteRuns },
  restore: { does: "bring deleted runs back to where they were", work: restoreRuns },
};

/** Words that are followed by a folder of runs, or nothing for this one. */
const folderActions: Readonly<Record<string, (folders: readonly string[]) => Promise<Report>>> = {
  deleted: listDeleted,
  erase: eraseDeleted,
};

/** Lists the words for the help: "star, unstar, hide, …". */
export const actionWords: readonly string[] = [...Object.keys(actions), ...Object.keys(folderActions)];

/**
 * Does what the first operand says with the runs of the others.
 * @returns undefined where the first operand is no such word
 * @throws UsageError for runs that there are not, and for a name or tag that cannot be
 */
export async function workOnRuns([word, ...others]: readonly string[], folders: (dir: string | undefined) => string[]): Promise<Report | undefined> {
  if (word === undefined || !actionWords.includes(word)) {
    return undefined;
  }
  try {
    const onFolders = Object.hasOwn(folderActions, word) ? folderActions[word] : undefined;
    return await (onFolders === undefined ? workOn(word, actions[word]!, others) : onFolders(folders(others[0])));
  } catch (error) {
    throw error instanceof RunError || error instanceof MarksError ? new UsageError(error.message, { cause: error }) : error;
  }
}

async function workOn(word: string, { argument, work }: Action, operands: readonly string[]): Promise<Report> {
  const [value, runs] = argument === undefined ? ["", operands] : [operands[0] ?? "", operands.slice(1)];
  if (runs.length === 0) {
    throw new UsageError(`runs ${word} needs ${argument === undefined ? "" : `${argument} and `}RUN: the directory of a run, or several.`);
  }
  return work(runs, value);
}

async function mark(runs: readonly string[], change: MarksChange): Promise<Report> {
  // All are there before one is changed.
  const dirs = await Promise.all(runs.map(requireRunOrImport));
  const changed = [];
  for (const dir of dirs) {
    changed.push({ dir, ...(await changeMarks(dir, change)) });
  }
  const text = changed.map(({ dir, marks, putAside }) => `${dir}: ${JSON.stringify(marks ?? {})}${putAside === undefined ? "" : `; its damaged marks were put into ${putAside}`}`);
  return { text: text.join("\n"), json: { runs: changed.map(({ dir, marks }) => ({ dir, marks: marks ?? {} })) } };
}

async function deleteRuns(runs: readonly string[]): Promise<Report> {
  const dirs = await Promise.all(runs.map(requireRunOrImport));
  const deleted = [];
  for (const dir of dirs) {
    deleted.push({ dir, aside: await putRunAside(dir) });
  }
  const text = deleted.map(({ dir, aside }) => `Deleted ${dir}; it lies in ${aside}: \`tritloom runs restore ${dir}\` brings it back.`);
  return { text: text.join("\n"), json: { deleted } };
}

async function restoreRuns(runs: readonly string[]): Promise<Report> {
  const restored: string[] = [];
  for (const run of runs) {
    restored.push(await restoreRun(path.resolve(run)));
  }
  return { text: restored.map((dir) => `Restored ${dir}.`).join("\n"), json: { restored } };
}

async function listDeleted(folders: readonly string[]): Promise<Report> {
  const deleted = (await Promise.all(folders.map(deletedRuns))).flat();
  return { text: deleted.length === 0 ? "No deleted runs." : deleted.join("\n"), json: { deleted } };
}

async function eraseDeleted(folders: readonly string[]): Promise<Report> {
  const counts = await Promise.all(folders.map(eraseDeletedRuns));
  const erased = counts.reduce((sum, count) => sum + count, 0);
  return { text: `Erased ${erased} deleted ${erased === 1 ? "run" : "runs"} for good.`, json: { erased } };
}

/** Tells what each word does, for the help. */
export function actionsInWords(): string {
  const words = Object.entries(actions).map(([word, { argument, does }]) => `${word}${argument === undefined ? "" : ` ${argument}`} (${does})`);
  return `${words.join(", ")}; or deleted (list what restore can bring back), erase (remove it for good) and a folder of runs`;
}
