import { createHash } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { runFiles } from "../../runs/runFiles.js";
import { LocalShell, quoted, type Shell } from "./shell.js";
import { SlurmFolder, slurmFiles } from "./slurmFolder.js";

/** The sweep's files as the cluster has them. Paths are relative to the sweep's directory. */
export interface ClusterFiles {
  /** The sweep's directory on the cluster. */
  readonly dir: string;
  /** Whether both see the same files. */
  readonly isShared: boolean;
  /** Makes files of this machine appear there, each whole. */
  push(files: readonly string[]): Promise<void>;
  /** Removes files there and here. */
  remove(files: readonly string[]): Promise<void>;
  /** Brings here what has changed there. */
  pull(): Promise<void>;
}

/** The cluster sees the same files under the same path. */
export class SharedFiles implements ClusterFiles {
  readonly isShared = true;

  constructor(readonly dir: string) {}

  async push(): Promise<void> {}

  remove(files: readonly string[]): Promise<void> {
    return new SlurmFolder(this.dir).remove(files);
  }

  async pull(): Promise<void> {}
}

/** Clocks of the servers that keep a cluster's files differ by less. */
const overlapSeconds = 60;

/** The cluster has a copy of its own, to and from which files go as tar archives over ssh. */
export class CopiedFiles implements ClusterFiles {
  readonly dir: string;
  readonly isShared = false;
  private readonly local = new LocalShell();
  private pulledUpTo = 0;

  /**
   * @param sweep the sweep's directory here
   * @param folder the folder on the cluster that gets the copy
   */
  constructor(
    private readonly sweep: string,
    folder: string,
    private readonly shell: Shell,
  ) {
    // The path alone does not tell two machines apart that use the same cluster.
    const place = createHash("sha256").update(`${hostname()}\n${sweep}`).digest("hex").slice(0, 8);
    this.dir = path.posix.join(folder, `${path.basename(sweep)}-${place}`);
  }

  async push(files: readonly string[]): Promise<void> {
    const archive = await this.local.run(`tar -C ${quoted(this.sweep)} -cf - -T -`, files.map((file) => `${file}\n`).join(""));
    const folders = ["data", "results", "runs", ...Object.values(slurmFiles).filter((file) => !file.endsWith(".json")), ".incoming"];
    // Names are those of jobs, digests and folders: without blanks. A file appears by a rename, so that no task reads half of it.
    const script = `mkdir -p ${quoted(this.dir)} && cd ${quoted(this.dir)} && mkdir -p ${folders.join(" ")} && tar -C .incoming -xf - && (cd .incoming && find . -type f) | while read -r f; do mv -f ".incoming/$f" "$f" || exit 1; done`;
    await this.shell.run(script, archive);
  }

  async remove(files: readonly string[]): Promise<void> {
    if (files.length === 0) {
      return;
    }
    await this.shell.run(`cd ${quoted(this.dir)} && rm -f ${files.map(quoted).join(" ")}`);
    await new SlurmFolder(this.sweep).remove(files);
  }

  async pull(): Promise<void> {
    const changed = `-type f ! -name '.*' -newermt @${this.pulledUpTo}`;
    // A result is listed before the files of its run, which were complete before it, and is packed after them: whoever sees it has all of them.
    const script =
      `cd ${quoted(this.dir)} && date +%s && r=$(find results ${slurmFiles.claims} ${slurmFiles.stopped} ${slurmFiles.logs} ${changed}) && ` +
      `{ find runs ${changed} ! -name ${runFiles.stopRequest}; printf '%s\\n' "$r"; } | grep . | tar -cf - --ignore-failed-read -T -; [ $? -le 1 ]`;
    const answer = await this.shell.run(script);
    const end = answer.indexOf("\n");
    await this.local.run(`tar -C ${quoted(this.sweep)} -xf -`, answer.subarray(end + 1));
    this.pulledUpTo = Number(answer.toString("utf8", 0, end)) - overlapSeconds;
  }
}
