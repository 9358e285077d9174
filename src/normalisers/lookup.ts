import * as z from "zod";
import type { Normaliser, RowStatistics } from "./contract.js";
import { normalisers } from "./table.js";

type Kind = (typeof normalisers)[number];
type CellKind = Extract<Kind, { readonly ofCell: true }>;
type Schemas<Of extends Kind> = [Of["schema"], ...Of["schema"][]];

const ofCell = normalisers.filter((normaliser): normaliser is CellKind => normaliser.ofCell);

function unionOf<Of extends Kind>(kinds: readonly Of[]) {
  const schemas = kinds.map(({ schema }) => schema) as unknown as Schemas<Of>;
  // To do without is offered last.
  const offered = [...kinds].sort((left, right) => Number(right.hasGain) - Number(left.hasGain));
  return z.discriminatedUnion("kind", schemas).meta({ makers: offered.map(({ word }) => word) });
}

export const normaliserSchema = unionOf<Kind>(normalisers);
export const cellNormaliserSchema = unionOf<CellKind>(ofCell);

/** A normaliser, as a spec keeps it. */
export type NormaliserSpec = z.infer<Kind["schema"]>;
export type CellNormaliserSpec = z.infer<CellKind["schema"]>;

/** What a TensorFlow.js layer takes: a kind, and what is not left to its defaults. */
type Options<Of extends Kind> = Of extends Kind ? { kind: Of["kind"] } & Partial<Omit<z.infer<Of["schema"]>, "kind">> : never;
export type NormaliserOptions = Options<Kind>;
export type CellNormaliserOptions = Options<CellKind>;

/** A form of the compute kernel in training; `native/normalisation.h` has the same. */
export type TrainingForm = Kind["kernelForm"];
/** A form with statistics of each row at run time. */
export type RowForm = Extract<Kind, { readonly measures: "row" }>["kernelForm"];
/** How what ships is normalised: constants alone, or statistics of each row. */
export type ShippedForm = "affine" | RowForm;

/** The number of `affine` in C++. */
const affineNumber = 3;

/** Each form at its number in C++. */
export const nativeForms: readonly (TrainingForm | "affine")[] = Object.values({
  ...Object.fromEntries(normalisers.map(({ kernelForm, nativeNumber }) => [nativeNumber, kernelForm])),
  [affineNumber]: "affine" as const,
});

const byKind: ReadonlyMap<string, Normaliser> = new Map(normalisers.map((normaliser) => [normaliser.kind, normaliser]));
const rows: ReadonlyMap<string, RowStatistics> = new Map(
  normalisers.flatMap((normaliser) => ("row" in normaliser ? [[normaliser.kernelForm, normaliser.row] as const] : [])),
);

/** All forms with statistics of each row. */
export const rowForms = [...rows.keys()] as [RowForm, ...RowForm[]];

/** The descriptor of a normaliser. */
export function normaliserOf({ kind }: NormaliserSpec): Normaliser {
  return byKind.get(kind)!;
}

/** The statistics of each row that a form takes; undefined where it takes none. */
export function rowStatistics(form: TrainingForm | "affine"): RowStatistics | undefined {
  return rows.get(form);
}

/** The form in which a normaliser ships. */
export function shippedForm(spec: NormaliserSpec): ShippedForm {
  const { measures, kernelForm } = normaliserOf(spec);
  return measures === "row" ? (kernelForm as RowForm) : "affine";
}

/** What a TensorFlow.js layer was given, with its defaults; what is no normaliser stays, for the schema to refuse. */
export function withDefaults<Given extends NormaliserOptions>(options: Given): Given {
  return { ...byKind.get(options?.kind)?.defaults, ...options };
}
