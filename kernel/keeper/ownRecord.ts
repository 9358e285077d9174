import type { NotebookName } from "./contract.js";
import { kernelId, type KernelRecord, removeRecord, touchRecord, writeRecord } from "./record.js";

/** The record of this process's kernel: one change after the other, and none once it is removed. */
export class OwnRecord {
  private changes: Promise<unknown> = Promise.resolve();
  private isRemoved = false;

  constructor(
    private readonly folder: string,
    private record: KernelRecord,
    private readonly scope: string,
  ) {}

  /** @returns false when the notebook has a living kernel already @throws KernelFolderError */
  write(): Promise<boolean> {
    return this.after(() => writeRecord(this.folder, this.record));
  }

  /** The notebook has another name now. @returns false when one of that name has a kernel already @throws KernelFolderError */
  rename(notebook: NotebookName): Promise<boolean> {
    return this.after(async () => {
      const { folder, record } = this;
      const renamed = { ...record, notebook, id: kernelId(notebook, this.scope) };
      if (renamed.id !== record.id && !this.isRemoved) {
        if (!(await writeRecord(folder, renamed))) {
          return false;
        }
        await removeRecord(folder, record);
      }
      this.record = renamed;
      return true;
    });
  }

  /** Programs that clean temporary folders take what nobody has touched for days. */
  touch(): Promise<void> {
    return this.after(() => touchRecord(this.folder, this.record));
  }

  remove(): Promise<void> {
    this.isRemoved = true;
    return this.after(() => removeRecord(this.folder, this.record));
  }

  private after<Result>(change: () => Promise<Result>): Promise<Result> {
    const changed = this.changes.then(change);
    this.changes = changed.catch(() => undefined);
    return changed;
  }
}
