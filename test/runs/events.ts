import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ExperimentSpec } from "../../src/experiment/spec.js";
import type { RunEvent } from "../../src/runs/contract.js";
import { Course } from "../../src/runs/course.js";

/** The events of a run, read whole and by the plainest means; a torn last line is left out. */
export async function eventsOf(dir: string): Promise<RunEvent[]> {
  const text = await readFile(path.join(dir, "events.jsonl"), "utf8");
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line.startsWith("{") && line.endsWith("}")).map((line) => JSON.parse(line) as RunEvent);
}

/** The course of events none of which a later resume overtakes. */
export function courseOf(spec: ExperimentSpec, events: readonly RunEvent[]): Course {
  const course = new Course(spec);
  events.forEach((event) => course.add(event));
  return course;
}
