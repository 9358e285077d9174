import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { builtVsix, install } from "./pages/codeServer.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder of extensions with the built VSIX in it. */
    extensions: string;
  }
}

/** The VSIX is installed once, for all files of tests: its 10 MB take a few seconds. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const extensions = await mkdtemp(path.join(os.tmpdir(), "tritloom-e2e-extensions-"));
  await install([await builtVsix()], extensions);
  provide("extensions", extensions);
  return () => rm(extensions, { recursive: true });
}
