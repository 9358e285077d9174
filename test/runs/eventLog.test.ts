import { appendFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { RunEvent, RunEventOf } from "../../src/runs/contract.js";
import { Course } from "../../src/runs/course.js";
import { EventLog } from "../../src/runs/eventLog.js";
import { Outline } from "../../src/runs/outline.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { smallSpec, started, stepEvent } from "./spec.js";

const root = temporaryFolder();
const spec = smallSpec();
const file = (): string => path.join(root.path, "events.jsonl");
const lines = (events: readonly RunEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const validation = (step: number, loss: number, time = 1000 + step): RunEvent => ({ type: "validation", time, step, loss, bpc: loss / Math.LN2 });
const outline = (): EventLog<Outline> => new EventLog(file(), () => new Outline(spec));
const course = (resumesAt?: number): EventLog<Course> => new EventLog(file(), () => new Course(spec), resumesAt);

it("passes over lines that are no event, and waits for a torn last one", async () => {
  for (const log of [outline(), course()]) {
    await rm(file(), { force: true });
    await expect(log.read()).rejects.toThrow(/ENOENT/);
    await writeFile(file(), `${JSON.stringify(started())}\n\nnot json\n{"type":"else"}\n{"type":"step","time":false}\n{"type":"step","ti`);
    expect((await log.read()).last).toEqual(started());
    await appendFile(file(), `\n${JSON.stringify(stepEvent(1))}\n\0\u00ff{\n`);
    expect(await log.read()).toMatchObject({ last: stepEvent(1), lastReport: stepEvent(1), step: 1 });
  }
});

it("knows the last event, whatever it is and whatever comes before it", async () => {
  const log = outline();
  const ends: RunEvent[] = [stepEvent(2), { type: "interrupted", time: 1003, step: 3 }, started(3), stepEvent(4)];
  await writeFile(file(), lines([started(), stepEvent(1)]));
  for (const end of ends) {
    await appendFile(file(), lines([end]));
    expect((await log.read()).last).toEqual(end);
  }
  expect(log.present.startedAt).toBe(1000);
});

it("sums the same training time for a row as for curves, breaks between owners left out", async () => {
  const taken = [started(), stepEvent(1), stepEvent(2), validation(2, 1.5, 1_005), stepEvent(3, { time: 1_007 })];
  const resumed = [started(2, 5_000), stepEvent(3, { time: 5_001.5 }), stepEvent(4, { time: 5_003 })];
  await writeFile(file(), lines([...taken, ...resumed]));
  // 7 seconds up to the break, 3 after it.
  for (const log of [outline(), course()]) {
    expect((await log.read()).seconds).toBe(10);
  }
});

it("starts afresh when the file shrank or went", async () => {
  const log = course();
  await writeFile(file(), lines([started(), stepEvent(1), stepEvent(2)]));
  expect((await log.read()).train.points()).toHaveLength(2);
  await truncate(file(), 0);
  await writeFile(file(), lines([stepEvent(2)]));
  expect((await log.read()).train.points()).toHaveLength(1);
  await rm(file());
  await expect(log.read()).rejects.toThrow(/ENOENT/);
  expect(log.present.last).toBeUndefined();
});

it("leaves out the break before a resume, and the reports that the resume overtook, but not their time", async () => {
  const first = [started(0, 1000), stepEvent(1, { time: 1001 }), stepEvent(2, { time: 1002 }), validation(2, 3, 1003), stepEvent(3, { time: 1004, loss: 9 })];
  const [whole, row] = [course(), outline()];
  await writeFile(file(), lines(first));
  expect((await whole.read()).train.points().map(({ loss }) => loss)).toEqual([2, 2, 9]);
  await row.read();
  await appendFile(file(), lines([started(2, 5000), stepEvent(3, { time: 5001, loss: 1 })]));
  const { train, validation: validated, seconds } = await whole.read();
  expect(train.points().map(({ step, seconds: at, loss }) => [step, at, loss])).toEqual([[1, 1, 2], [2, 2, 2], [3, 5, 1]]);
  expect(validated.points().map(({ step }) => step)).toEqual([2]);
  expect(seconds).toBe(5);
  expect((await row.read()).lastReport).toMatchObject({ step: 3, loss: 1 });
});

it("forgets the best validation that a resume overtook, and those after the step that the caller resumes from", async () => {
  await writeFile(file(), lines([started(), validation(10, 3), validation(20, 1)]));
  const log = outline();
  expect((await log.read()).best?.validation.step).toBe(20);
  expect((await course(10).read()).best?.validation.step).toBe(10);
  await appendFile(file(), lines([started(10), validation(20, 2)]));
  expect(await log.read()).toMatchObject({ best: { validation: { step: 20, loss: 2 } }, leastLoss: { loss: 2 } });
});

it("reports no negative time where a clock was set back", async () => {
  await writeFile(file(), lines([started(0, 5000), stepEvent(1, { time: 5002 }), stepEvent(2, { time: 1400 }), stepEvent(3, { time: 1403 })]));
  const { train, seconds } = await course().read();
  expect(train.points().map((point) => point.seconds)).toEqual([2, 2, 5]);
  expect(seconds).toBe(5);
});

/** What a log says, from all of its events at once: the definition that the increments are held against. */
function wholeLog(events: readonly RunEvent[]) {
  const counting = events.filter(
    (event, index) => !events.slice(index).some((later) => later.type === "started" && later.step < event.step),
  );
  const of = <T extends RunEvent["type"]>(type: T) => counting.filter((event): event is RunEventOf<T> => event.type === type);
  let [seconds, since] = [0, NaN];
  for (const event of events) {
    if (event.type === "started") {
      since = event.time;
    } else if (event.type === "step" || event.type === "validation") {
      seconds += Math.max(0, event.time - (Number.isNaN(since) ? event.time : since));
      since = event.time;
    }
  }
  const validations = of("validation");
  const least = Math.min(...validations.map(({ loss }) => loss));
  return {
    steps: of("step").map(({ step, loss, gradientNorm }) => [step, loss, gradientNorm]),
    validations: validations.map(({ step, loss }) => [step, loss]),
    best: validations.find(({ loss }) => loss === least),
    last: events.at(-1),
    lastReport: of("step").at(-1),
    seconds,
  };
}

/** Trainings that are stopped and resumed from any earlier step, with a clock that may be set back. */
const logs = fc
  .array(fc.record({ back: fc.nat({ max: 30 }), steps: fc.array(fc.record({ loss: fc.integer({ min: -9, max: 9 }), tick: fc.integer({ min: -3, max: 5 }), validates: fc.boolean() }), { maxLength: 30 }) }), { minLength: 1, maxLength: 5 })
  .map((owners) => {
    const events: RunEvent[] = [];
    let [step, time] = [0, 1000];
    for (const { back, steps } of owners) {
      step = Math.max(0, step - back);
      events.push(started(step, time));
      for (const { loss, tick, validates } of steps) {
        step += 1;
        time += tick;
        events.push(stepEvent(step, { loss, time, gradientNorm: loss * loss }), ...(validates ? [validation(step, loss, time)] : []));
      }
    }
    return events;
  });

it("tells in increments what the whole log says", async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.array(fc.nat({ max: 20_000 }), { maxLength: 5 }), async (events, cuts) => {
      const bytes = Buffer.from(lines(events));
      await writeFile(file(), "");
      const [whole, row] = [course(), outline()];
      let written = 0;
      for (const end of [...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]) {
        await appendFile(file(), bytes.subarray(written, end));
        written = end;
        await Promise.all([whole.read(), row.read()]);
      }
      const expected = wholeLog(events);
      const { train, gradientNorm, validation: validated, seconds } = whole.present;
      expect(train.points().map(({ step, loss }, index) => [step, loss, gradientNorm.points()[index]!.value])).toEqual(expected.steps);
      expect(validated.points().map(({ step, loss }) => [step, loss])).toEqual(expected.validations);
      expect(seconds).toBeCloseTo(expected.seconds, 9);
      for (const { best, last, lastReport } of [whole.present, row.present]) {
        expect(best?.validation).toEqual(expected.best);
        expect(last).toEqual(expected.last);
        // A resume may have overtaken the report before its start, which an outline then does not know.
        expect(lastReport?.step ?? -1).toBeLessThanOrEqual(expected.lastReport?.step ?? -1);
      }
      expect(whole.present.lastReport).toEqual(expected.lastReport);
    }),
    { numRuns: 200 },
  );
});
