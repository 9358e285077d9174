import { readFile } from "node:fs/promises";
import { MissingToolError } from "../../programs/missingTool.js";

/** Standard cells of one technology, as Yosys and OpenSTA read them. */
export interface Liberty {
  readonly file: string;
  readonly text: string;
  /** The library's name in the file. */
  readonly name: string;
  /** "180 nm" for the library that is looked for by default; else the library's name, as the format has no place for it. */
  readonly node: string;
  /** Area of each cell, in the library's unit: µm² for the default. */
  readonly cellAreas: ReadonlyMap<string, number>;
}

/** OSU's 0.18 µm cells as Debian packages them. */
export const defaultLibertyFile = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
const defaultLibraryName = "osu018_stdcells";

/**
 * @param file the user's own; default OSU 0.18 µm where Debian's package puts it
 * @throws MissingToolError when there is no file, RangeError when it holds no cells
 */
export async function readLiberty(file = defaultLibertyFile): Promise<Liberty> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    const remedy = file === defaultLibertyFile ? "install the Debian package qflow-tech-osu018, or name" : "name";
    throw new MissingToolError(`There are no standard cells in ${file}: ${remedy} a liberty file of your own (--liberty FILE).`, { cause });
  });
  const name = /\blibrary\s*\(\s*"?([\w.-]+)"?\s*\)/.exec(text)?.[1];
  const cellAreas = areasOf(text);
  if (name === undefined || cellAreas.size === 0) {
    throw new RangeError(`${file} is not a liberty file with cells that have an area; give the .lib of a standard cell library.`);
  }
  return { file, text, name, node: name === defaultLibraryName ? "180 nm" : name, cellAreas };
}

/** A cell's own `area` stands in its group before any other group's. */
function areasOf(text: string): Map<string, number> {
  const cells = text.split(/\bcell\s*\(/).slice(1);
  return new Map(
    cells.flatMap((cell): [string, number][] => {
      const name = /^\s*"?([\w.$-]+)"?\s*\)/.exec(cell)?.[1];
      const area = /\barea\s*:\s*"?([\d.eE+-]+)/.exec(cell)?.[1];
      return name === undefined || area === undefined ? [] : [[name, Number(area)]];
    }),
  );
}
