import { readFileSync } from "node:fs";
import path from "node:path";
import type { FindPicture } from "../notebooks/html/markdownHtml.js";

const typesByEnding: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
};

/** Finds the pictures that a notebook's Markdown names by paths from its folder; not those of a network, nor those by absolute paths. */
export function picturesBeside(folder: string): FindPicture {
  return (address) => {
    const type = typesByEnding[path.extname(address).toLowerCase()];
    if (type === undefined || /^(?:[a-z][\w+.-]*:|[/\\])/i.test(address)) {
      return undefined;
    }
    try {
      return `data:${type};base64,${readFileSync(path.join(folder, decodeURIComponent(address))).toString("base64")}`;
    } catch {
      // The page says which picture it lacks.
      return undefined;
    }
  };
}
