import * as z from "zod";
import { checkOptions } from "../../experiment/options.js";
import { requireValid } from "../../experiment/faults.js";

/** The options of `tl.slurm()`, checked before anything is submitted. None of them is a piece of shell: each is one word of a command. */

/** Seconds before the time limit at which a task is told to write a checkpoint; Slurm may tell it up to 60 seconds earlier than that. */
export const warningSeconds = 60;
const leastMinutes = 3;
/** An index of a task has at most seven digits, and a group rarely has more nodes. */
const mostWorkers = 1000;

// Slurm reads its command lines by bytes; what cannot be printed is a mistake in all of them.
const printable = /^[^\p{Cc}\p{Cs}]+$/u;
const word = (give: string) => z.string().max(1000).regex(/^(?!-)[^\p{Cc}\p{Cs}]+$/u).meta({ give });

const giveTime = `a time of at least ${leastMinutes} minutes as Slurm writes it: "4:00:00" are four hours, "2-12" are two days and a half, "90" are minutes`;
const time = z.string().refine((text) => (minutesOf(text) ?? 0) >= leastMinutes, `give ${giveTime}`).meta({ give: giveTime });

const memory = z.string().regex(/^[1-9]\d{0,8}[KMGT]?$/i).meta({ give: 'the memory of a task as Slurm writes it, as mem: "4G"' });
const folder = z.string().max(1000).regex(/^\/[^\p{Cc}\p{Cs}]*$/u).meta({ give: 'an absolute path on the cluster, as "/scratch/me/sweeps"' });
const host = z
  .string()
  .regex(/^(?:[\w.][\w.-]*@)?[A-Za-z0-9_[][\w.:[\]-]*$/)
  .max(255)
  .meta({ give: 'a login node as ssh knows it, "user@login.cluster" or a name of your ssh configuration' });

/** Options of sbatch that have options here, and those that the engine sets itself. */
const takenFlags = ["partition", "time", "account", "qos", "cpus-per-task", "mem", "gres", "constraint"];
const reservedFlags = ["array", "chdir", "clusters", "help", "job-name", "no-requeue", "ntasks", "open-mode", "output", "parsable", "requeue", "signal", "test-only", "usage", "version", "wait", "wrap"];

const giveExtra = `one option of sbatch, as "--exclude=node7"; ${takenFlags.join(", ")} have options of their own here, and ${reservedFlags.join(", ")} are set by Tritloom`;
const extra = z.array(z.string().max(1000).regex(/^--[a-z][a-z0-9-]*(?:=[^\p{Cc}\p{Cs}]*)?$/u).refine(isFree, `give ${giveExtra}`).meta({ give: giveExtra })).max(100);

export const slurmSchema = z.strictObject({
  kind: z.literal("slurm"),
  workers: z.number().int().min(1).max(mostWorkers),
  cpus: z.number().int().min(1).max(1024),
  partition: word('the name of a partition (sinfo lists them), as "gpu"').optional(),
  time: time.optional(),
  account: word("the name of an account").optional(),
  qos: word("the name of a quality of service").optional(),
  mem: memory.optional(),
  gres: word('generic resources as Slurm writes them, as "gpu:1"').optional(),
  constraint: word('features of nodes as Slurm writes them, as "avx512"').optional(),
  extra: extra.optional(),
  host: host.optional(),
  folder: folder.optional(),
  command: z.array(z.string().min(1).max(1000).regex(printable)).min(1).max(20).meta({ give: 'a program and its arguments, as ["/opt/node/bin/node", "/home/me/tritloom/dist/cli.js"]' }).optional(),
});
export type SlurmSpec = z.infer<typeof slurmSchema>;

/** Options of `tl.slurm()`. */
export interface SlurmOptions {
  /** The partition. Default: the cluster's. */
  partition?: string;
  /**
   * Time limit of each task as Slurm writes it, "4:00:00". A minute before it the task writes a checkpoint and queues again, to go on from
   * there. Default: the partition's.
   */
  time?: string;
  account?: string;
  qos?: string;
  /** CPUs of each task, and threads with which it trains. Default 1. */
  cpus?: number;
  /** Memory of each task, "4G". Default: the cluster's. */
  mem?: string;
  /** Generic resources, "gpu:1". */
  gres?: string;
  /** Features that nodes must have, "avx512". */
  constraint?: string;
  /** Further options of sbatch, as `["--exclude=node7", "--mail-type=FAIL"]`. */
  extra?: string[];
  /** Tasks that train at the same time; each takes one trial after the other. Default 10. */
  workers?: number;
  /** A login node, "user@login", whose commands are called over ssh without a password. Default: this machine's commands. */
  host?: string;
  /** An absolute folder on the cluster, for a `host` that shares no files with this machine. Specs and data are copied there, runs back. */
  folder?: string;
  /** How Tritloom is called on the cluster's nodes. Default: with this Node.js and this Tritloom, with `host` as `["tritloom"]`. */
  command?: string[];
}

const names = {
  partition: true, time: true, account: true, qos: true, cpus: true, mem: true, gres: true, constraint: true, extra: true, workers: true, host: true, folder: true, command: true,
} as const;

/**
 * Trains the trials of a sweep in tasks of a Slurm cluster, on whose login node the notebook runs or to which ssh leads.
 * @throws TypeError that names option, value and remedy
 */
export function slurm(options: SlurmOptions = {}): SlurmSpec {
  checkOptions("tl.slurm", options, names);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const spec = requireValid("tl.slurm()", slurmSchema, { kind: "slurm", workers: 10, cpus: 1, ...given });
  if (spec.folder !== undefined && spec.host === undefined) {
    throw new TypeError("folder of tl.slurm() is a folder of another machine: give host, too, or leave it out");
  }
  return spec;
}

/** Minutes of a time limit; undefined for what Slurm would not read. See "--time" in sbatch(1). */
export function minutesOf(text: string): number | undefined {
  const fields = /^(?:(\d{1,5})-(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?|(\d{1,7})|(\d{1,6}):(\d{1,2})|(\d{1,5}):(\d{1,2}):(\d{1,2}))$/.exec(text);
  if (fields === null) {
    return undefined;
  }
  const [days, dayHours, dayMinutes, daySeconds, minutes, shortMinutes, shortSeconds, hours, hourMinutes, hourSeconds] = fields.slice(1).map((field) => Number(field ?? 0)) as number[];
  return days! * 1440 + (dayHours! + hours!) * 60 + dayMinutes! + minutes! + shortMinutes! + hourMinutes! + (daySeconds! + shortSeconds! + hourSeconds!) / 60;
}

/** sbatch takes the beginning of an option's name for the whole. */
function isFree(flag: string): boolean {
  const name = flag.slice(2).split("=")[0]!;
  return ![...takenFlags, ...reservedFlags].some((taken) => taken.startsWith(name));
}
