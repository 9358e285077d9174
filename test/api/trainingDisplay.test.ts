import { beforeEach, expect, test } from "vitest";
import { TrainingDisplay } from "../../src/jobs/trainingDisplay.js";
import type { Environment } from "../../src/jobs/environment.js";
import { type MimeBundle, setCellHost } from "../../src/display/host.js";
import { Course } from "../../src/runs/course.js";
import { cellPoints } from "../../src/runs/runCurves.js";
import { runSnapshotSchema } from "../../src/runs/runViews.js";
import { trainingMime } from "../../webview/protocol.js";
import { smallSpec, started, stepEvent } from "../runs/spec.js";

let shown: MimeBundle[];
const show = (data: MimeBundle): void => void shown.push(data);

beforeEach(() => {
  shown = [];
  const display = (data: MimeBundle) => {
    show(data);
    return { update: show };
  };
  setCellHost({ display, report: () => {}, interrupt: new AbortController().signal });
});

const environment = { kernel: { name: "native avx2", threads: 2 }, backend: { name: "cpu" }, notes: [] } as unknown as Environment;

/** The last picture of a training of so many reports. */
function lastPicture(reports: number): MimeBundle {
  const spec = smallSpec({ steps: 1_000_000 });
  const display = new TrainingDisplay("/runs/a", spec, environment, new Course(spec, cellPoints));
  display.onEvent(started());
  for (let step = 1; step <= reports; step++) {
    display.onEvent(stepEvent(step, { loss: step === 12_345 ? 55 : 2 + Math.sin(step), bpc: step === 12_345 ? 80 : 3 }));
    if (step % 1_000 === 0) {
      display.onEvent({ type: "validation", time: 1000 + step, step, loss: step === 7_000 ? 1 : 2, bpc: step === 7_000 ? 1.25 : 3 });
    }
  }
  display.end("interrupted");
  return shown.at(-1)!;
}

test("the picture of a long training is as large as that of a shorter one, with its peak and its exact figures", () => {
  const [short, long] = [lastPicture(20_000), lastPicture(200_000)];
  const snapshot = runSnapshotSchema.parse(JSON.parse(long[trainingMime]!));
  expect(snapshot).toMatchObject({ state: "interrupted", step: 200_000, metric: { label: "validation BPC", value: 1.25 } });
  expect(snapshot.train.step.length).toBeLessThanOrEqual(cellPoints);
  expect(snapshot.train.step.length).toBeGreaterThanOrEqual(cellPoints / 2 - 2);
  expect([snapshot.train.step[0], snapshot.train.step.at(-1)]).toEqual([1, 200_000]);
  expect(snapshot.train.loss[snapshot.train.step.indexOf(12_345)]).toBe(55);
  expect(snapshot.train.seconds.at(-1)).toBe(200_000);
  for (const kind of Object.keys(short)) {
    expect(long[kind]!.length).toBeLessThan(2 * short[kind]!.length);
  }
});
