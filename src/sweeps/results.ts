import { readdir } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically, writeNewFileAtomically } from "../files/atomicFile.js";
import { makeFolder } from "../files/makeFolder.js";
import { readSmallFile } from "../files/regularFile.js";
import { sweepFiles, type TrialResult, trialResultSchema } from "./contract.js";
import { jobKey } from "./engine.js";

const mostBytes = 1024 * 1024;

/**
 * Records the result of a job, once: of several workers that finish the same one, the first does, and the others' copies are discarded.
 * @returns the result that counts
 * @throws the file system's error
 */
export async function recordResult(sweep: string, result: TrialResult): Promise<TrialResult> {
  const key = jobKey(result.trial, result.steps);
  await makeFolder(path.join(sweep, sweepFiles.results));
  const content = `${JSON.stringify(result)}\n`;
  // Written in the sweep's own folder, since that of the results grows by a file a trial.
  const first = (await writeNewFileAtomically(resultFile(sweep, key), content, path.join(sweep, `${key}.json`))) ? result : await readResult(sweep, key);
  if (first === undefined) {
    // The file that is there is damaged, and stands in nobody's way.
    await writeFileAtomically(resultFile(sweep, key), content);
  }
  return first ?? result;
}

/** The recorded result of a job; undefined where there is none, or its file cannot be read as one. */
export async function readResult(sweep: string, key: string): Promise<TrialResult | undefined> {
  const text = await readSmallFile(resultFile(sweep, key), mostBytes).catch(() => undefined);
  if (text === undefined) {
    return undefined;
  }
  const parsed = trialResultSchema.safeParse(jsonOf(text));
  return parsed.success && jobKey(parsed.data.trial, parsed.data.steps) === key ? parsed.data : undefined;
}

/** The jobs with a result, by their keys. */
export async function recordedKeys(sweep: string): Promise<string[]> {
  const names = await readdir(path.join(sweep, sweepFiles.results)).catch(() => []);
  return names.filter((name) => /^[0-9a-f]{16}@\d+\.json$/.test(name)).map((name) => name.slice(0, -".json".length));
}

function resultFile(sweep: string, key: string): string {
  return path.join(sweep, sweepFiles.results, `${key}.json`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
