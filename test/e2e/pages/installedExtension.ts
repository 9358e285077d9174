import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { codeServerEnvironment, installVsix } from "./codeServer.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder in which VS Code has installed the built VSIX: each server works with a copy. */
    extensions: string;
  }
}

const repository = fileURLToPath(new URL("../../..", import.meta.url));

async function builtVsix(): Promise<string> {
  const vsix = (await readdir(repository)).find((file) => file.endsWith(".vsix"));
  if (vsix === undefined) {
    throw new Error("No .vsix in the project folder: run `npm run package` first (`npm test` does)");
  }
  return path.join(repository, vsix);
}

/** Installs the VSIX once for all files of tests. @returns what removes it */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-e2e-vsix-"));
  const [config, user, extensions] = ["config.yaml", "user", "extensions"].map((name) => path.join(folder, name)) as [string, string, string];
  await writeFile(config, "");
  installVsix(await builtVsix(), ["--config", config, "--user-data-dir", user, "--extensions-dir", extensions], codeServerEnvironment(folder));
  project.provide("extensions", extensions);
  return () => rm(folder, { recursive: true });
}
