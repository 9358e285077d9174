import * as vscode from "vscode";
import { putRunAside, restoreRun } from "../../runs/deletedRuns.js";
import { notificationText } from "../notificationText.js";
import type { Services } from "../services.js";

type Deleting = Pick<Services, "runs">;

/** Puts runs aside, and offers to bring them back. Those that train stay. @throws RunError for a run that trains */
export async function deleteRuns({ runs }: Deleting, dirs: readonly string[]): Promise<void> {
  const aside: { readonly dir: string; readonly place: string }[] = [];
  try {
    for (const dir of dirs.filter((each) => runs.get(each) !== undefined)) {
      aside.push({ dir, place: await putRunAside(dir) });
      await runs.refresh(dir);
    }
  } finally {
    if (aside.length > 0) {
      void offerUndo({ runs }, aside);
    }
  }
}

async function offerUndo({ runs }: Deleting, aside: readonly { readonly dir: string; readonly place: string }[]): Promise<void> {
  const [first] = aside;
  const what = aside.length === 1 ? first!.dir : `${aside.length} runs`;
  const text = notificationText(`Deleted ${what}. Deleted runs lie in the folder .deleted beside the others until you erase them.`);
  if ((await vscode.window.showInformationMessage(text, "Undo")) === "Undo") {
    for (const { place } of aside) {
      await runs.refresh(await restoreRun(place));
    }
  }
}
