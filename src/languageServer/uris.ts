import { fileURLToPath, pathToFileURL } from "node:url";

/** The path of a `file:` URI, with forward slashes, as TypeScript writes paths; undefined for other URIs. */
export function pathOfUri(uri: string): string | undefined {
  if (!uri.startsWith("file:")) {
    return undefined;
  }
  return fileURLToPath(uri).replaceAll("\\", "/");
}

/** The URI of a path. */
export function uriOfPath(path: string): string {
  return pathToFileURL(path).href;
}
