import { type DeployedModel, shippedValues } from "../../src/rnn/shipping/deployedModel.js";
import { boundedLogits, type BoundedState, boundedStep, type EngineRounding, singlePrecision } from "./packedBound.js";
import { inputRow } from "./packedReference.js";
import { type Bounded, exact } from "./runningError.js";

/**
 * How far logits may be from those of double precision after many timesteps. With J the Jacobian of one timestep, d the
 * distance of the states and b the bound of one timestep's own errors, d' = J d + b to first order: an error of timestep
 * s reaches the logits of timestep t through the product of the Jacobians between them.
 */

type Vector = readonly number[];
/** [row][column] */
type Matrix = readonly Vector[];

const values = (row: readonly Bounded[]): Vector => row.map(({ value }) => value);
const errors = (row: readonly Bounded[]): Vector => row.map(({ error }) => error);

/** All layers' states one after the other. */
function flat(states: readonly BoundedState[]): readonly Bounded[] {
  return states.flatMap(({ hidden, cell }) => [...hidden, ...cell]);
}

function statesOf({ layers }: DeployedModel, state: Vector): BoundedState[] {
  let start = 0;
  const next = (count: number): Bounded[] => state.slice(start, (start += count)).map(exact);
  return layers.map((layer) => ({ hidden: next(layer.units), cell: next("initialCell" in layer ? layer.units : 0) }));
}

function step(model: DeployedModel, symbols: Int32Array, t: number, state: Vector, rounding: EngineRounding): readonly BoundedState[] {
  const before = statesOf(model, state);
  let x: readonly Bounded[] = inputRow(model, symbols, t).map(exact);
  return model.layers.map((layer, index) => {
    const after = boundedStep(layer, x, before[index]!, t, rounding);
    x = after.hidden;
    return after;
  });
}

/** By central differences, transposed: what entry `row` of the state moves. */
function jacobian(model: DeployedModel, symbols: Int32Array, t: number, state: Vector): Matrix {
  const change = 1e-6;
  return state.map((_, row) => {
    const at = (moved: number): Vector => values(flat(step(model, symbols, t, state.map((value, index) => (index === row ? value + moved : value)), singlePrecision)));
    const [above, below] = [at(change), at(-change)];
    return above.map((value, index) => (value - below[index]!) / (2 * change));
  });
}

interface Timestep {
  readonly jacobian: Matrix;
  /** [rounding][state]: errors of this timestep alone. */
  readonly own: readonly Vector[];
}

/** @returns [rounding][T * V] bounds of the logits of a stream that starts from the model's initial state */
export function logitBounds(model: DeployedModel, symbols: Int32Array, roundings: readonly EngineRounding[]): number[][] {
  const bounds = roundings.map((): number[] => []);
  const timesteps: Timestep[] = [];
  let state: Vector = model.layers.flatMap((layer) => [...layer.initialHidden, ...("initialCell" in layer ? layer.initialCell : [])]);
  for (let t = 0; t < symbols.length; t++) {
    const before = state;
    const after = roundings.map((rounding) => step(model, symbols, t, before, rounding));
    timesteps.push({ jacobian: jacobian(model, symbols, t, before), own: after.map((states) => errors(flat(states))) });
    state = values(flat(after[0]!));
    const top = after[0]!.at(-1)!.hidden.map(({ value }) => exact(value));
    const reached = reachOfErrors(model, timesteps, roundings.length);
    roundings.forEach((rounding, index) => {
      const own = errors(boundedLogits(model.outputWeights, model.outputBias, top, rounding));
      // First order: one percent stands for what is beyond it.
      bounds[index]!.push(...own.map((error, output) => error + 1.01 * reached[index]![output]!));
    });
  }
  return bounds;
}

/** [rounding][V]: what the errors of all timesteps so far make of the last one's logits. */
function reachOfErrors(model: DeployedModel, timesteps: readonly Timestep[], roundings: number): number[][] {
  const { outputs, layers } = model;
  const weights = shippedValues(model.outputWeights);
  const size = timesteps[0]!.jacobian.length;
  const top = layers.at(-1)!;
  const firstOfTop = size - top.units * ("initialCell" in top ? 2 : 1);
  return transposed(
    outputs.map((_, output) => {
      let gradient = Float64Array.from({ length: size }, (__, index) => {
        const unit = index - firstOfTop;
        return unit >= 0 && unit < top.units ? weights[unit * outputs.length + output]! : 0;
      });
      const sums = new Array<number>(roundings).fill(0);
      for (const { jacobian: slopes, own } of [...timesteps].reverse()) {
        own.forEach((error, index) => {
          sums[index]! += error.reduce((sum, value, entry) => sum + value * Math.abs(gradient[entry]!), 0);
        });
        const above = gradient;
        gradient = Float64Array.from(slopes, (row) => row.reduce((sum, slope, entry) => sum + slope * above[entry]!, 0));
      }
      return sums;
    }),
  );
}

function transposed(rows: Matrix): number[][] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}
