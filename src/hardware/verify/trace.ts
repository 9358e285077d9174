import { integerInput, timestepsOf } from "../calibrate.js";
import type { Sequence } from "../calibrate.js";
import { cellHardware } from "../cells/cells.js";
import type { FixedModel } from "../fixedModel.js";
import { IntegerNetwork } from "../integer/network.js";

/** A signal that every unit of a layer has once in a timestep: a gate's letter, "c", "h", or "output" of the last layer. */
export interface TraceSignal {
  readonly name: string;
  readonly bits: number;
  readonly isSigned: boolean;
}

export interface TraceLayer {
  readonly units: number;
  /** The signals in the order in which they depend on each other. */
  readonly signals: readonly TraceSignal[];
}

/** What an accelerator computes in a timestep, layer by layer. */
export type TraceLayout = readonly TraceLayer[];

/** `x`: some bit is unknown. */
export type TraceValue = number | "x";

export interface TraceEvent {
  readonly layer: number;
  readonly timestep: number;
  readonly unit: number;
  readonly signal: string;
  readonly value: TraceValue;
}

export type Trace = Iterable<TraceEvent> | AsyncIterable<TraceEvent>;

/** The signals that a simulation prints of each layer, with their widths. */
export function traceLayout({ layers, formats }: Pick<FixedModel, "layers" | "formats">): TraceLayout {
  return layers.map((layer, index) => {
    const signal = (name: string, bits: number, isSigned = true): TraceSignal => ({ name, bits, isSigned });
    const { gates: names, candidate } = cellHardware(layer.cell);
    // Only the candidate has a sign.
    const gates = names.map((name) => signal(name, formats.hidden.bits, name === candidate.gate));
    const cells = layer.cellFormat ? [signal("c", layer.cellFormat.bits)] : [];
    const outputs = index === layers.length - 1 ? [signal("output", formats.hidden.bits)] : [];
    return { units: layer.units, signals: [...gates, ...cells, signal("h", formats.hidden.bits), ...outputs] };
  });
}

/** The integer model's signals over sequences that each begin from the initial state. */
export function* modelTrace(model: FixedModel, sequences: readonly Sequence[]): Iterable<TraceEvent> {
  const network = new IntegerNetwork(model);
  let timestep = 0;
  for (const sequence of sequences) {
    network.restart();
    for (let step = 0; step < timestepsOf(sequence); step++, timestep++) {
      for (const [layer, { gates, cell, hidden }] of network.step(integerInput(network, sequence, step)).entries()) {
        const { units, cell: kind } = model.layers[layer]!;
        for (const [row, value] of gates.entries()) {
          yield { layer, timestep, unit: row % units, signal: cellHardware(kind).gates[Math.floor(row / units)]!, value };
        }
        yield* vector("c", cell, layer, timestep);
        yield* vector("h", hidden, layer, timestep);
        yield* layer === model.layers.length - 1 ? vector("output", hidden, layer, timestep) : [];
      }
    }
  }
}

function* vector(signal: string, values: Int32Array, layer: number, timestep: number): Iterable<TraceEvent> {
  for (const [unit, value] of values.entries()) {
    yield { layer, timestep, unit, signal, value };
  }
}
