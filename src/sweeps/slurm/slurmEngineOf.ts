import path from "node:path";
import { ownProgram } from "../../programs/ownProgram.js";
import { CopiedFiles, SharedFiles } from "./clusterFiles.js";
import { LocalShell, SshShell } from "./shell.js";
import { SlurmCommands } from "./slurmCommands.js";
import { SlurmEngine } from "./slurmEngine.js";
import { SlurmFolder } from "./slurmFolder.js";
import type { SlurmSpec } from "./slurmSpec.js";

/** @param dir the sweep's directory */
export function slurmEngineOf(spec: SlurmSpec, dir: string): SlurmEngine {
  const { host, folder: place, workers } = spec;
  const shell = host === undefined ? new LocalShell() : new SshShell(host);
  const files = place === undefined ? new SharedFiles(dir) : new CopiedFiles(dir, place, shell);
  const commands = new SlurmCommands(shell, spec, files.dir, commandOf(spec));
  return new SlurmEngine({ shell, commands, files, folder: new SlurmFolder(dir) }, workers);
}

/** How tasks call Tritloom: on this machine as it is, on another one by its name. */
function commandOf({ command, host }: SlurmSpec): readonly string[] {
  return command ?? (host === undefined ? [process.execPath, path.join(path.dirname(ownProgram("slurm-task")), "..", "cli.js")] : ["tritloom"]);
}
