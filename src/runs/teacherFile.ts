import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ExperimentSpec } from "../experiment/spec.js";
import { decodeSafetensors, encodeSafetensors } from "../files/safetensors.js";
import type { NamedTensors } from "../files/namedTensors.js";
import { RunError } from "./readRun.js";
import { runFiles } from "./runFiles.js";

/** SHA-256 of the file of a teacher. */
export function teacherDigest(teacher: NamedTensors): string {
  return sha256(encodeSafetensors(teacher));
}

/**
 * The teacher that a run directory has kept; undefined for a run without one.
 * @throws RunError where the file is missing, or not the one that the run began with
 */
export async function readTeacher(dir: string, { distillation }: ExperimentSpec): Promise<NamedTensors | undefined> {
  if (distillation === undefined) {
    return undefined;
  }
  const file = path.join(dir, runFiles.teacher);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new RunError(`The run ${dir} cannot be resumed without its teacher, ${distillation.teacher.name}: ${error.message}. Put back a copy of the file.`);
  });
  if (sha256(bytes) !== distillation.teacher.sha256) {
    throw new RunError(
      `${file} is not the teacher that the run began with: its SHA-256 is not ${distillation.teacher.sha256}. Put back a copy of the file.`,
    );
  }
  return decodeSafetensors(bytes, file);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
