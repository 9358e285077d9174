import { nameOf } from "./connection.js";
import type { ListedKernel } from "./listKernels.js";

/** "runs cell 3, 2 wait", "idle", "died, its last outputs wait" */
export function outlookInWords({ outlook }: ListedKernel): string {
  if (outlook === undefined) {
    return "does not answer";
  }
  if (outlook.exit) {
    return "died, its last outputs wait";
  }
  if (outlook.running === null) {
    return "idle";
  }
  return `runs cell ${outlook.running.cell}${outlook.waiting === 0 ? "" : `, ${outlook.waiting} wait`}`;
}

/** What is lost where a kernel is stopped while a cell runs; undefined where none does. */
export function lossInWords({ record, outlook }: ListedKernel): string | undefined {
  const { running } = outlook ?? {};
  return running ? `Cell ${running.cell} of ${nameOf(record)} is running. A training writes its checkpoint; variables are lost.` : undefined;
}

/** "214 MB", or "-" where nobody tells. */
export function memoryInWords({ outlook }: ListedKernel): string {
  return outlook?.memory == null ? "-" : `${Math.round(outlook.memory / 1e6)} MB`;
}

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** "12 s", "5 min", "3 h", "2 d" */
export function ageInWords({ record }: ListedKernel, now = Date.now()): string {
  const seconds = Math.max(0, (now - record.startedAt) / 1000);
  const [unit, size] = units.find((each) => seconds >= each[1]) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}
