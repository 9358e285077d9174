import { lstat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { makeFolder } from "../../src/files/makeFolder.js";
import { writeErrorText } from "../../src/files/writeErrorText.js";

/** The folder of the living kernels cannot be used. The message names it and the remedy. */
export class KernelFolderError extends Error {
  override readonly name = "KernelFolderError";
}

/** The longest path of a Unix-domain socket in bytes, its end mark included, on the platform that allows least (macOS). */
const socketPathBytes = 104;

/**
 * The folder with a record and a socket for each living kernel of this user and machine: what TRITLOOM_KERNELS names, else one
 * in the system's temporary folder. Not in XDG_RUNTIME_DIR, which goes when the last session of the user ends: a kernel
 * outlives an SSH connection.
 * @throws KernelFolderError for one named by a relative path
 */
export function kernelFolder(): string {
  const named = process.env.TRITLOOM_KERNELS;
  if (named && !path.isAbsolute(named)) {
    throw new KernelFolderError(
      `The environment variable TRITLOOM_KERNELS names "${named}", which is another folder for each program that reads it. Give a path from the root.`,
    );
  }
  return named || path.join(os.tmpdir(), `tritloom-${userId() ?? "user"}`);
}

/** Undefined on Windows. Not by os.userInfo(), which throws in containers whose user has no name. */
function userId(): number | undefined {
  return process.getuid?.();
}

/** Makes the folder of the living kernels, for its owner alone. @throws KernelFolderError */
export async function makeKernelFolder(): Promise<string> {
  const folder = kernelFolder();
  try {
    await makeFolder(folder, 0o700);
  } catch (error) {
    throw new KernelFolderError(`No kernel can be started: ${folder} cannot be made. ${writeErrorText(error, String)}`, { cause: error });
  }
  await checkKernelFolder(folder);
  return folder;
}

/**
 * Others must not put sockets in our way, nor read tokens. Windows keeps the temporary folders of its users apart.
 * @throws KernelFolderError
 */
export async function checkKernelFolder(folder: string): Promise<void> {
  const user = userId();
  if (user === undefined) {
    return;
  }
  const found = await lstat(folder);
  const remedy = "Remove it, or name another folder in the environment variable TRITLOOM_KERNELS.";
  if (!found.isDirectory() || found.uid !== user) {
    throw new KernelFolderError(`${folder}, where the kernels of this user are kept, is not a folder of this user. ${remedy}`);
  }
  if ((found.mode & 0o077) !== 0) {
    throw new KernelFolderError(`${folder}, where kernels are kept, is open to other users. Run "chmod 700 ${folder}". ${remedy}`);
  }
}

/** Where a keeper listens. @param name told by no other process. @throws KernelFolderError for a path that no socket can have */
export function socketPath(folder: string, name: string): string {
  if (process.platform === "win32") {
    return `\\\\.\\pipe\\tritloom-${name}`;
  }
  const socket = path.join(folder, `${name}.sock`);
  if (Buffer.byteLength(socket) >= socketPathBytes) {
    throw new KernelFolderError(
      `${socket} is too long for a socket, which may have ${socketPathBytes - 1} bytes. Name a shorter folder in the environment variable TRITLOOM_KERNELS.`,
    );
  }
  return socket;
}
