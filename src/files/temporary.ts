import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { withLeftover } from "./leftovers.js";
import { identityInName, isGone, thisProcess } from "./processIdentity.js";

/**
 * A name for what is written beside its place and renamed then: hidden, and with the process that writes it, so that a later
 * writer can tell what a dead one left.
 */
export async function temporaryBeside(place: string): Promise<string> {
  return path.join(path.dirname(place), `${prefixOf(place)}${identityInName(await thisProcess())}.${randomUUID()}.tmp`);
}

/** Does something with a file or folder of such a name, which is gone when the process ends before. */
export function withTemporary<T>(temporary: string, work: () => Promise<T>): Promise<T> {
  return withLeftover(() => rmSync(temporary, { recursive: true, force: true }), work);
}

/** Removes what processes of this machine that are dead were writing beside a place. Never throws. */
export async function removeAbandoned(place: string): Promise<void> {
  for (const file of await abandonedBeside(place, "tmp")) {
    await rm(file, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** What dead processes left beside a place under names that end so. */
export async function abandonedBeside(place: string, ending: string): Promise<string[]> {
  return abandonedIn(path.dirname(place), prefixOf(place), ending);
}

/** Does something in a new folder of the system's temporary one, which is gone when the work has ended, however it ends. */
export async function inTemporaryFolder<T>(purpose: string, work: (folder: string) => Promise<T>): Promise<T> {
  const prefix = `tritloom-${purpose}.`;
  for (const folder of await abandonedIn(tmpdir(), prefix, "")) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
  const folder = await mkdtemp(path.join(tmpdir(), `${prefix}${identityInName(await thisProcess())}.`));
  return withTemporary(folder, async () => {
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

function prefixOf(place: string): string {
  return `.${path.basename(place)}.`;
}

/** Names are PREFIX IDENTITY.SOMETHING.ENDING */
async function abandonedIn(folder: string, prefix: string, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const candidates = names.filter((name) => name.startsWith(prefix) && name.endsWith(ending));
  const gone = await Promise.all(
    candidates.map(async (name) => {
      const [, identity] = /^(\d+-[0-9a-f]{8}-[0-9a-f]{8})\./.exec(name.slice(prefix.length)) ?? [];
      return identity !== undefined && (await isGone(identity));
    }),
  );
  return candidates.filter((_, index) => gone[index]).map((name) => path.join(folder, name));
}
