import type { RomImage } from "../romImage.js";

/** The words' bytes alone, ceil(width / 8) for each, least significant first; `manifest.json` says width and depth. */
export function writeRawBytes({ data }: RomImage): Uint8Array {
  return data;
}
