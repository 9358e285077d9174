import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";

/** FOLDER.partial-PID-RANDOM; earlier versions left the process out. */
const stagingName = /\.partial-(?:(\d+)-)?[A-Za-z0-9]{6}$/;

/**
 * Makes an empty folder beside one that is to be installed whole or not at all: it is filled and then renamed. What processes that
 * are gone were filling there, for whatever folder, is removed.
 */
export async function stagingBeside(folder) {
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  const abandoned = (await readdir(parent)).filter((name) => {
    const found = stagingName.exec(name);
    return found !== null && !(found[1] !== undefined && lives(Number(found[1])));
  });
  await Promise.all(abandoned.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
  return mkdtemp(`${folder}.partial-${process.pid}-`);
}

function lives(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
