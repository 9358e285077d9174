import { readdir } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { deleteRuns } from "../../src/extension/runs/deleting.js";
import { editMarks, markRuns } from "../../src/extension/runs/marking.js";
import { RunList } from "../../src/extension/runs/runList.js";
import { RunReader } from "../../src/extension/runs/runReader.js";
import { RunTree } from "../../src/extension/runs/runTree.js";
import { createRun } from "../../src/runs/runWriter.js";
import { inlineText, smallSpec, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { answers, resetFake, shown } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
let runs: RunList;
let dirs: string[];

beforeEach(async () => {
  resetFake();
  runs = new RunList(
    new RunReader((fault) => {
      throw fault;
    }).read,
  );
  dirs = [];
  for (const seed of [1, 2]) {
    const writer = await createRun(path.join(root.path, "runs"), smallSpec({ seed }), { corpusText: inlineText });
    writer.append(started());
    await writer.interrupted(0);
    await runs.refresh(writer.dir);
    dirs.push(writer.dir);
  }
});

const marks = () => dirs.map((dir) => runs.get(dir)?.summary.marks);

describe("marks", () => {
  test("of chosen runs are set, and one that went is passed over", async () => {
    await markRuns({ runs }, [...dirs, path.join(root.path, "none")], { starred: true });
    expect(marks()).toEqual([{ starred: true }, { starred: true }]);
    expect(await readdir(path.join(root.path, "runs", ".marks"))).toHaveLength(2);
  });

  test("are asked for, from what the runs have in common", async () => {
    await markRuns({ runs }, [dirs[0]!], { addTags: ["a", "b"] });
    await markRuns({ runs }, [dirs[1]!], { addTags: ["b", "c"] });
    answers.input = async () => "d";
    await editMarks({ runs }, dirs, "tags");
    const [question] = shown.find(({ kind }) => kind === "input")!.args as [{ value: string; validateInput(text: string): string | undefined }];
    expect([question.value, question.validateInput("x=y"), question.validateInput("x y")]).toEqual(["b", expect.stringContaining("must be one word"), undefined]);
    expect(marks()).toEqual([{ tags: ["a", "d"] }, { tags: ["c", "d"] }]);
  });

  test("name a run in every list, and nothing is changed without an answer", async () => {
    answers.input = async () => "the best";
    await editMarks({ runs }, [dirs[0]!], "name");
    expect(runs.get(dirs[0]!)?.summary.name).toBe("the best");
    answers.input = async () => undefined;
    await editMarks({ runs }, [dirs[0]!], "note");
    expect(marks()[0]).toEqual({ name: "the best" });
  });

  test("hide a run from the side bar", async () => {
    const tree = new RunTree(runs);
    await markRuns({ runs }, [dirs[0]!], { hidden: true });
    expect(await tree.getChildren()).toEqual([dirs[1]]);
    tree.dispose();
  });
});

describe("Delete", () => {
  test("takes runs out of the list, and says how to bring them back", async () => {
    await deleteRuns({ runs }, dirs);
    expect(runs.all()).toEqual([]);
    expect(shown.map(({ text }) => text)).toEqual([expect.stringMatching(/^Deleted 2 runs\. Deleted runs lie in the folder \.deleted/)]);
  });

  test("can be undone, and the marks are there again", async () => {
    answers.information = async () => "Undo";
    await markRuns({ runs }, dirs, { starred: true });
    await deleteRuns({ runs }, dirs);
    await vi.waitFor(() => expect(marks()).toEqual([{ starred: true }, { starred: true }]));
  });

  test("keeps a run that trains, and says so", async () => {
    const writer = await createRun(path.join(root.path, "runs"), smallSpec(), { corpusText: inlineText });
    await runs.refresh(writer.dir);
    await expect(deleteRuns({ runs }, [writer.dir])).rejects.toThrow("is running: stop it first");
    await writer.close();
  });
});
