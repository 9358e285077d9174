import { createHash } from "node:crypto";

/** Half of what file systems take, so that endings and numbers fit too. */
const mostBytes = 120;

/** Names of devices, which Windows keeps whatever their ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name as a file or folder of it may be called on any file system, and as MLflow takes it: letters and digits of all scripts, and
 * `-_. ` inside. A long name is cut, and ends in a digest of the whole.
 */
export function safeSegment(name: string): string {
  const plain = name.normalize("NFC").replace(/[^\p{L}\p{N}\-_. ]/gu, "_").replace(/^[. ]+|[. ]+$/g, "");
  const safe = plain === "" || reserved.test(plain) ? `_${plain}` : plain;
  return Buffer.byteLength(safe) <= mostBytes ? safe : cut(safe);
}

function cut(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 12);
  let kept = "";
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > mostBytes - digest.length - 1) {
      break;
    }
    kept += character;
  }
  return `${kept}-${digest}`;
}

/** The same for names that must differ, also where the file system takes capital letters for small ones. */
export function safeNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const stem = safeSegment(name);
    let free = stem;
    for (let count = 2; taken.has(free.toLowerCase()); count++) {
      free = `${stem}-${count}`;
    }
    taken.add(free.toLowerCase());
    return free;
  });
}
