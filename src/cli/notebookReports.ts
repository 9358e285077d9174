import type { FromKernel } from "../../kernel/contract.js";
import type { Report } from "../display/report.js";
import type { SavingFigures } from "../hardware/rom/memory.js";

/** What the notebook made: the last report about each directory counts. */
export class NotebookReports {
  private readonly runsByDir = new Map<string, Extract<Report, { kind: "run" }>>();
  private readonly romsByDir = new Map<string, Extract<Report, { kind: "rom" }>>();

  add(message: FromKernel): void {
    if (message.type !== "report") {
      return;
    }
    const { report } = message;
    if (report.kind === "run") {
      this.runsByDir.delete(report.dir);
      this.runsByDir.set(report.dir, report);
    } else if (report.kind === "rom") {
      this.romsByDir.delete(report.dir);
      this.romsByDir.set(report.dir, report);
    }
  }

  get runs(): Omit<Extract<Report, { kind: "run" }>, "kind">[] {
    return [...this.runsByDir.values()].map(({ kind: _kind, ...run }) => run);
  }

  get roms(): { dir: string; manifest: string; files: string[] }[] {
    return [...this.romsByDir.values()].map(({ dir, manifest, files }) => ({ dir, manifest, files }));
  }

  /** What the last export saves; all null where there was none. */
  get saving(): { readonly [Key in keyof SavingFigures]: SavingFigures[Key] | null } {
    const last = [...this.romsByDir.values()].at(-1);
    const { memorySaving = null, wholeModelSaving = null, memorySavingInWords = null } = last ?? {};
    return { memorySaving, wholeModelSaving, memorySavingInWords };
  }
}
