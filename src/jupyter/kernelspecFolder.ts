import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { kernelspec } from "../notebooks/notebookLanguage.js";
import { writeFolder } from "../files/atomicFolder.js";

/** The kernelspec cannot be written or removed; the message names the folder and the remedy. */
export class KernelspecError extends Error {
  override readonly name = "KernelspecError";
}

/** What a kernel.json of ours says of itself, so that no other program's is replaced or removed. */
const ownSchema = z.looseObject({ metadata: z.looseObject({ tritloom: z.looseObject({}) }) });

/** The program that a kernelspec starts. */
export interface KernelProgram {
  /** The Node that runs it. */
  readonly node: string;
  /** The command line's bundle. */
  readonly program: string;
  /** Node inside an Electron program, which needs a variable to behave as Node. */
  readonly isElectron: boolean;
  readonly version: string;
}

/**
 * The text of kernel.json (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs).
 * A message interrupts, since a signal would reach the program beside the kernel's process and not the cell.
 */
export function kernelJson({ node, program, isElectron, version }: KernelProgram): string {
  const spec = {
    argv: [node, program, "jupyter", "kernel", "{connection_file}"],
    display_name: kernelspec.display_name,
    language: kernelspec.language,
    interrupt_mode: "message",
    env: isElectron ? { ELECTRON_RUN_AS_NODE: "1" } : {},
    metadata: { debugger: false, tritloom: { version } },
  };
  return `${JSON.stringify(spec, null, 1)}\n`;
}

/**
 * Writes a kernelspec whole or not at all; an earlier one of ours is replaced.
 * @param files kernel.json and logos, by name
 * @returns the folder
 * @throws KernelspecError where another program's kernelspec lies there, or the folder cannot be written
 */
export async function writeKernelspec(kernels: string, name: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<string> {
  const folder = path.join(kernels, name);
  try {
    return await writeFolder(folder, { mayReplace: isOurs, remedy: () => "It is another program's kernelspec; choose another name with --name." }, async (target) => {
      for (const [file, content] of files) {
        await target.write(file, content);
      }
    });
  } catch (error) {
    throw new KernelspecError(`The kernelspec cannot be written to ${folder}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * @returns the folder that is gone now
 * @throws KernelspecError where there is none, or it is another program's
 */
export async function removeKernelspec(kernels: string, name: string): Promise<string> {
  const folder = path.join(kernels, name);
  if (!existsSync(folder)) {
    throw new KernelspecError(`There is no kernelspec in ${folder}; \`jupyter kernelspec list\` shows where they are: choose with --user, --prefix, --sys-prefix and --name.`);
  }
  if (!(await isOurs(folder))) {
    throw new KernelspecError(`${folder} is another program's kernelspec and stays; \`jupyter kernelspec remove ${name}\` removes it.`);
  }
  try {
    await rm(folder, { recursive: true });
  } catch (error) {
    throw new KernelspecError(`The kernelspec in ${folder} cannot be removed: ${(error as Error).message}`, { cause: error });
  }
  return folder;
}

async function isOurs(folder: string): Promise<boolean> {
  try {
    return ownSchema.safeParse(JSON.parse(await readFile(path.join(folder, "kernel.json"), "utf8"))).success;
  } catch {
    return false;
  }
}
