import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The program of code-server, and extensions for it. */

const workbench = fileURLToPath(new URL("../workbench", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));

export const entry = path.join(workbench, "node_modules/code-server/out/node/entry.js");

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

/** @param temporary where processes of the server keep what they need while they live; an empty gallery keeps them from asking the network for extensions */
export function environment(temporary: string): NodeJS.ProcessEnv {
  return { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', TMPDIR: temporary };
}

export async function builtVsix(): Promise<string> {
  const vsix = (await readdir(repository)).find((file) => file.endsWith(".vsix"));
  if (vsix === undefined) {
    throw new Error("No .vsix in the project folder: run `npm run package` first (`npm test` does)");
  }
  return path.join(repository, vsix);
}

/** Installs files into a folder of extensions, as a person would from the command line. */
export async function install(vsixes: readonly string[], extensions: string): Promise<void> {
  const user = await mkdtemp(path.join(os.tmpdir(), "tritloom-e2e-install-"));
  const state = ["--config", path.join(user, "config.yaml"), "--user-data-dir", user, "--extensions-dir", extensions];
  const args = [entry, ...state, ...vsixes.flatMap((vsix) => ["--install-extension", vsix])];
  const { status, stdout, stderr } = spawnSync(nodeForCodeServer(), args, { env: environment(user), encoding: "utf8" });
  await rm(user, { recursive: true });
  if (status !== 0) {
    throw new Error(`${vsixes.join(" and ")} could not be installed:\n${stdout}${stderr}`);
  }
}
