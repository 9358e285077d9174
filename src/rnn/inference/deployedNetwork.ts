import { finalStates, joinDirections, reversedInput } from "../bidirectional.js";
import { cellOf, isOfCell, vectorColumns } from "../../cells/cells.js";
import { expectedMasks } from "../training/layerMasks.js";
import { layerPass } from "../training/layerPass.js";
import type { LayerPass, LayerState } from "../training/layerPass.js";
import { matricesOf, shippedValues, vectorOf } from "../shipping/deployedModel.js";
import type { DeployedInput, DeployedLayer, DeployedModel } from "../shipping/deployedModel.js";
import { lookUpEmbedding } from "../training/embedding.js";
import type { Normalisation, RecurrentKernel, SequenceInput } from "../kernels/contract.js";
import type { LayerParameters } from "../training/layerParameters.js";

/** More timesteps than a model with statistics of its own for each timestep was trained for. */
export class SequenceTooLongError extends Error {
  override readonly name = "SequenceTooLongError";
}

/**
 * A deployed model's recurrent layers that read on: fixed weights, frozen constants, states carried from call to call.
 */
export class DeployedNetwork {
  private readonly layers: readonly LayerStream[];

  /** @param batch streams side by side, each starting from the model's initial state */
  constructor(
    private readonly model: Pick<DeployedModel, "input" | "layers">,
    kernel: RecurrentKernel,
    private readonly batch: number,
  ) {
    this.layers = model.layers.map((layer) => layerStream(layer, kernel, batch));
  }

  /**
   * Reads [T, B] symbols or [T, B, I] values on from where the last call ended; with a bidirectional layer, whole sequences, each of
   * them after a `reset`.
   * @returns the last layer's hidden states [T, B, H'], valid until the next call
   * @throws SequenceTooLongError; RangeError where a bidirectional layer is to read on
   */
  read(input: SequenceInput): Float32Array {
    const output = this.through(input);
    return output.kind === "dense" ? output.values : new Float32Array(0);
  }

  /** What a layer above these would read: without any layer the input itself, or the word vectors. */
  through(input: SequenceInput): SequenceInput {
    const timesteps = this.timesteps(input);
    return this.layers.reduce<SequenceInput>(
      (next, layer) => ({ kind: "dense", values: layer.read(next, timesteps) }),
      embed(this.model.input, input),
    );
  }

  /** Back to the initial state, or to what `states` gave. */
  reset(states?: readonly LayerState[]): void {
    this.layers.forEach((layer, index) => layer.reset(states?.[index]));
  }

  /** The state of each layer after the timesteps read so far, at least one; of a bidirectional layer that of its forward direction. */
  states(): readonly LayerState[] {
    return this.layers.map((layer) => layer.last());
  }

  /** What a classification reads of `hidden` that `read` gave: the states of each direction after its last timestep, [B, H']. */
  final(hidden: Float32Array): Float32Array {
    return finalStates(this.model.layers.at(-1)!.spec, hidden, this.batch);
  }

  dispose(): void {
    this.layers.forEach((layer) => layer.dispose());
  }

  private timesteps(input: SequenceInput): number {
    const { input: form } = this.model;
    const width = form.kind === "dense" ? form.width : 1;
    return (input.kind === "symbols" ? input.symbols.length : input.values.length / width) / this.batch;
  }
}

/** What the first layer reads. */
export function embed(form: DeployedInput, input: SequenceInput): SequenceInput {
  if (form.kind !== "embedding" || input.kind !== "symbols") {
    return input;
  }
  const values = new Float32Array(input.symbols.length * form.units);
  return { kind: "dense", values: lookUpEmbedding(form.table, form.units, input.symbols, values) };
}

/** A layer that reads on: [T, B, I] to [T, B, H'], valid until the next call. */
interface LayerStream {
  read(input: SequenceInput, timesteps: number): Float32Array;
  reset(state?: LayerState): void;
  last(): LayerState;
  dispose(): void;
}

function layerStream(layer: DeployedLayer, kernel: RecurrentKernel, batch: number): LayerStream {
  const forward = new DirectionStream(layer, kernel, batch);
  return layer.reverse ? new BidirectionalStream(forward, new DirectionStream(layer.reverse, kernel, batch), layer.units) : forward;
}

/** Both directions of a layer, over whole sequences. */
class BidirectionalStream implements LayerStream {
  private isAtStart = true;

  constructor(
    private readonly forward: DirectionStream,
    private readonly reverse: DirectionStream,
    private readonly units: number,
  ) {}

  read(input: SequenceInput, timesteps: number): Float32Array {
    if (!this.isAtStart) {
      throw new RangeError("A bidirectional layer begins at both ends of a sequence and cannot read on: reset the network before each sequence.");
    }
    this.isAtStart = false;
    const forward = this.forward.read(input, timesteps);
    const reverse = this.reverse.read(reversedInput(input, timesteps), timesteps);
    return joinDirections({ forward, reverse }, { timesteps, units: this.units });
  }

  reset(): void {
    this.isAtStart = true;
    this.forward.reset();
    this.reverse.reset();
  }

  last(): LayerState {
    return this.forward.last();
  }

  dispose(): void {
    this.forward.dispose();
    this.reverse.dispose();
  }
}

/** One direction of a layer, in the order in which it reads; passes are kept for each length that was read. */
export class DirectionStream implements LayerStream {
  private readonly weights: LayerParameters;
  private readonly passes = new Map<number, LayerPass>();
  private state?: LayerState;
  private position = 0;

  constructor(
    private readonly layer: DeployedLayer,
    private readonly kernel: RecurrentKernel,
    private readonly batch: number,
  ) {
    this.weights = kernelWeights(layer);
  }

  read(input: SequenceInput, timesteps: number): Float32Array {
    const masks = expectedMasks(this.layer.spec, timesteps * this.batch * this.layer.units);
    const weights = this.weightsFor(timesteps);
    const { hidden, end } = this.pass(timesteps).forward(weights, input, { start: this.state, masks });
    this.state = end;
    this.position += timesteps;
    return hidden;
  }

  reset(state?: LayerState): void {
    this.state = state;
    this.position = 0;
  }

  /**
   * Where the layer is after the timesteps read so far, at least one: h [B, H], and c [B, H] of an LSTM.
   * @throws RangeError before the first timestep
   */
  last(): LayerState {
    if (this.state === undefined) {
      throw new RangeError("A layer that has read no timestep has no state but its initial one.");
    }
    return this.state;
  }

  dispose(): void {
    this.passes.forEach((pass) => pass.dispose());
    this.passes.clear();
  }

  /** Constants that differ from timestep to timestep are those of the timesteps at hand. */
  private weightsFor(timesteps: number): LayerParameters {
    const rows = Math.max(...Object.values(constantRows(this.layer)));
    if (rows === 1) {
      return this.weights;
    }
    const end = this.position + timesteps;
    if (end > rows) {
      throw new SequenceTooLongError(
        `The model's normalisers have statistics for ${rows} timesteps, its trained length, and timestep ${end} was asked ` +
          'for: reset the stream, or train with batchNorm({ statistics: "shared" }).',
      );
    }
    const { spec } = this.layer;
    const cut = cellOf(spec).vectors.flatMap((vector): [string, Float32Array][] => {
      const values = this.weights[vector.trained]!;
      const columns = vectorColumns(spec, vector);
      return values.length > columns ? [[vector.trained, values.subarray(this.position * columns, end * columns)]] : [];
    });
    return { ...this.weights, ...Object.fromEntries(cut) };
  }

  private pass(timesteps: number): LayerPass {
    const { layer, batch } = this;
    const { spec, inputs, normalisation, epsilon } = layer;
    const cellNormalisation: Normalisation = "cellNormalisation" in layer ? layer.cellNormalisation : "none";
    const shape = { timesteps, batch, inputs, normalisation, cellNormalisation, epsilon };
    const pass = this.passes.get(timesteps) ?? layerPass(this.kernel, spec, shape);
    this.passes.set(timesteps, pass);
    return pass;
  }
}

/** R of the products' constants and of the cell's: 1, or the trained length. */
export function constantRows(layer: DeployedLayer): { readonly products: number; readonly cell: number } {
  const { spec } = layer;
  const rowsOf = (ofCell: boolean): number => {
    const gain = cellOf(spec).vectors.find((vector) => vector.role === "gain" && isOfCell(vector) === ofCell);
    return gain === undefined ? 1 : vectorOf(layer, gain).length / vectorColumns(spec, gain);
  };
  return { products: rowsOf(false), cell: rowsOf(true) };
}

/** A deployed layer's arrays by the kernel's names. */
export function kernelWeights(layer: DeployedLayer): LayerParameters {
  return Object.fromEntries([
    ...matricesOf(layer).map(({ name, matrix }) => [`${name}Weights`, shippedValues(matrix)]),
    ...cellOf(layer.spec).vectors.map((vector) => [vector.trained, vectorOf(layer, vector)]),
  ]) as LayerParameters;
}
