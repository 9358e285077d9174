import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { makeFolder } from "../../files/makeFolder.js";
import type { Services } from "../services.js";
import { requireTrust } from "./requireTrust.js";

const anew = "run the command Tritloom: Open Terminal with tritloom again, this terminal is of an earlier version of the extension.";

/**
 * What a shell finds as `tritloom`. Where the extension and the editor's Node are comes from the terminal's environment: the files
 * are the same for every version of the extension, and one that an update left behind says what to do.
 */
const shims: Readonly<Record<string, string>> = {
  tritloom: `#!/bin/sh
if [ ! -f "$TRITLOOM_CLI" ]; then
  echo "tritloom: ${anew}" >&2
  exit 1
fi
ELECTRON_RUN_AS_NODE=1 exec "$TRITLOOM_NODE" "$TRITLOOM_CLI" "$@"
`,
  "tritloom.cmd": `@echo off
setlocal
if not exist "%TRITLOOM_CLI%" (
  echo tritloom: ${anew} 1>&2
  exit /b 1
)
set ELECTRON_RUN_AS_NODE=1
"%TRITLOOM_NODE%" "%TRITLOOM_CLI%" %*
exit /b %ERRORLEVEL%
`,
};

/** Opens a terminal in which `tritloom` is this extension's command line, run by the editor's own Node. */
export async function openTerminal({ paths }: Pick<Services, "paths">): Promise<void> {
  requireTrust("Open Terminal with tritloom");
  const { shims: folder, commandLine } = paths;
  await makeFolder(folder);
  for (const [name, text] of Object.entries(shims)) {
    const file = path.join(folder, name);
    await writeFile(file, name.endsWith(".cmd") ? text.replaceAll("\n", "\r\n") : text);
    await chmod(file, 0o755);
  }
  const terminal = vscode.window.createTerminal({
    name: "tritloom",
    env: {
      PATH: [folder, process.env.PATH ?? ""].join(path.delimiter),
      TRITLOOM_CLI: commandLine,
      TRITLOOM_NODE: process.execPath,
    },
    // A terminal that a later window brings back would have the paths of today's version.
    isTransient: true,
  });
  terminal.show();
}
