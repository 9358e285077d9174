import type * as tl from "../../src/api/index.js";

export interface Row {
  readonly name: string;
  readonly dataset: string;
  readonly budget: string;
  readonly cell: "lstm" | "gru";
  readonly quantiser: string;
  readonly normaliser: string;
  readonly layers: number;
  readonly units: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly permuted: boolean;
  readonly lever?: string;
}
export const rows: readonly Row[];
export const rowsElsewhere: readonly Row[];
type Api = typeof tl;
export function experimentOf(api: Api, row: Row, given?: tl.Text, fields?: Partial<tl.ExperimentOptions>, source?: tl.Run): Promise<tl.Experiment>;
export function sourceOf(row: Row): string | undefined;
