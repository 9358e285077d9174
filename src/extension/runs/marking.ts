import * as vscode from "vscode";
import { changedMarks, type MarksChange } from "../../runs/marks.js";
import { changeMarks } from "../../runs/marksFile.js";
import { notificationText } from "../notificationText.js";
import type { Services } from "../services.js";
import type { ListedRun } from "./runList.js";

type Marking = Pick<Services, "runs">;

/** Changes what the user set on these runs; those that went in the meantime are passed over. */
export async function markRuns({ runs }: Marking, dirs: readonly string[], change: MarksChange): Promise<void> {
  for (const dir of dirs.filter((each) => runs.get(each) !== undefined)) {
    const { putAside } = await changeMarks(dir, change);
    if (putAside !== undefined) {
      void vscode.window.showWarningMessage(notificationText(`The marks of a run could not be read; their file was put into ${putAside}, and the new marks are in its place.`));
    }
    await runs.refresh(dir);
  }
}

interface Question {
  readonly title: string;
  readonly prompt: string;
  value(runs: readonly ListedRun[]): string;
  change(answer: string, runs: readonly ListedRun[]): MarksChange;
}

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== "");

/** Tags that all of the runs have: those can be taken away from all of them. */
function sharedTags(runs: readonly ListedRun[]): string[] {
  const [first, ...others] = runs.map(({ summary }) => summary.marks?.tags ?? []);
  return (first ?? []).filter((tag) => others.every((tags) => tags.includes(tag)));
}

const questions: Readonly<Record<"name" | "note" | "tags", Question>> = {
  name: {
    title: "Name of the run",
    prompt: "Shown in place of the name in its experiment, which stays as it is; empty: that name.",
    value: ([run]) => run?.summary.name ?? "",
    change: (name) => ({ name }),
  },
  note: {
    title: "Note",
    prompt: "Empty takes it away.",
    value: ([run]) => run?.summary.marks?.note ?? "",
    change: (note) => ({ note }),
  },
  tags: {
    title: "Tags",
    prompt: "Words with blanks between them: baseline stage-2",
    value: (runs) => sharedTags(runs).join(" "),
    change: (answer, runs) => ({ addTags: wordsOf(answer), removeTags: sharedTags(runs).filter((tag) => !wordsOf(answer).includes(tag)) }),
  },
};

/** Asks for the name, the note or the tags of runs, and sets them. */
export async function editMarks(services: Marking, dirs: readonly string[], field: keyof typeof questions): Promise<void> {
  const found = dirs.flatMap((dir) => services.runs.get(dir) ?? []);
  const { title, prompt, value, change } = questions[field];
  const answer = await vscode.window.showInputBox({ title, prompt, value: value(found), validateInput: (text) => problemOf(() => changedMarks(undefined, change(text, found))) });
  if (answer !== undefined) {
    await markRuns(services, dirs, change(answer, found));
  }
}

function problemOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
