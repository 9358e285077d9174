import * as z from "zod";
import { requireValid } from "../experiment/faults.js";
import { requireKnownOptions } from "../experiment/optionNames.js";
import type { Quantiser } from "./contract.js";

/**
 * What a weight is when it ships: one bit, one trit, a number in single precision, or a sum of several planes of bits or trits,
 * which no accelerator takes.
 */
export type Levels = "binary" | "ternary" | "full" | "planes";

/** The matrix that a quantiser is made for. */
export interface MatrixShape {
  /** Inputs of the matrix. */
  readonly rows: number;
  /** 4H for an LSTM, 3H for a GRU, V for an output matrix. */
  readonly columns: number;
  /** Blocks of columns for rules with a scale of each gate's own; an output matrix is one block. */
  readonly gates: number;
}

type KindSchema<Name extends string, Options extends z.ZodRawShape> = z.ZodObject<{ kind: z.ZodLiteral<Name> } & Options, z.core.$strict>;
type SpecOf<Name extends string, Options extends z.ZodRawShape> = z.infer<KindSchema<Name, Options>>;

/** Everything that the rooms ask of a kind of quantiser; `quantisers.ts` has the table of all. */
interface OwnFields<Name extends string, Options extends z.ZodRawShape> {
  /** Its name in specs and run directories. */
  readonly kind: Name;
  /** The word of the API that makes its spec. */
  readonly word: `tl.${string}`;
  /** The fields of its spec beside the kind, which are the options of its word. */
  readonly options: Options;
  readonly levels: Levels | ((spec: SpecOf<Name, Options>) => Levels);
  /** Whether it reads Adam's second moment. */
  readonly needsSecondMoment?: true;
  /** Bits to which the vector that the matrix multiplies is rounded, row by row; none where it is absent. */
  activationBits?(spec: SpecOf<Name, Options>): number | undefined;
  /** Scales that training learns for each matrix; none where it is absent. */
  readonly learnedScales?: number;
  /** @throws Error where this process has not what training by the spec needs: a function of a cell */
  requireRule?(spec: SpecOf<Name, Options>): void;
  make(spec: SpecOf<Name, Options>, shape: MatrixShape): Quantiser;
}

export interface QuantiserKind<Name extends string, Options extends z.ZodRawShape> extends OwnFields<Name, Options> {
  readonly schema: KindSchema<Name, Options>;
}

/** A kind of quantiser with the schema of its spec. */
export function quantiserKind<Name extends string, Options extends z.ZodRawShape>(own: OwnFields<Name, Options>): QuantiserKind<Name, Options> {
  const schema = z.strictObject({ kind: z.literal(own.kind), ...own.options }) as unknown as KindSchema<Name, Options>;
  return { ...own, schema };
}

/**
 * The spec that a word of the API gives: its options, with defaults for those that are left out.
 * @throws TypeError that names word, option and value, and says what to give
 */
export function specOf<Name extends string, Options extends z.ZodRawShape>(
  { kind, word, options: known, schema }: QuantiserKind<Name, Options>,
  options: object = {},
  defaults: object = {},
): SpecOf<Name, Options> {
  requireKnownOptions(word, options, Object.keys(known));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return requireValid<SpecOf<Name, Options>>(`${word}()`, schema, { kind, ...defaults, ...given });
}
