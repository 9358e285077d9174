import * as z from "zod";
import { type CellNormaliserSpec, normaliserOf as descriptorOf, type NormaliserSpec } from "../normalisers/lookup.js";
import type { QuantiserSpec } from "../quantisers/quantiserSpec.js";
import type { CellDescriptor, CellVector, MatrixName, NormalisedPart, RecurrentSpec } from "./contract.js";
import { gruCell } from "./gru.js";
import { lstmCell } from "./lstm.js";
import { minGruCell } from "./minGru.js";

/** All cells by their names in the spec, and what follows from a cell's descriptor. */
export const cells = { lstm: lstmCell, gru: gruCell, "min-gru": minGruCell } as const;

export const layerSchema = z
  .discriminatedUnion("cell", [lstmCell.schema, gruCell.schema, minGruCell.schema])
  .meta({ makers: Object.values(cells).map(({ word }) => `${word}({ units: 256 })`) });

/** A recurrent layer of an experiment, as `spec.json` keeps it: what `tl.lstm()`, `tl.gru()` and `tl.minGru()` make of their options. */
export type LayerSpec = z.infer<typeof layerSchema>;
export type CellName = LayerSpec["cell"];
export type Vector = CellVector<RecurrentSpec>;

/** The descriptor of a layer's cell. */
export function cellOf({ cell }: { readonly cell: CellName }): CellDescriptor {
  return cells[cell] as CellDescriptor;
}

/** G */
export function gatesOf(spec: { readonly cell: CellName }): number {
  return cellOf(spec).gates.length;
}

/** Whether the cell keeps a cell state c beside h. */
export function hasCellState(spec: { readonly cell: CellName }): boolean {
  return cellOf(spec).states.includes("cell");
}

/** Names of a layer's trained arrays in the order in which kernels take them. */
export function weightNamesOf(spec: { readonly cell: CellName }): string[] {
  const { matrices, vectors } = cellOf(spec);
  return [...matrices.map((matrix) => `${matrix}Weights`), ...vectors.map(({ trained }) => trained)];
}

/** What the cell normalises, as far as its normalisers have something to do. */
export function normalisedParts(spec: { readonly cell: CellName }): NormalisedPart[] {
  return cellOf(spec).vectors.flatMap((vector) => (vector.role === "gain" ? [vector.of] : []));
}

/** The normaliser of one part of a layer. */
export function normaliserOf(spec: RecurrentSpec, part: NormalisedPart): NormaliserSpec | CellNormaliserSpec {
  return part === "cell" ? (spec.cellNormaliser ?? { kind: "none" }) : spec.normaliser;
}

/** The quantiser of one of the layer's matrices. */
export function quantiserOf({ quantiser }: RecurrentSpec, matrix: MatrixName): QuantiserSpec {
  return quantiser[matrix]!;
}

/** A layer's quantisers, matrix by matrix. */
export function quantisersOf(spec: LayerSpec): QuantiserSpec[] {
  return cellOf(spec).matrices.map((matrix) => quantiserOf(spec, matrix));
}

/** Whether a gain or shift is of the normalised cell state, not of products. */
export function isOfCell(vector: Vector): boolean {
  return vector.role === "gain" ? vector.of === "cell" : vector.role === "shift" && vector.of.includes("cell");
}

/** The first of a gate's columns among those of all gates; 0 where no gate is named. */
export function firstColumn(spec: { readonly cell: CellName; readonly units: number }, gate: string | undefined): number {
  return spec.units * Math.max(0, cellOf(spec).gates.findIndex(({ letter }) => letter === gate));
}

/** C of a vector: G * H of all gates, or H. */
export function vectorColumns(spec: { readonly cell: CellName; readonly units: number }, vector: Vector): number {
  const isOfUnits = vector.role === "initial state" || isOfCell(vector) || (vector.role === "shift" && vector.gate !== undefined);
  return isOfUnits ? spec.units : gatesOf(spec) * spec.units;
}

/** Whether training moves a vector: gains only under a normaliser, initial states only where they are learned. */
export function isTrained(spec: RecurrentSpec, vector: Vector): boolean {
  const isOwn = vector.isTrained?.(spec) ?? true;
  switch (vector.role) {
    case "gain":
      return isOwn && descriptorOf(normaliserOf(spec, vector.of)).hasGain;
    case "shift":
      return isOwn;
    case "initial state":
      return isOwn && spec.initialState === "learned";
  }
}
