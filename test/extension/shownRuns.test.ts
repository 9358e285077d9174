import { expect, test } from "vitest";
import type { ListedRun } from "../../src/extension/runs/runList.js";
import { shownDirs, snapshotsFor } from "../../src/extension/webviews/shownRuns.js";
import { snapshotOf } from "../../src/runs/runSnapshot.js";
import { runSnapshotSchema, type RunSnapshot } from "../../webview/contract.js";
import { courseOf } from "../runs/events.js";
import { smallSpec, started, stepEvent } from "../runs/spec.js";

const spec = smallSpec();
const log = courseOf(spec, [started(), ...Array.from({ length: 1_500 }, (_, step) => stepEvent(step, step === 777 ? { loss: 99 } : {}))]);

function listed(dir: string, state: RunSnapshot["state"] = "finished"): ListedRun {
  return { dir, snapshot: snapshotOf({ dir, spec, state, log }, 0), startedAt: 0, owner: undefined, isExportable: false, hasCurves: true };
}

test("curves go to a view for the chosen runs, those that train and the newest", () => {
  const runs = [listed("newest"), listed("chosen"), listed("other"), listed("training", "running")];
  expect(shownDirs(runs, ["chosen", "gone"])).toEqual(["newest", "chosen", "training"]);
  const snapshots = snapshotsFor(runs, ["chosen"]);
  expect(snapshots.map(({ train }) => train.step.length)).toEqual([0, 1_500, 0, 0]);
  // A row has all of its figures without them.
  expect(snapshots[2]).toMatchObject({ step: 1_499, steps: 100, itemsPerSecond: 100, matrices: [] });
  snapshots.forEach((snapshot) => expect(runSnapshotSchema.parse(snapshot)).toEqual(snapshot));
});

test("the message of many overlaid runs stays small, and no peak is lost", () => {
  const runs = Array.from({ length: 200 }, (_, index) => listed(`run ${index}`));
  const snapshots = snapshotsFor(runs, runs.map(({ dir }) => dir));
  expect(snapshots.reduce((sum, { train }) => sum + train.step.length, 0)).toBeLessThanOrEqual(60_000);
  for (const { train, gradientNorm } of snapshots) {
    expect(Math.max(...train.loss)).toBe(99);
    expect([train.step[0], train.step.at(-1), gradientNorm.step.at(-1)]).toEqual([0, 1_499, 1_499]);
    expect(new Set(Object.values(train).map(({ length }) => length)).size).toBe(1);
  }
});
