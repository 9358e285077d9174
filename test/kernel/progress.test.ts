import { describe, expect, it } from "vitest";
import type { FromKernel } from "../../kernel/contract.js";
import { NotebookProgress } from "../../src/cli/notebookProgress.js";
import { NotebookReports } from "../../src/cli/notebookReports.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { trainingMime } from "../../webview/protocol.js";

const curve = { step: [1, 10], seconds: [1, 2], items: [1, 2], loss: [4, 1.5], figure: [5.8, 2.164] };
const empty = { step: [], seconds: [], items: [], loss: [], figure: [] };

function training(step: number): FromKernel {
  const snapshot: RunSnapshot = {
    dir: "/runs/a",
    name: "a",
    state: "running",
  ending: null,
    task: "character-model",
    colour: 0,
    metric: null,
    metricMethod: null,
    step,
    steps: 1600,
    itemsPerSecond: 12345.6,
    secondsLeft: 130.4,
    computeKernel: "native",
    parameters: {},
    train: curve,
    validation: empty,
    learningRate: { step: [], value: [] },
    gradientNorm: { step: [], value: [] },
    itemsPerSecondHistory: { step: [], value: [] },
    weights: { step: [], minus: [], zero: [], plus: [], flips: [], saturation: [] },
    matrices: [],
  };
  return { type: "display", id: "1", displayId: "d", update: true, data: { [trainingMime]: JSON.stringify(snapshot) } };
}

function recorder(isTTY: boolean): { isTTY: boolean; text: string; write(text: string): void } {
  return {
    isTTY,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

const line = (step: number): string => `step ${step}/1600 · loss 1.500 · BPC 2.164 · 12,346 characters/s · 2:10 left`;

describe("progress", () => {
  it("is one line that is rewritten on a terminal, and gives way to what cells print", () => {
    const stream = recorder(true);
    const progress = new NotebookProgress(stream);
    progress.show(training(10), 3);
    progress.show(training(11), 3);
    progress.show({ type: "stream", id: "1", name: "stdout", text: "one\ntwo" }, 3);
    progress.show({ type: "stream", id: "1", name: "stdout", text: " more\n" }, 3);
    progress.endLine();
    const erase = "\r\u001b[2K";
    expect(stream.text).toBe(`${erase}${line(10)}${erase}${erase}${line(11)}${erase}[3] one\n[3] two more\n`);
  });

  it("is a line every ten seconds elsewhere, and one at the end", () => {
    const stream = recorder(false);
    let now = 0;
    const progress = new NotebookProgress(stream, () => now);
    for (const [time, step] of [[0, 1], [9999, 2], [10_000, 3], [10_001, 1600]] as const) {
      now = time;
      progress.show(training(step), 1);
    }
    expect(stream.text).toBe([1, 3, 1600].map((step) => `${line(step)}\n`).join(""));
  });
});

describe("reports", () => {
  const report = (value: Extract<FromKernel, { type: "report" }>["report"]): FromKernel => ({
    type: "report",
    id: "1",
    report: value,
  });

  it("keep the last word about each directory", () => {
    const reports = new NotebookReports();
    reports.add(report({ kind: "run", dir: "/a", state: "running", measure: "BPC", test: null, testBpc: null }));
    reports.add(report({ kind: "run", dir: "/b", state: "finished", measure: "BPC", test: 2.5, testBpc: 2.5 }));
    reports.add(report({ kind: "run", dir: "/a", state: "finished", measure: "BPC", test: 2.25, testBpc: 2.25 }));
    const saving = { memorySaving: 15.5, wholeModelSaving: 8, memorySavingInWords: "15.5x the recurrent layers, 8.0x the whole model" };
    reports.add(report({ kind: "rom", dir: "/r", manifest: "/r/manifest.json", files: ["x.mem"], ...saving }));
    reports.add({ type: "stream", id: "1", name: "stdout", text: "report" });
    expect(reports.runs).toEqual([
      { dir: "/b", state: "finished", measure: "BPC", test: 2.5, testBpc: 2.5 },
      { dir: "/a", state: "finished", measure: "BPC", test: 2.25, testBpc: 2.25 },
    ]);
    expect(reports.roms).toEqual([{ dir: "/r", manifest: "/r/manifest.json", files: ["x.mem"] }]);
    expect(reports.saving).toEqual(saving);
  });

  it("are none before anything is made", () => {
    const reports = new NotebookReports();
    expect([reports.runs, reports.roms]).toEqual([[], []]);
    expect(reports.saving).toEqual({ memorySaving: null, wholeModelSaving: null, memorySavingInWords: null });
  });
});
