import type { VcdVariable } from "./vcd.js";

/** A variable of the design, whose bits may lie in several variables of the dump. */
export interface VcdVector {
  readonly scopes: readonly string[];
  readonly name: string;
  readonly bits: number;
  /** The codes of its parts, the most significant first; their bits together are the vector's. */
  readonly parts: readonly { readonly code: string; readonly bits: number }[];
}

/**
 * The vectors of a dump by path. Simulators that split nets (Questa, ModelSim) declare `gate [1]` and `gate [0]`, which are
 * joined; a variable that stands there twice counts once, as the last one.
 */
export function joinedVectors(variables: readonly VcdVariable[]): ReadonlyMap<string, VcdVector> {
  const byPath = new Map<string, VcdVariable[]>();
  for (const variable of variables) {
    const path = [...variable.scopes, variable.name].join(".");
    const parts = byPath.get(path);
    if (parts === undefined) {
      byPath.set(path, [variable]);
    } else {
      parts.push(variable);
    }
  }
  return new Map([...byPath].map(([path, parts]) => [path, joined(parts)]));
}

function joined(parts: readonly VcdVariable[]): VcdVector {
  const { scopes, name } = parts[0]!;
  const single = parts.at(-1)!;
  const byHigh = new Map(parts.map((part) => [part.high, part]));
  const ordered = [...byHigh.values()].toSorted((one, other) => (other.high ?? 0) - (one.high ?? 0));
  const isSplit = ordered.every(({ high, bits }, index) => high !== undefined && (index + 1 === ordered.length || ordered[index + 1]!.high === high - bits));
  const used = isSplit ? ordered : [single];
  return { scopes, name, bits: used.reduce((sum, { bits }) => sum + bits, 0), parts: used.map(({ code, bits }) => ({ code, bits })) };
}

/** The digits of a vector: those of its parts, each filled as IEEE 1364-2005, 18.2.1 says: with 0, or with x or z. */
export function vectorDigits({ parts }: Pick<VcdVector, "parts">, read: (code: string) => string): string {
  return parts.length === 1 ? read(parts[0]!.code) : parts.map(({ code, bits }) => filledTo(read(code), bits)).join("");
}

function filledTo(digits: string, bits: number): string {
  const fill = digits[0] === "x" || digits[0] === "z" ? digits[0] : "0";
  return digits.padStart(bits, fill);
}
