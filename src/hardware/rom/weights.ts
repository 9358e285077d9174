import { groupsOf } from "../rowGroups.js";
import type { RowSpan } from "../schedule/rowPhases.js";
import type { ManifestEntry } from "./besideManifest.js";
import { romLimits } from "../../romFormats/reading/limits.js";
import { unpackWord, wordUnpacker } from "./lanePacking.js";
import type { LanePacking } from "./lanePacking.js";
import type { RomFile } from "./romFile.js";

/** The integers of a weight image, or of one bank of it. */
export interface RomWeights {
  readonly inputs: number;
  /** Units, the rows of one gate block. */
  readonly units: number;
  /** Letters of the gate blocks, in the order of rows. */
  readonly gates: readonly string[];
  /** The weight of input i and gate row r stands at i * rows + r; it is undefined where another bank has it or the code does not occur. */
  readonly values: readonly (number | undefined)[];
}

/**
 * A matrix's weights by input and gate row; undefined for a file whose manifest does not place them, and for constants and tables.
 * Rows of other banks stay undefined. Undefined also for a matrix above `romLimits.weights`, or whose
 * manifest contradicts itself.
 */
export function romWeights({ words, manifest, packing }: RomFile): RomWeights | undefined {
  const phases = manifest === undefined ? undefined : phasesOf(manifest);
  if (manifest?.layer === undefined || phases === undefined || packing === undefined) {
    return undefined;
  }
  const { units, gateOrder: gates } = manifest.layer;
  const [inputs, rows] = manifest.image.shape as [number, number];
  if (inputs * rows > romLimits.weights || !isWhole(rows, units * gates.length, phases)) {
    return undefined;
  }
  const values = Array.from<number | undefined>({ length: inputs * rows });
  placeWeights(values, rows, words, { manifest, groups: groupsOf(phases, manifest.macUnits), unpack: wordUnpacker(packing) });
  return { inputs, units, gates, values };
}

/** How words become weights. */
interface Places {
  readonly manifest: ManifestEntry;
  readonly groups: readonly RowSpan[];
  readonly unpack: ReturnType<typeof wordUnpacker>;
}

function placeWeights(values: (number | undefined)[], rows: number, words: RomFile["words"], { manifest, groups, unpack }: Places): void {
  for (const { address, value } of words) {
    unpack(value).forEach((weight, lane) => {
      const place = placeOf(manifest, groups, address, lane);
      if (place !== undefined) {
        values[place.input * rows + place.row] = weight;
      }
    });
  }
}

/** The row spans of a weight image; undefined for constants and tables. */
function phasesOf({ image, layer }: ManifestEntry): readonly RowSpan[] | undefined {
  return image.packing.order[0] === "row group" ? layer?.phases : undefined;
}

/** Whether gates and phases have the matrix's rows; a shape without rows has none. */
function isWhole(rows: number | undefined, ofGates: number, phases: readonly RowSpan[]): boolean {
  return ofGates === rows && phases.reduce((sum, phase) => sum + phase.rows, 0) === rows;
}

/** Whose weight a lane is; undefined where it is unused. */
function placeOf({ image }: ManifestEntry, groups: readonly RowSpan[], address: number, bankLane: number): { input: number; row: number } | undefined {
  const { packing, shape } = image;
  const perWord = packing.inputsPerWord ?? 1;
  const inputs = shape[0]!;
  const wordsOfGroup = Math.ceil(inputs / perWord);
  const lane = (packing.bank?.firstLane ?? 0) + bankLane;
  const group = groups[Math.floor(address / wordsOfGroup)];
  const row = Math.floor(lane / perWord);
  const input = (address % wordsOfGroup) * perWord + (lane % perWord);
  return group !== undefined && row < group.rows && input < inputs ? { input, row: group.firstRow + row } : undefined;
}

/** How often each weight occurs in each gate block, the smallest weight first. */
export function gateHistogram({ inputs, units, gates, values }: RomWeights): { gate: string; counts: Map<number, number> }[] {
  const rows = units * gates.length;
  return gates.map((gate, block) => {
    const counts = new Map<number, number>();
    for (let input = 0; input < inputs; input++) {
      for (let unit = 0; unit < units; unit++) {
        const weight = values[input * rows + block * units + unit];
        if (weight !== undefined) {
          counts.set(weight, (counts.get(weight) ?? 0) + 1);
        }
      }
    }
    return { gate, counts: new Map([...counts].toSorted(([one], [other]) => one - other)) };
  });
}

/** The integers of one word as text, lane 0 first: "+1 0 -1". */
export function wordInIntegers(value: bigint, packing: LanePacking): string {
  return unpackWord(value, packing).map(signed).join(" ");
}

/** A weight with its sign, as pictures of ROM files show it. */
export function signed(value: number | undefined): string {
  return value === undefined ? "?" : `${value > 0 ? "+" : ""}${value}`;
}
