import { clockedFigures, summarise, type ClockedFigures, type ScheduleSummary, type Throughput } from "./schedule.js";
import { checkShape, InvalidShapeError, type AcceleratorShape } from "./shape.js";
import { inputColumns, timing } from "./timing.js";

/**
 * Stacked layers. Every layer is an accelerator of its own. Between two of them, and at the input, is a frame buffer of
 * two banks: a layer starts a timestep when its last one is done, its input frame is whole, and a bank for its output is
 * free. Cycle 0 is that in which the first beat of input is accepted; input is always valid, output always ready.
 */
export interface NetworkCycles {
  /** From cycle 0 to the last write-back of the last timestep, both counted. */
  readonly cycles: number;
  /** starts[layer][timestep]: cycle in which the layer reads its first weight word of that timestep. */
  readonly starts: readonly (readonly number[])[];
}

/** @throws InvalidShapeError for no layers, a layer that does not fit the one below, or different clocks */
export function checkNetwork(shapes: readonly AcceleratorShape[]): readonly AcceleratorShape[] {
  if (shapes.length === 0) {
    throw new InvalidShapeError("A network of no layers has no schedule; give at least one.");
  }
  shapes.forEach((shape, layer) => {
    checkShape(shape);
    const below = shapes[layer - 1];
    if (below && (shape.inputKind !== "dense" || shape.inputs !== below.units)) {
      throw new InvalidShapeError(
        `Layer ${layer} has ${shape.inputs} ${shape.inputKind} inputs; give ${below.units} dense ones, the units of the layer below.`,
      );
    }
    if (below && shape.clockMegahertz !== below.clockMegahertz) {
      const fault =
        shape.clockMegahertz === undefined || below.clockMegahertz === undefined
          ? `Of layer ${layer} and the one below only one has a clock`
          : `Layer ${layer} has a clock of ${shape.clockMegahertz} MHz, the one below ${below.clockMegahertz}`;
      throw new InvalidShapeError(`${fault}; give all layers one.`);
    }
  });
  return shapes;
}

/** Beats in which an input frame of the lowest layer is accepted, one a cycle. */
function inputBeats(shapes: readonly AcceleratorShape[]): number {
  return inputColumns(shapes[0]!);
}

/**
 * When each layer starts each timestep, by the recurrence
 *   S_l(t) = max(S_l(t-1) + C_l, S_{l-1}(t) + C_{l-1}, S_{l+1}(t-2) + C_{l+1}),
 * C_l being the cycles per timestep of layer l and S_0(0) the beats of one input frame.
 * @param timesteps at least 1
 * @throws InvalidShapeError, RangeError
 */
export function networkCycles(shapes: readonly AcceleratorShape[], timesteps: number): NetworkCycles {
  const lengths = checkNetwork(shapes).map((shape) => timing(shape).cyclesPerTimestep);
  return timelineOf(shapes, timesteps, (layer) => lengths[layer]!, 0);
}

/**
 * The recurrence of `networkCycles` for timesteps of any length.
 * @param length cycles of a layer's timestep
 * @param pause cycles between a layer's last write-back and the start of its next timestep
 * @throws RangeError
 */
export function timelineOf(
  shapes: readonly AcceleratorShape[],
  timesteps: number,
  length: (layer: number, timestep: number) => number,
  pause: number,
): NetworkCycles {
  if (!Number.isInteger(timesteps) || timesteps < 1) {
    throw new RangeError(`A network of ${timesteps} timesteps has no schedule; give a whole number from 1.`);
  }
  const starts = shapes.map((): number[] => []);
  const end = (layer: number, timestep: number): number => {
    const start = starts[layer]?.[timestep];
    return start === undefined ? 0 : start + length(layer, timestep);
  };
  const firstFrame = inputBeats(shapes);
  for (let timestep = 0; timestep < timesteps; timestep++) {
    starts.forEach((own, layer) => {
      const ready = layer === 0 ? firstFrame : end(layer - 1, timestep);
      const rested = timestep === 0 ? 0 : end(layer, timestep - 1) + pause;
      own.push(Math.max(ready, rested, end(layer + 1, timestep - 2)));
    });
  }
  return { cycles: end(shapes.length - 1, timesteps - 1), starts };
}

/** Figures of stacked layers in the long run. */
export interface NetworkSummary extends Partial<ClockedFigures> {
  readonly layers: readonly ScheduleSummary[];
  /** The layer that sets the pace: the first of those with the most cycles per timestep. */
  readonly slowestLayer: number;
  /** Cycles in the long run, which are those of the slowest layer. */
  readonly cyclesPerTimestep: number;
  /**
   * From the start of a timestep in the first layer to its last write-back in the last. `best`, the sum of all layers,
   * is that of a timestep that finds the layers above idle, as the first one does: a bound, no typical value. `worst` is
   * where frames wait in full buffers below the slowest layer.
   */
  readonly latencyCycles: { readonly best: number; readonly worst: number };
  /** The operations of all layers together. */
  readonly operationsPerCycle: Throughput;
}

/** @throws InvalidShapeError */
export function summariseNetwork(shapes: readonly AcceleratorShape[]): NetworkSummary {
  const layers = checkNetwork(shapes).map(summarise);
  const lengths = layers.map(({ cyclesPerTimestep }) => cyclesPerTimestep);
  const cyclesPerTimestep = Math.max(...lengths);
  const slowestLayer = lengths.indexOf(cyclesPerTimestep);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const operationsPerCycle = {
    effective: (2 * sum(layers.map(({ macOperations }) => macOperations))) / cyclesPerTimestep,
    peak: sum(layers.map((layer) => layer.operationsPerCycle.peak)),
  };
  const { clockMegahertz } = shapes[0]!;
  return {
    layers,
    slowestLayer,
    cyclesPerTimestep,
    latencyCycles: { best: sum(lengths), worst: worstLatency(lengths, slowestLayer) },
    operationsPerCycle,
    ...(clockMegahertz !== undefined && clockedFigures(clockMegahertz, cyclesPerTimestep, operationsPerCycle)),
  };
}

/**
 * Below the slowest layer m both banks of each buffer fill in the end. Then layer l starts timestep t when layer l+1 is
 * done with t-2, one period C_m a timestep: S_l(t) = S_{l+1}(t) - 2 C_m + C_{l+1}. From m on nothing waits.
 */
function worstLatency(lengths: readonly number[], slowest: number): number {
  const period = lengths[slowest]!;
  return lengths.reduce((total, _, layer) => total + (layer < slowest ? 2 * period - lengths[layer + 1]! : lengths[layer]!), 0);
}
