import * as tf from "@tensorflow/tfjs";
import type {
  Gradients,
  GruForward,
  GruForwardOptions,
  GruShape,
  GruWeights,
  LstmForward,
  LstmForwardOptions,
  LstmShape,
  LstmStatistics,
  LstmWeights,
  Matrix,
  Normalisation,
  RecurrentKernel,
  RecurrentPass,
  SequenceInput,
} from "./contract.js";
import { recurrence } from "./recurrence.js";
import type { TensorsByName } from "./recurrence.js";
import { isGru, weightColumns, weightNamesFor } from "./sequence.js";
import type { CellShape, NormalisedPart, PartMoments, SequenceMasks } from "./sequence.js";

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
    lstm: (shape) => new TensorPass<LstmShape, LstmWeights, LstmForwardOptions, LstmForward>(shape),
    gru: (shape) => new TensorPass<GruShape, GruWeights, GruForwardOptions, GruForward>(shape),
    multiply,
  };
}

type ArraysByName = Readonly<Record<string, Float32Array>>;

/** The last forward pass, as its gradient needs it. */
interface Taken {
  readonly weights: ArraysByName;
  readonly input: SequenceInput;
  readonly options: LstmForwardOptions;
}

class TensorPass<Shape extends CellShape, Weights, Options, Forward> implements RecurrentPass<Shape, Weights, Options, Forward> {
  private taken: Taken | undefined;

  constructor(readonly shape: Shape) {}

  forward(weights: Weights, input: SequenceInput, options?: Options): Forward {
    const taken = { weights: weights as ArraysByName, input, options: (options ?? {}) as LstmForwardOptions };
    checkCarried(this.shape, taken.options);
    this.taken = taken;
    return inScope(() => {
      const { hidden, lastCell, statistics } = recurrence(
        this.shape,
        started(this.shape, weightTensors(this.shape, taken.weights), taken.options),
        inputTensor(this.shape, input),
        maskTensors(this.shape, taken.options),
      );
      return {
        hidden: read(tf.concat(hidden)),
        ...(lastCell && { lastCell: read(lastCell) }),
        ...(Object.keys(statistics).length > 0 && { statistics: readStatistics(this.shape, statistics) }),
      } as Forward;
    });
  }

  backward(gradHidden: Float32Array): Gradients<Weights> {
    if (this.taken === undefined || isAffine(this.shape)) {
      throw new Error("backward() needs a forward pass before it, and no affine normalisation.");
    }
    const { weights, input, options } = this.taken;
    return inScope(() => {
      const variables = weightTensors(this.shape, weights);
      const inputs = inputTensor(this.shape, input);
      const masks = maskTensors(this.shape, options);
      const loss = (changed: TensorsByName): tf.Tensor => {
        const tensors = started(this.shape, changed, options);
        return tf.concat(recurrence(this.shape, tensors, changed["input"] ?? inputs, masks).hidden);
      };
      const { timesteps, batch, units } = this.shape;
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

function isAffine(shape: CellShape): boolean {
  return shape.normalisation === "affine" || cellNormalisation(shape) === "affine";
}

function cellNormalisation(shape: CellShape): Normalisation {
  return isGru(shape) ? "none" : shape.cellNormalisation;
}

function checkCarried(shape: CellShape, { carriedHidden, carriedCell }: LstmForwardOptions): void {
  if (!isGru(shape) && (carriedHidden === undefined) !== (carriedCell === undefined)) {
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
function weightTensors(shape: CellShape, weights: ArraysByName): TensorsByName {
  const entries = weightNamesFor(shape).map((name) => {
    const values = weights[name]!;
    const columns = weightColumns(shape, name);
    const rows = rowsOf(shape, name, values.length / columns);
    return [name, tf.tensor2d(values, [rows, columns])];
  });
  return Object.fromEntries(entries) as TensorsByName;
}

function rowsOf(shape: CellShape, name: string, given: number): number {
  const isMatrix = name === "inputWeights" || name === "recurrentWeights";
  const isConstant = name.startsWith("gamma") || name.startsWith("beta");
  const normalisation = name.endsWith("Cell") ? cellNormalisation(shape) : shape.normalisation;
  const allowed = [isMatrix ? (name === "inputWeights" ? shape.inputs : shape.units) : 1];
  if (isConstant && normalisation === "affine") {
    allowed.push(shape.timesteps);
  }
  if (!allowed.includes(given)) {
    throw new Error(`${name} has ${given} rows of ${weightColumns(shape, name)}; this shape needs ${allowed.join(" or ")}.`);
  }
  return given;
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

/** [T * B, I]. The one-hot rows are cast because the WebAssembly backend ignores oneHot's type argument. */
function inputTensor({ timesteps, batch, inputs }: CellShape, input: SequenceInput): tf.Tensor2D {
  const rows = timesteps * batch;
  return input.kind === "dense"
    ? tf.tensor2d(input.values, [rows, inputs])
    : tf.cast(tf.oneHot(tf.tensor1d(input.symbols, "int32"), inputs) as tf.Tensor2D, "float32");
}

/** The contract's arrays: zeros for a part that has no batch statistics. */
function readStatistics(shape: CellShape, statistics: PartMoments): Partial<LstmStatistics> {
  const { timesteps, units } = shape;
  const columns = weightColumns(shape, "gammaInput");
  const part = (name: NormalisedPart, width: number): [Float32Array, Float32Array] => {
    const moments = statistics[name];
    const zeros = (): Float32Array => new Float32Array(timesteps * width);
    return moments ? [read(moments.mean), read(moments.variance)] : [zeros(), zeros()];
  };
  const [meanInput, varianceInput] = part("input", columns);
  const [meanRecurrent, varianceRecurrent] = part("recurrent", columns);
  const products = { meanInput, varianceInput, meanRecurrent, varianceRecurrent };
  if (isGru(shape)) {
    return products;
  }
  const [meanCell, varianceCell] = part("cell", units);
  return { ...products, meanCell, varianceCell };
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
