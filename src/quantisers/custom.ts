import * as z from "zod";
import { customNameFields, sourceDigest } from "../experiment/customFunction.js";
import { requireKnownOptions, shown } from "../experiment/optionNames.js";
import { uniformAt } from "../numbers/random.js";
import { noScales } from "./coded.js";
import type { Quantiser, QuantiserContext, Sampling } from "./contract.js";
import { sampling } from "./fixedMagnitude.js";
import { quantiserKind, specOf } from "./kind.js";
import type { Levels, MatrixShape } from "./kind.js";
import type { ShippedMatrix, WeightPlane } from "./shippedMatrix.js";

/** What a custom rule is told beside the latent weights. */
export interface CustomContext {
  /** Inputs of the matrix. */
  readonly rows: number;
  /** Its outputs: 4H for an LSTM, 3H for a GRU. The weight of row r and column c is number r * columns + c. */
  readonly columns: number;
  /** How a rule with `stochastic: true` draws: "deterministic" where the experiment wants its weights without chance. */
  readonly sampling: Sampling;
  /** The next of the seeded numbers in [0, 1) of this draw, which a repeated run repeats; for rules with `stochastic: true`. */
  random(): number;
}

/** Options of `tl.quantiser()`: the rule and what it needs. */
export interface CustomOptions {
  /** What the rule is called in tables, specs and run directories. */
  name: string;
  /** The numbers that `quantise` may write: "binary" is [-1, 1] and "ternary" [-1, 0, 1]; at most 16. */
  levels: "binary" | "ternary" | number[];
  /**
   * Writes a level for each latent weight to `out`, and returns what a level of 1 is worth, at least 0; nothing for 1. It leaves
   * `latent` as it is. Both are row-major, and `out` holds zeros or an earlier result.
   */
  quantise(latent: Float32Array, out: Float32Array, context: CustomContext): number | undefined | void;
  /** Turns the gradient at the quantised weights into that at the latent ones, in place. Default: straight-through. */
  gradient?(latent: Float32Array, gradient: Float32Array): void;
  /** Brings latent weights back into a range after each update, in place. Default: none. */
  constrain?(latent: Float32Array): void;
  /** Whether the rule draws with `context.random()`. Default: false. */
  stochastic?: boolean;
}

/** The functions that cells of this process gave, by the SHA-256 of their source text. */
const given = new Map<string, CustomOptions>();

export const customKind = quantiserKind({
  kind: "custom",
  word: "tl.quantiser",
  options: {
    name: customNameFields.name,
    levels: z.array(z.number().gte(-1e6).lte(1e6)).min(2).max(16).refine((levels) => new Set(levels.map(Math.fround)).size === levels.length, "give each level once"),
    sha256: customNameFields.sha256,
    sampling: sampling.optional(),
  },
  levels: ({ levels }) => levelsOf(levels),
  requireRule: (spec) => void ruleOf(spec),
  // What opens a run makes its quantisers, too, and needs only what shipped.
  make: (spec, shape) => customQuantiser(spec.name, () => ruleOf(spec), spec.levels, shape),
});

function ruleOf({ name, sha256 }: { readonly name: string; readonly sha256: string }): CustomOptions {
  const rule = given.get(sha256);
  if (rule === undefined) {
    throw new Error(
      `The custom quantiser "${name}" is a function that this process does not have: run the cell with tl.quantiser({ name: ${JSON.stringify(name)}, ... }), ` +
        "unchanged, in a notebook, and resume there with (await tl.openRun(directory)).resume().",
    );
  }
  return rule;
}

const named = { binary: [-1, 1], ternary: [-1, 0, 1] } as const;
const optionNames = ["name", "levels", "quantise", "gradient", "constrain", "stochastic"];

/**
 * Makes a quantiser of your own from a rule in TypeScript, which turns latent weights into levels times a scale. It trains, ships and is
 * counted as the others are, and has an accelerator where its levels are one bit or one trit. Its spec has the SHA-256 of the functions' text;
 * values that they read from outside of them are not in it. To resume a run, give the same functions again; to open one, none is needed.
 * @throws TypeError that names option and value, and says what to give
 */
export function quantiser(options: CustomOptions) {
  requireKnownOptions("tl.quantiser", options, optionNames);
  const { name, levels, stochastic = false } = options;
  const functions = (["quantise", "gradient", "constrain"] as const).map((key) => {
    const value: unknown = options[key];
    if (typeof value !== "function" && (key === "quantise" || value !== undefined)) {
      throw new TypeError(`${key} of tl.quantiser() is ${shown(value)}: give a function, as quantise(latent, out) { ... }`);
    }
    return value;
  });
  const sha256 = sourceDigest(functions);
  const numbers = levels === "binary" || levels === "ternary" ? [...named[levels]] : levels;
  const spec = specOf(customKind, { name, levels: numbers, sha256, ...(stochastic && { sampling: "stochastic" }) });
  given.set(sha256, options);
  return spec;
}

/** A level of every magnitude but 0 has a plane of its own, in which it is a sign. */
function magnitudesOf(levels: readonly number[]): number[] {
  return [...new Set(levels.map((level) => Math.abs(Math.fround(level))))].filter((size) => size > 0).sort((one, other) => one - other);
}

function levelsOf(levels: readonly number[]): Levels {
  const isPair = levels.length === 2 && levels[0] === -levels[1]!;
  return magnitudesOf(levels).length > 1 ? "planes" : isPair ? "binary" : "ternary";
}

function customQuantiser(name: string, ruleOfCell: () => CustomOptions, levels: readonly number[], { rows, columns }: MatrixShape): Quantiser {
  const place = `The custom quantiser "${name}", at its matrix of ${rows} x ${columns} weights,`;
  const size = rows * columns;
  const [out, values, before] = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
  const codes = new Int8Array(size);
  const sizes = magnitudesOf(levels);
  const codeOf = new Map(levels.map((level) => [Math.fround(level), Math.sign(level) * (sizes.indexOf(Math.abs(Math.fround(level))) + 1)]));
  let scale = 1;

  const fault = (what: string, remedy: string, cause?: unknown): Error => new Error(`${place} ${what}: ${remedy}.`, { cause });
  const guarded = <T>(name: string, call: (rule: CustomOptions) => T): T => {
    const rule = ruleOfCell();
    try {
      return call(rule);
    } catch (error) {
      throw fault(`threw in ${name}: ${error instanceof Error ? error.message : String(error)}`, `mend ${name} in its cell`, error);
    }
  };
  const weightAt = (index: number): string => `row ${Math.floor(index / columns)}, column ${index % columns}`;
  const requireFinite = (name: string, numbers: Float32Array): void => {
    const wrong = numbers.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw fault(`made ${numbers[wrong]} in ${name}, ${weightAt(wrong)}`, "let it leave finite numbers");
    }
  };
  const run = (latent: Float32Array, context: QuantiserContext): number => {
    before.set(latent);
    const worth: unknown = guarded("quantise", (rule) => rule.quantise(latent, out, contextOf(rule, rows, columns, context))) ?? 1;
    const changed = latent.findIndex((value, index) => value !== before[index]);
    if (changed >= 0) {
      const found = latent[changed]!;
      latent.set(before);
      throw fault(`changed the latent weight of ${weightAt(changed)} to ${found}`, "let quantise write to out alone, and constrain change latent");
    }
    if (typeof worth !== "number" || !Number.isFinite(worth) || worth < 0) {
      throw fault(`returned ${shown(worth)}`, "let quantise write levels to out and return the scale, a number of at least 0, or nothing for 1");
    }
    return Math.fround(worth);
  };

  return {
    rows,
    columns,
    saturation: null,
    codes,
    initialScales: () => noScales,
    quantise(latent, context) {
      scale = run(latent, context);
      const worths = new Map(sizes.map((level) => [level, Math.fround(level * scale)]));
      for (let index = 0; index < size; index++) {
        const code = codeOf.get(out[index]!);
        if (code === undefined) {
          throw fault(`gave ${out[index]} for ${weightAt(index)}`, `write one of its levels to out, ${levels.join(", ")}, and return their scale`);
        }
        codes[index] = code;
        values[index] = code === 0 ? 0 : Math.sign(code) * worths.get(sizes[Math.abs(code) - 1]!)!;
      }
      return values;
    },
    backward(latent, gradient) {
      guarded("gradient", (rule) => rule.gradient?.(latent, gradient));
      requireFinite("gradient", gradient);
      return noScales;
    },
    constrain(latent) {
      guarded("constrain", (rule) => rule.constrain?.(latent));
      requireFinite("constrain", latent);
    },
    ship: () => shipped(codes, sizes, scale, levelsOf(levels), { rows, columns }),
  };
}

function contextOf({ stochastic = false }: CustomOptions, rows: number, columns: number, { stream, sampling: asked }: QuantiserContext): CustomContext {
  let drawn = 0;
  return {
    rows,
    columns,
    sampling: stochastic ? (asked ?? "stochastic") : "deterministic",
    random() {
      if (!stochastic) {
        throw new Error("context.random() is for a rule that draws: give tl.quantiser({ stochastic: true, ... })");
      }
      return uniformAt(stream, drawn++);
    },
  };
}

function shipped(codes: Int8Array, sizes: readonly number[], scale: number, levels: Levels, shape: { rows: number; columns: number }): ShippedMatrix {
  const planes = sizes.map((size, place): WeightPlane => ({
    levels: levels === "binary" ? "binary" : "ternary",
    codes: codes.map((code) => (Math.abs(code) === place + 1 ? Math.sign(code) : 0)),
    scales: Float32Array.of(size * scale),
  }));
  return { kind: "planes", ...shape, planes };
}
