import * as tf from "@tensorflow/tfjs";
import { cellOf, gatesOf, hasCellState, isOfCell, normalisedParts, vectorColumns } from "../../cells/cells.js";
import type { CellName, Vector } from "../../cells/cells.js";
import { momentNames } from "./contract.js";
import type {
  Gradients,
  GruForward,
  GruForwardOptions,
  GruShape,
  GruWeights,
  LstmForward,
  LstmForwardOptions,
  LstmShape,
  LstmWeights,
  Matrix,
  MinGruForward,
  MinGruForwardOptions,
  MinGruShape,
  MinGruWeights,
  Normalisation,
  RecurrentKernel,
  RecurrentPass,
  SequenceInput,
  SequenceShape,
} from "./contract.js";
import { gruSequence } from "./gruSequence.js";
import { lstmSequence } from "./lstmSequence.js";
import { minGruSequence } from "./minGruSequence.js";
import type { PartMoments, Sequence, SequenceMasks } from "./sequence.js";

/**
 * The compute kernel in TensorFlow.js operations: runs wherever TensorFlow.js does, on the backend that is set, and is
 * what the native kernel is tested against. The backward pass is TensorFlow.js's own differentiation of the
 * recurrence, which computes the forward pass once more.
 */
export function tensorKernel(): RecurrentKernel {
  return {
    name: `tensor (${tf.getBackend()})`,
    threads: 1,
    roundsStates: true,
    masksStatistics: true,
    lstm: (shape) => new TensorPass<LstmShape, LstmWeights, LstmForwardOptions, LstmForward>("lstm", shape, asTensors(lstmSequence)),
    gru: (shape) => new TensorPass<GruShape, GruWeights, GruForwardOptions, GruForward>("gru", shape, asTensors(gruSequence)),
    minGru: (shape) =>
      new TensorPass<MinGruShape, MinGruWeights, MinGruForwardOptions, MinGruForward>("min-gru", shape, asTensors(minGruSequence)),
    multiply,
  };
}

type ArraysByName = Readonly<Record<string, Float32Array>>;
/** A weight, or state, for each of the cell's names. */
type TensorsByName = Readonly<Record<string, tf.Tensor2D>>;

/** A recurrence that takes its weights by their names. */
function asTensors<Shape, Tensors>(sequence: Sequence<Shape, Tensors>): Sequence<Shape, TensorsByName> {
  return sequence as unknown as Sequence<Shape, TensorsByName>;
}

/** The last forward pass, as its gradient needs it. */
interface Taken {
  readonly weights: ArraysByName;
  readonly input: SequenceInput;
  readonly options: LstmForwardOptions;
}

class TensorPass<Shape extends CellShape, Weights, Options, Forward> implements RecurrentPass<Shape, Weights, Options, Forward> {
  private taken: Taken | undefined;

  constructor(
    private readonly cell: CellName,
    readonly shape: Shape,
    private readonly sequence: Sequence<Shape, TensorsByName>,
  ) {}

  forward(weights: Weights, input: SequenceInput, options?: Options): Forward {
    const { cell, shape } = this;
    const taken = { weights: weights as ArraysByName, input, options: (options ?? {}) as LstmForwardOptions };
    checkCarried(cell, taken.options);
    this.taken = taken;
    return inScope(() => {
      const { hidden, lastCell, statistics } = this.sequence(
        shape,
        started(shape, weightTensors(cell, shape, taken.weights), taken.options),
        inputTensor(shape, input),
        maskTensors(shape, taken.options),
      );
      return {
        hidden: read(tf.concat(hidden)),
        ...(lastCell && { lastCell: read(lastCell) }),
        ...(Object.keys(statistics).length > 0 && { statistics: readStatistics(cell, shape, statistics) }),
      } as Forward;
    });
  }

  backward(gradHidden: Float32Array): Gradients<Weights> {
    const { cell, shape, taken } = this;
    if (taken === undefined || isAffine(cell, shape)) {
      throw new Error("backward() needs a forward pass before it, and no affine normalisation.");
    }
    const { weights, input, options } = taken;
    return inScope(() => {
      const variables = weightTensors(cell, shape, weights);
      const inputs = inputTensor(shape, input);
      const masks = maskTensors(shape, options);
      const loss = (changed: TensorsByName): tf.Tensor => {
        const tensors = started(shape, changed, options);
        return tf.concat(this.sequence(shape, tensors, changed["input"] ?? inputs, masks).hidden);
      };
      const { timesteps, batch, units } = shape;
      const gradients = connectedGradients(
        loss,
        { ...variables, ...(input.kind === "dense" && { input: inputs }) },
        tf.tensor2d(gradHidden, [timesteps * batch, units]),
      );
      return gradients as Gradients<Weights>;
    });
  }

  dispose(): void {
    this.taken = undefined;
  }
}

type CellShape = SequenceShape & Partial<Pick<LstmShape, "cellNormalisation">>;

/** How a part of the cell, or what a vector belongs to, is normalised. */
function normalisationOf(cell: CellName, shape: CellShape, isCellState: boolean): Normalisation {
  return isCellState && hasCellState({ cell }) ? shape.cellNormalisation! : shape.normalisation;
}

function isAffine(cell: CellName, shape: CellShape): boolean {
  return [false, true].some((isCellState) => normalisationOf(cell, shape, isCellState) === "affine");
}

function checkCarried(cell: CellName, { carriedHidden, carriedCell }: LstmForwardOptions): void {
  if (hasCellState({ cell }) && (carriedHidden === undefined) !== (carriedCell === undefined)) {
    const [given, missing] = carriedCell ? ["carriedCell", "carriedHidden"] : ["carriedHidden", "carriedCell"];
    throw new Error(`${given} was given without ${missing}; an LSTM carries on from both or from neither.`);
  }
}

/** Like tf.grads by name, but zero for a variable that the function does not use: gammas without normalisation. */
function connectedGradients(
  f: (variables: TensorsByName) => tf.Tensor,
  variables: TensorsByName,
  dy: tf.Tensor,
): Record<string, Float32Array> {
  const names = Object.keys(variables);
  const touched = (...tensors: tf.Tensor[]): tf.Tensor => {
    const value = f(Object.fromEntries(names.map((name, index) => [name, tensors[index]!])) as TensorsByName);
    return tensors.reduce((sum, tensor) => tf.add(sum, tf.mul(tf.sum(tensor), 0)), value);
  };
  const gradients = withOwnTape(() => tf.grads(touched)(Object.values(variables), dy));
  return Object.fromEntries(names.map((name, index) => [name, read(gradients[index]!)]));
}

/**
 * TensorFlow.js has one tape at a time and drops it at the end of a gradient. The layers' gradients are computed within
 * another gradient, that of the model, whose tape has to survive.
 */
function withOwnTape<T>(compute: () => T): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  try {
    return compute();
  } finally {
    state.activeTape = outer;
  }
}

/** Each weight as rows of its columns; the initial states as [1, H]. */
function weightTensors(cell: CellName, shape: CellShape, weights: ArraysByName): TensorsByName {
  const { matrices, vectors } = cellOf({ cell });
  const columns = gatesOf({ cell }) * shape.units;
  const entries = [
    ...matrices.map((matrix) => tensorOf(weights, `${matrix}Weights`, columns, [matrix === "input" ? shape.inputs : shape.units])),
    ...vectors.map((vector) => tensorOf(weights, vector.trained, vectorColumns({ cell, units: shape.units }, vector), vectorRows(cell, shape, vector))),
  ];
  return Object.fromEntries(entries);
}

/** How many rows a vector may have. */
function vectorRows(cell: CellName, shape: CellShape, vector: Vector): number[] {
  const isConstant = vector.role !== "initial state";
  return isConstant && normalisationOf(cell, shape, isOfCell(vector)) === "affine" ? [1, shape.timesteps] : [1];
}

function tensorOf(weights: ArraysByName, name: string, columns: number, allowed: readonly number[]): [string, tf.Tensor2D] {
  const values = weights[name]!;
  const rows = values.length / columns;
  if (!allowed.includes(rows)) {
    throw new Error(`${name} has ${rows} rows of ${columns}; this shape needs ${allowed.join(" or ")}.`);
  }
  return [name, tf.tensor2d(values, [rows, columns])];
}

/**
 * The weights with the states of every sequence: the carried ones, or the one initial state for all, which either way
 * gets the gradient's sum over the batch.
 */
function started(shape: CellShape, weights: TensorsByName, { carriedHidden, carriedCell }: LstmForwardOptions): TensorsByName {
  const { batch, units } = shape;
  const state = (initial: tf.Tensor2D, carried?: Float32Array): tf.Tensor2D =>
    carried ? inPlaceOf(tf.tile(initial, [batch, 1]), tf.tensor2d(carried, [batch, units])) : tf.tile(initial, [batch, 1]);
  const { initialHidden, initialCell } = weights;
  return {
    ...weights,
    initialHidden: state(initialHidden!, carriedHidden),
    ...(initialCell && { initialCell: state(initialCell, carriedCell) }),
  };
}

/** `value`, with its gradient passed on to `replaced`. */
function inPlaceOf(replaced: tf.Tensor2D, value: tf.Tensor2D): tf.Tensor2D {
  const passed = tf.customGrad((_replaced) => ({ value, gradFunc: (gradient: tf.Tensor) => gradient }));
  return passed(replaced) as tf.Tensor2D;
}

function maskTensors({ timesteps, batch, units }: CellShape, options: LstmForwardOptions): SequenceMasks {
  const { recurrentMask, zoneoutHidden, zoneoutCell, countedRows } = options;
  return {
    ...(recurrentMask && { recurrentMask: tf.tensor2d(recurrentMask, [batch, units]) }),
    ...(zoneoutHidden && { zoneoutHidden: tf.tensor3d(zoneoutHidden, [timesteps, batch, units]) }),
    ...(zoneoutCell && { zoneoutCell: tf.tensor3d(zoneoutCell, [timesteps, batch, units]) }),
    ...(countedRows && { countedRows: tf.unstack(tf.tensor3d(countedRows, [timesteps, batch, 1])) as tf.Tensor2D[] }),
  };
}

/** [T * B, I] */
function inputTensor({ timesteps, batch, inputs }: CellShape, input: SequenceInput): tf.Tensor2D {
  const rows = timesteps * batch;
  return input.kind === "dense" ? tf.tensor2d(input.values, [rows, inputs]) : oneHotRows(input.symbols, inputs);
}

/** TensorFlow.js refuses rows of one number. The cast is there because the WebAssembly backend ignores oneHot's type argument. */
function oneHotRows(symbols: Int32Array, inputs: number): tf.Tensor2D {
  return inputs === 1 ? tf.ones([symbols.length, 1]) : tf.cast(tf.oneHot(tf.tensor1d(symbols, "int32"), inputs) as tf.Tensor2D, "float32");
}

/** The contract's arrays: zeros for a part that has no batch statistics. */
function readStatistics(cell: CellName, { timesteps, units }: CellShape, statistics: PartMoments): Record<string, Float32Array> {
  const entries = normalisedParts({ cell }).flatMap((part) => {
    const moments = statistics[part];
    const columns = part === "cell" ? units : gatesOf({ cell }) * units;
    const values = (moment: "mean" | "variance"): Float32Array => (moments ? read(moments[moment]) : new Float32Array(timesteps * columns));
    return [
      [momentNames[part].mean, values("mean")],
      [momentNames[part].variance, values("variance")],
    ];
  });
  return Object.fromEntries(entries) as Record<string, Float32Array>;
}

/** Like tf.tidy, for functions whose results are plain arrays. */
function inScope<T>(compute: () => T): T {
  tf.engine().startScope();
  try {
    return compute();
  } finally {
    tf.engine().endScope();
  }
}

function read(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync<"float32">();
}

function multiply(
  a: Matrix,
  b: Matrix,
  { transposeA = false, transposeB = false, out }: { transposeA?: boolean; transposeB?: boolean; out?: Float32Array } = {},
): Float32Array {
  const product = inScope(() =>
    read(
      tf.matMul(
        tf.tensor2d(a.values, [a.rows, a.columns]),
        tf.tensor2d(b.values, [b.rows, b.columns]),
        transposeA,
        transposeB,
      ),
    ),
  );
  if (out === undefined) {
    return product;
  }
  out.set(product);
  return out;
}
