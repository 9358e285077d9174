import { lookAt } from "./connection.js";
import type { Outlook } from "./contract.js";
import { type KernelRecord, livingRecords } from "./record.js";

/** A living kernel of this user and machine. */
export interface ListedKernel {
  readonly record: KernelRecord;
  /** Absent where the kernel does not tell. */
  readonly outlook: Outlook | undefined;
  /** Why not, in words. */
  readonly problem: string | undefined;
}

/** All living kernels of this user and machine, the oldest first. @throws KernelFolderError */
export async function listKernels(): Promise<ListedKernel[]> {
  return Promise.all((await livingRecords()).map(look));
}

async function look(record: KernelRecord): Promise<ListedKernel> {
  try {
    return { record, outlook: await lookAt(record), problem: undefined };
  } catch (error) {
    return { record, outlook: undefined, problem: (error as Error).message };
  }
}
