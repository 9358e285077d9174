import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Pages of docs/guide that show a command at work, and the index of all. */
export type GuidePage = "README" | "own-data" | "reading-curves" | "choosing-a-quantiser" | "importing" | "from-run-to-rom" | "from-run-to-verilog" | "working-remotely" | "jupyter" | "writing-cells";

/** The guide comes with the program: seen from dist/cli.js, and from this source file. */
const places = ["../docs/guide/", "../../docs/guide/"];

/**
 * The file of a page of the guide.
 * @returns an absolute path; undefined where the program was copied without its documents
 */
export function guideFile(page: GuidePage): string | undefined {
  return places.map((place) => fileURLToPath(new URL(`${place}${page}.md`, import.meta.url))).find((file) => existsSync(file));
}

/** The line of a help text that tells where the guide is; none without it. */
export function guideLines(page: GuidePage): string[] {
  const file = guideFile(page);
  return file === undefined ? [] : [`The guide: ${file}`, ""];
}
