import { type CellNormaliserSpec, normaliserOf, type NormaliserSpec } from "./lookup.js";

/** The normalisers of a recurrent layer: of its products and, where it has one, of its cell state. */
export interface NormalisedLayer {
  readonly normaliser: NormaliserSpec;
  readonly cellNormaliser?: CellNormaliserSpec;
}

/** All normalisers of a layer, that of the products first. */
export function normalisersOf({ normaliser, cellNormaliser }: NormalisedLayer): readonly NormaliserSpec[] {
  return cellNormaliser === undefined ? [normaliser] : [normaliser, cellNormaliser];
}

/** Whether the layer has statistics of minibatches. */
export function measuresMinibatches(layer: NormalisedLayer): boolean {
  return normalisersOf(layer).some((normaliser) => normaliserOf(normaliser).measures === "minibatch");
}

/** Whether the layer ships statistics of each timestep. */
export function keepsTimesteps(layer: NormalisedLayer): boolean {
  return normalisersOf(layer).some((normaliser) => "statistics" in normaliser && normaliser.statistics === "per-timestep");
}

/** Whether what ships needs one set of constants and nothing of run time. */
export function foldsToConstants(layer: NormalisedLayer): boolean {
  return !keepsTimesteps(layer) && normalisersOf(layer).every((normaliser) => normaliserOf(normaliser).measures !== "row");
}

/** What normalises the cell state where nothing was chosen: batch normalisation goes on to it, the others do not. */
export function defaultCellNormaliser(normaliser: NormaliserSpec | undefined): CellNormaliserSpec {
  return normaliser?.kind === "batch" ? normaliser : { kind: "none" };
}

/** The option in which a layer's normalisers differ though they share it: one epsilon and one form of statistics serve a whole layer. */
export function disagreement({ normaliser, cellNormaliser = { kind: "none" } }: NormalisedLayer): "epsilon" | "statistics" | undefined {
  const [products, cell] = [normaliser, cellNormaliser] as readonly Readonly<Record<string, unknown>>[];
  return (["epsilon", "statistics"] as const).find((key) => key in products! && key in cell! && products![key] !== cell![key]);
}
