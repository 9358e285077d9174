import { expect, test } from "vitest";
import { Listeners } from "../../src/extension/listeners.js";
import type { ListedRun } from "../../src/extension/runs/runList.js";
import { mostPointsOfAll, RunsFeed } from "../../src/extension/webviews/runsFeed.js";
import { glanceDirs, shownDirs, type ShownDirs } from "../../src/extension/webviews/shownRuns.js";
import type { Course } from "../../src/runs/course.js";
import { curvesOf } from "../../src/runs/runCurves.js";
import { summaryOf } from "../../src/runs/runSummary.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { type RunsMessage, runsMessageSchema } from "../../webview/contract.js";
import { ViewedRuns } from "../../webview/shared/viewedRuns.js";
import { courseOf } from "../runs/events.js";
import { smallSpec, started, stepEvent } from "../runs/spec.js";

const spec = smallSpec();
const longCourse = (): Course => courseOf(spec, [started(), ...Array.from({ length: 1_500 }, (_, step) => stepEvent(step, step === 777 ? { loss: 99 } : {}))]);

function listed(dir: string, course: Course, state: RunSnapshot["state"] = "finished"): ListedRun {
  return { dir, summary: summaryOf({ dir, spec, state, log: course }, 0), startedAt: 0, owner: undefined, isExportable: false, course, events: course.events };
}

/** A list whose runs are what the test says, and a view that follows it. */
class Followed {
  runs: ListedRun[] = [];
  selected: string[] = [];
  isSearched = true;
  wanted: readonly string[] = [];
  readonly view = new ViewedRuns();
  readonly feed: RunsFeed;

  constructor(shown: ShownDirs = shownDirs) {
    const onChange = new Listeners<never>().on;
    const list = { all: () => this.runs, isSearched: true, onChange, wantCurves: (_: object, dirs: readonly string[]) => void (this.wanted = dirs) };
    this.feed = new RunsFeed(list, { dirs: () => this.selected, onChange: new Listeners().on }, shown);
  }

  async next(isWhole = false): Promise<RunsMessage> {
    const message = await this.feed.message(isWhole);
    return runsMessageSchema.parse(message);
  }

  /** The message reaches the view; one that it cannot use makes it ask for all, as `connectHost` does. */
  async deliver(message: RunsMessage): Promise<void> {
    if (!this.view.take(message)) {
      expect(this.view.take(await this.next(true))).toBe(true);
    }
  }

  /** One run reads differently: a step further. */
  train(index: number, step: number): void {
    const { dir, course, summary } = this.runs[index]!;
    course!.add(stepEvent(step));
    this.runs = this.runs.with(index, listed(dir, course!, summary.state));
  }

  expectTold(): void {
    expect(this.view.all().map(({ dir, step }) => [dir, step])).toEqual(this.runs.map(({ dir, summary }) => [dir, summary.step]));
    for (const run of this.view.all().filter(({ dir }) => this.wanted.includes(dir))) {
      const { course } = this.runs.find(({ dir }) => dir === run.dir)!;
      expect(run).toMatchObject(curvesOf(course!, Math.max(100, Math.floor(mostPointsOfAll / this.wanted.length))));
    }
  }
}

test("curves go to a view for the chosen runs, those that train and the newest", async () => {
  const followed = new Followed();
  const course = longCourse();
  followed.runs = [listed("newest", course), listed("chosen", course), listed("other", course), listed("training", course, "running")];
  followed.selected = ["chosen", "gone"];
  const { curves, rows } = await followed.next(true);
  expect([followed.wanted, curves.map(({ dir }) => dir)]).toEqual([["newest", "chosen", "training"], ["newest", "chosen", "training"]]);
  // A row has all of its figures without them.
  expect(rows[2]).toMatchObject({ dir: "other", step: 1_499, steps: 100, itemsPerSecond: 100 });
  const glance = new Followed(glanceDirs);
  glance.runs = followed.runs;
  expect((await glance.next(true)).curves.map(({ dir }) => dir)).toEqual(["training"]);
});

test("the curves of many overlaid runs have fewer points, and no peak is lost", async () => {
  const followed = new Followed();
  const course = longCourse();
  followed.runs = Array.from({ length: 60 }, (_, index) => listed(`run ${index}`, course));
  followed.selected = followed.runs.map(({ dir }) => dir);
  await followed.deliver(await followed.next(true));
  followed.expectTold();
  const runs = followed.view.all();
  expect(runs.reduce((sum, { train }) => sum + train.step.length, 0)).toBeLessThanOrEqual(mostPointsOfAll);
  for (const { train, gradientNorm } of runs) {
    expect(Math.max(...train.loss.map(Number))).toBe(99);
    expect([train.step[0], train.step.at(-1), gradientNorm.step.at(-1)]).toEqual([0, 1_499, 1_499]);
    expect(new Set(Object.values(train).map(({ length }) => length)).size).toBe(1);
  }
});

test("a step of one of 200 runs sends its row and the end of its curves, in a few kilobytes", async () => {
  const followed = new Followed();
  const course = longCourse();
  followed.runs = [listed("training", longCourse(), "running"), ...Array.from({ length: 199 }, (_, index) => listed(`run ${index}`, course))];
  followed.selected = followed.runs.slice(0, 20).map(({ dir }) => dir);
  const whole = JSON.stringify(await followed.next(true)).length;
  for (let step = 1_500; step < 1_510; step++) {
    followed.train(0, step);
    const message = await followed.next();
    expect(message).toMatchObject({ gone: [], withoutCurves: [], selected: null });
    expect([message.rows.map(({ dir }) => dir), message.curves.map(({ dir }) => dir)]).toEqual([["training"], ["training"]]);
    expect(JSON.stringify(message).length).toBeLessThan(6_000);
  }
  expect(whole).toBeGreaterThan(900_000);
  expect(await followed.feed.message(false)).toBeUndefined();
});

test("a view that misses messages notices, asks, and knows the same as one that got them all", async () => {
  const followed = new Followed();
  // So long that stretches of their curves are joined while the view follows them.
  const events = [started(), ...Array.from({ length: 1_970 }, (_, step) => stepEvent(step))];
  followed.runs = ["a", "b", "c"].map((dir) => listed(dir, courseOf(spec, events), "running"));
  await followed.deliver(await followed.next(true));
  const first = followed.view.all()[0]!.train.step.length;
  for (let step = 1_970; step < 2_060; step++) {
    followed.train(step % 3, step);
    const message = await followed.next();
    // Every seventh is lost, and once 20 in a row.
    if (step % 7 !== 0 && !(step > 2_000 && step < 2_015)) {
      await followed.deliver(message);
      if (step % 60 === 0) {
        followed.expectTold();
      }
    }
  }
  expect(followed.view.all()[0]!.train.step.length).toBeLessThan(first);
  followed.runs = followed.runs.slice(1).map(({ dir, course }) => listed(dir, course!));
  followed.selected = ["c"];
  await followed.deliver(await followed.next());
  followed.expectTold();
  expect(followed.view.all().map(({ dir, train }) => [dir, train.step.length > 0])).toEqual([["b", true], ["c", true]]);
  expect(followed.view.selected).toEqual(["c"]);
  followed.runs.unshift(listed("newest", courseOf(spec, [started()])));
  await followed.deliver(await followed.next());
  expect(Object.fromEntries(followed.view.all().map(({ dir, train }) => [dir, train.step.length > 0]))).toEqual({ newest: false, b: false, c: true });
});
