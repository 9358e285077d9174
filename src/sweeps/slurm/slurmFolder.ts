import { open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { experimentSpecSchema } from "../../experiment/spec.js";
import { writeFileAtomically, writeNewFileAtomically } from "../../files/atomicFile.js";
import { makeFolder } from "../../files/makeFolder.js";
import { readSmallFile } from "../../files/regularFile.js";
import { interruptReasonSchema, type InterruptReason } from "../../runs/contract.js";
import { jobKey, type TrialJob } from "../engine.js";
import { recordedKeys } from "../results.js";

/**
 * What a sweep's directory has for the tasks of a cluster; paths are relative to it. Who drives the sweep writes jobs, tasks claim them:
 *
 *   slurm/jobs/KEY.json     what is to be trained
 *   slurm/claims/KEY.json   the task that trains it; made once, taken away when that task is lost
 *   slurm/stopped/KEY.json  a person stopped its run: no task trains it, until it is put there anew
 *   slurm/logs/ID.log       what tasks print
 *   slurm/stop.json         all tasks are to write checkpoints and end
 */
export const slurmFiles = { jobs: "slurm/jobs", claims: "slurm/claims", stopped: "slurm/stopped", logs: "slurm/logs", stop: "slurm/stop.json" } as const;

const mostBytes = 16 * 1024 * 1024;
const keptLogBytes = 2000;

const jobSchema = z.strictObject({
  version: z.literal(1),
  trial: z.string().regex(/^[0-9a-f]{16}$/),
  spec: experimentSpecSchema,
  steps: z.number().int().positive(),
  // Relative, since the cluster may have the sweep at another place; and nothing outside of it.
  dir: z.string().regex(/^runs\/\d{4,}-[0-9a-f]{16}$/),
  dataFile: z.string().regex(/^data\/[0-9a-f]{64}\.(?:txt|safetensors)$/).nullable(),
});

const claimSchema = z.strictObject({ version: z.literal(1), task: z.string().regex(/^\d+(?:_\d+)?$/) });
const stopSchema = z.strictObject({ version: z.literal(1), why: interruptReasonSchema });

export function jobFile(key: string): string {
  return `${slurmFiles.jobs}/${key}.json`;
}

export function claimFile(key: string): string {
  return `${slurmFiles.claims}/${key}.json`;
}

export function stoppedFile(key: string): string {
  return `${slurmFiles.stopped}/${key}.json`;
}

/** The files of jobs and claims in the directory of a sweep. */
export class SlurmFolder {
  constructor(readonly sweep: string) {}

  async make(): Promise<void> {
    for (const folder of [slurmFiles.jobs, slurmFiles.claims, slurmFiles.stopped, slurmFiles.logs]) {
      await makeFolder(path.join(this.sweep, folder));
    }
  }

  /** Puts a job there for whoever takes it. */
  async addJob({ key, trial, spec, steps, dir, dataFile }: TrialJob): Promise<void> {
    const job: z.infer<typeof jobSchema> = { version: 1, trial, spec, steps, dir: this.inside(dir), dataFile: dataFile === null ? null : this.inside(dataFile) };
    await writeFileAtomically(this.at(jobFile(key)), `${JSON.stringify(job)}\n`);
  }

  /** @throws Error for a file that is no job */
  async readJob(key: string): Promise<TrialJob> {
    const { trial, spec, steps, dir, dataFile } = jobSchema.parse(JSON.parse(await readSmallFile(this.at(jobFile(key)), mostBytes)));
    if (jobKey(trial, steps) !== key) {
      throw new Error(`${this.at(jobFile(key))} is the job ${jobKey(trial, steps)}: delete the file.`);
    }
    return { key, trial, spec, steps, sweep: this.sweep, dir: this.at(dir), dataFile: dataFile === null ? null : this.at(dataFile) };
  }

  /** Keys of the jobs that are to be trained: without a result, and not stopped; those that came furthest first, since others were ended for them. */
  async openJobs(): Promise<string[]> {
    const done = new Set([...(await recordedKeys(this.sweep)), ...(await this.stoppedKeys())]);
    const steps = (key: string): number => Number(key.split("@")[1]);
    return (await this.keysIn(slurmFiles.jobs)).filter((key) => !done.has(key)).toSorted((a, b) => steps(b) - steps(a));
  }

  claimedKeys(): Promise<string[]> {
    return this.keysIn(slurmFiles.claims);
  }

  /** @returns whether this call made the claim; of several at the same time one does */
  claim(key: string, task: string): Promise<boolean> {
    const claim: z.infer<typeof claimSchema> = { version: 1, task };
    return writeNewFileAtomically(this.at(claimFile(key)), `${JSON.stringify(claim)}\n`);
  }

  /** Tells that a person stopped a job of this task, which goes on to the next one. */
  async markStopped(key: string): Promise<void> {
    await makeFolder(this.at(slurmFiles.stopped));
    await writeFileAtomically(this.at(stoppedFile(key)), "{}\n");
    await this.remove([claimFile(key)]);
  }

  stoppedKeys(): Promise<string[]> {
    return this.keysIn(slurmFiles.stopped);
  }

  /** The task that claimed a job; "" where the file does not tell. */
  async claimant(key: string): Promise<string> {
    return (await this.read(claimFile(key), claimSchema))?.task ?? "";
  }

  /** Asks all tasks to write checkpoints and end. */
  async requestStop(why: InterruptReason): Promise<void> {
    const request: z.infer<typeof stopSchema> = { version: 1, why };
    await writeFileAtomically(this.at(slurmFiles.stop), `${JSON.stringify(request)}\n`);
  }

  /** Why tasks are to end; undefined while they are not. A sweep that is gone wants nothing more, either. */
  async stopRequest(): Promise<InterruptReason | undefined> {
    if (!(await stat(this.at(slurmFiles.jobs)).then(() => true, () => false))) {
      return "stopped";
    }
    return (await this.read(slurmFiles.stop, stopSchema))?.why;
  }

  /** The end of what a task printed. */
  async lastWords(task: string): Promise<string> {
    try {
      const handle = await open(this.at(`${slurmFiles.logs}/${task}.log`), "r");
      try {
        const { size } = await handle.stat();
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(keptLogBytes), 0, keptLogBytes, Math.max(0, size - keptLogBytes));
        return buffer.toString("utf8", 0, bytesRead).trim();
      } finally {
        await handle.close();
      }
    } catch {
      return "";
    }
  }

  async remove(files: readonly string[]): Promise<void> {
    for (const file of files) {
      await rm(this.at(file), { force: true });
    }
  }

  /** The path in the sweep, with slashes. */
  inside(file: string): string {
    return path.relative(this.sweep, file).split(path.sep).join("/");
  }

  private at(file: string): string {
    return path.join(this.sweep, file);
  }

  private async keysIn(folder: string): Promise<string[]> {
    const names = await readdir(this.at(folder)).catch(() => []);
    return names.filter((name) => /^[0-9a-f]{16}@\d+\.json$/.test(name)).map((name) => name.slice(0, -".json".length));
  }

  private async read<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await readSmallFile(this.at(file), mostBytes).catch(() => undefined);
    try {
      return schema.safeParse(JSON.parse(text ?? "")).data;
    } catch {
      return undefined;
    }
  }
}
