import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The program of code-server, as `../workbench/install.mjs` puts it there. */

const workbench = fileURLToPath(new URL("../workbench", import.meta.url));
export const codeServer = path.join(workbench, "node_modules/code-server/out/node/entry.js");

export function nodeForCodeServer(): string {
  const packaged = path.join(workbench, "node_modules", `node-${process.platform}-${process.arch}`, "bin/node");
  if (existsSync(packaged)) {
    return packaged;
  }
  if (Number(process.versions.node.split(".")[0]) >= 24) {
    return process.execPath;
  }
  throw new Error(`code-server needs Node 24, and none is packaged for ${process.platform}-${process.arch}; run with Node 24`);
}

/** An empty gallery keeps it from asking the network for extensions. */
export function codeServerEnvironment(temporaryFolder: string): NodeJS.ProcessEnv {
  return { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', TMPDIR: temporaryFolder };
}

/** @param state the options that name code-server's folders */
export function installVsix(vsix: string, state: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync(nodeForCodeServer(), [codeServer, ...state, "--install-extension", vsix, "--force"], { env, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`${vsix} could not be installed:\n${stdout}${stderr}`);
  }
}
