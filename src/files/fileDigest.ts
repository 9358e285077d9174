import { createHash } from "node:crypto";

/** What a manifest says of a file's content. */
export function fileDigest(content: Uint8Array): { readonly bytes: number; readonly sha256: string } {
  return { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}
