import { findPreset, shapeOf } from "../hardware/schedule/presets.js";
import type { PipelineSnapshot } from "../../webview/contract.js";

/** Network of the paper's hardware table: Penn Treebank characters. */
const paperNetwork = { cell: "lstm", inputs: 50, inputKind: "one-hot", units: 1000 } as const;

/**
 * What is shown while there is no trained run: the paper's low-power accelerator, structure and timing without weights.
 * @param array what the user chose instead of the preset's
 */
export function presetPipeline(array: { readonly macUnits?: number; readonly columnsPerCycle?: number } = {}): PipelineSnapshot {
  const preset = findPreset("low-power", "ternary");
  const shape = { ...shapeOf(paperNetwork, preset), ...array };
  return { title: `Preset ${preset.name}, ternary: a demonstration, not a run of yours`, chip: null, layers: [{ shape, values: null }] };
}
