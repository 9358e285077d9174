import type { Gradients, Normalisation, RecurrentPass, SequenceInput } from "./contract.js";
import type { AddonValue, Compute, Floats, KernelAddon, PassHandle } from "./nativeAddon.js";
import {
  checkFloats,
  checkInput,
  checkNormalisation,
  checkShape,
  constantRows,
  KernelArgumentError,
  normalisationNumber,
  optionalFloats,
  zeros,
  type CellShape,
} from "./nativeArguments.js";
import type { NativeCell } from "./nativeCells.js";

/** A cell's passes in C++: checks what crosses over, and owns the arrays that results go into. */

type Arrays = Readonly<Record<string, Float32Array>>;

/** @throws KernelArgumentError for a shape with a size or form that there is not; Error where memory does not suffice */
export function nativePass<Shape extends CellShape, Weights extends object, Options extends object, Forward>(
  addon: KernelAddon,
  compute: Compute,
  cell: NativeCell<Shape, Weights, Options, Forward>,
  shape: Shape,
): RecurrentPass<Shape, Weights, Options, Forward> {
  return new NativePass(addon, compute, cell, shape);
}

/** How many numbers each weight has at a shape, with one row of normaliser constants. */
export function weightLengths<Shape extends CellShape, Weights, Options, Forward>(
  { weightNames, weights }: NativeCell<Shape, Weights, Options, Forward>,
  sizes: Pick<CellShape, "inputs" | "units">,
): Readonly<Record<keyof Weights, number>> {
  const shape = { ...sizes, timesteps: 1, batch: 1, epsilon: 0 };
  return Object.fromEntries(weightNames.map((name) => [name, weights[name].length(shape)])) as Record<keyof Weights, number>;
}

class NativePass<Shape extends CellShape, Weights extends object, Options extends object, Forward>
  implements RecurrentPass<Shape, Weights, Options, Forward>
{
  readonly shape: Shape;
  private readonly handle: PassHandle;
  /** How each part that has a normaliser is normalised. */
  private readonly forms: Readonly<Record<string, Normalisation>>;
  private readonly weightLengths: Readonly<Record<keyof Weights, number>>;
  private readonly states: Arrays;
  private readonly statistics: Arrays | undefined;
  private gradients: Gradients<Weights> | undefined;
  /** What the last forward pass was given, until its gradient has been taken. */
  private taken: SequenceInput["kind"] | undefined;
  private disposed = false;

  constructor(
    private readonly addon: KernelAddon,
    compute: Compute,
    private readonly cell: NativeCell<Shape, Weights, Options, Forward>,
    shape: Shape,
  ) {
    const { timesteps, batch, inputs, units, epsilon } = shape;
    const forms = cell.normalised.map((part) => [part, shape[part] as Normalisation] as const);
    checkShape(cell.name, shape, cell.gates, forms.map(([, form]) => form));
    forms.forEach(([part, form]) => checkNormalisation(cell.name, part, form));
    this.shape = { ...shape };
    this.forms = Object.fromEntries(forms);
    this.weightLengths = weightLengths(cell, shape);
    const numbers = [...forms.map(([, form]) => normalisationNumber(form)), ...(cell.otherForms?.(shape) ?? [])];
    this.handle = addon.createPass(compute, cell.number, timesteps, batch, inputs, units, ...numbers, epsilon);
    this.states = allocate(cell.states, shape);
    this.statistics = this.normalises("batch") ? allocate(cell.statistics, shape) : undefined;
  }

  forward(weights: Weights, input: SequenceInput, options?: Options): Forward {
    this.checkLive();
    const { cell, statistics, states } = this;
    const given = [
      ...cell.weightNames.map((name) => weights[name] as Float32Array),
      ...this.checkWeights(weights),
      ...this.checkInput(input),
      ...this.checkOptions((options ?? {}) as Readonly<Record<string, Float32Array>>),
    ];
    this.taken = undefined;
    const results = [...Object.keys(cell.statistics).map((name) => statistics?.[name] ?? null), ...Object.values(states)];
    this.addon.forwardPass(this.handle, given, results);
    this.taken = this.normalises("affine") ? undefined : input.kind;
    return { ...states, ...(statistics === undefined ? {} : { statistics }) } as Forward;
  }

  backward(gradHidden: Float32Array): Gradients<Weights> {
    this.checkLive();
    const hidden = this.states.hidden!;
    checkFloats("gradHidden", gradHidden, hidden.length);
    const { taken } = this;
    if (taken === undefined) {
      throw new KernelArgumentError('backward() follows one forward(), and that without normalisation "affine"');
    }
    this.taken = undefined;
    const gradients = this.gradientsFor(taken);
    const results = [...this.cell.weightNames.map((name) => gradients[name]), gradients.input ?? null];
    this.addon.backwardPass(this.handle, [gradHidden, hidden], results);
    return gradients;
  }

  dispose(): void {
    this.disposed = true;
    this.taken = undefined;
    this.addon.disposePass(this.handle);
  }

  private checkLive(): void {
    if (this.disposed) {
      const { name, maker } = this.cell;
      throw new KernelArgumentError(`This ${name} pass has been disposed of; make another with ${maker}(shape)`);
    }
  }

  private normalises(wanted: Normalisation): boolean {
    return Object.values(this.forms).includes(wanted);
  }

  /** @returns how many rows each of the normalisers' constants has */
  private checkWeights(weights: Weights): readonly number[] {
    const { cell, forms, shape } = this;
    const rows: number[] = [];
    for (const name of cell.weightNames) {
      const { constantOf } = cell.weights[name];
      const values = weights[name] as Float32Array;
      if (constantOf === undefined) {
        checkFloats(name, values, this.weightLengths[name]);
      } else {
        rows.push(constantRows(name, values, this.weightLengths[name], forms[constantOf] === "affine" ? shape.timesteps : 1));
      }
    }
    return rows;
  }

  private checkInput(input: SequenceInput): readonly AddonValue[] {
    checkInput(this.shape, input);
    return input.kind === "symbols" ? [input.symbols, null] : [null, input.values];
  }

  private checkOptions(options: Readonly<Record<string, Float32Array>>): readonly Floats[] {
    const { carried } = this.cell;
    const missing = carried.filter((name) => options[name] === undefined);
    if (missing.length > 0 && missing.length < carried.length) {
      throw new KernelArgumentError(`${carried.join(" and ")} belong together; ${missing.join(" and ")} was not given`);
    }
    const lengths = Object.entries<(shape: CellShape) => number>(this.cell.options);
    return lengths.map(([name, length]) => optionalFloats(name, options[name], length(this.shape)));
  }

  private gradientsFor(kind: SequenceInput["kind"]): Gradients<Weights> {
    if (this.gradients === undefined || (this.gradients.input !== undefined) !== (kind === "dense")) {
      const { timesteps, batch, inputs } = this.shape;
      const weights = zeros(this.cell.weightNames, (name) => this.weightLengths[name]);
      const input = kind === "dense" ? { input: new Float32Array(timesteps * batch * inputs) } : {};
      this.gradients = { ...weights, ...input } as Gradients<Weights>;
    }
    return this.gradients;
  }
}

/** A zeroed array of each length. */
function allocate(lengths: Readonly<Record<string, (shape: CellShape) => number>>, shape: CellShape): Arrays {
  return Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, new Float32Array(length(shape))]));
}
