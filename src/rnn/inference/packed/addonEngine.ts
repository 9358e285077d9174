import { normalisationNumber } from "../../kernels/nativeArguments.js";
import type { PackedAddon, PassHandle } from "../../kernels/nativeAddon.js";
import type { PackedMatrix } from "./bitPlanes.js";
import type { PackedEngine } from "./engine.js";
import { cellOf, constantRows, constantsOf, initialStateBytes, type PackedLayer, type PackedModel } from "./packedModel.js";

/** Constants in the order of addPackedLayer. */
const constantNames = ["gainInput", "gainRecurrent", "shift", "gainCell", "shiftCell", "shiftReset"];

/** Matrices as addPackedPlane and setPackedValues number them. */
const matrixNumbers = { input: 0, recurrent: 1, output: 2 } as const;

/** Packed inference in C++, as an addon or as WebAssembly; holds copies of the weights in the form that its instruction set multiplies with. */
export class AddonEngine implements PackedEngine {
  readonly name: string;
  readonly bytes: number;
  private readonly handle: PassHandle;
  private readonly symbols: boolean;

  constructor(
    private readonly addon: PackedAddon,
    family: "native" | "wasm",
    instructionSet: string,
    model: PackedModel,
    batch: number,
  ) {
    const { input } = model;
    this.name = `${family} ${instructionSet}`;
    this.symbols = input.kind !== "dense";
    const table = input.kind === "embedding" ? [input.table, input.symbols.length, input.units] : [null, 0, 0];
    const index = addon.packedInstructionSets().indexOf(instructionSet);
    this.handle = addon.createPacked(index, batch, this.symbols ? 1 : 0, ...table);
    try {
      this.bytes = this.fill(model);
    } catch (error) {
      addon.disposePacked(this.handle);
      throw error;
    }
  }

  read(input: Int32Array | Float32Array, timesteps: number, firstTimestep: number, every: boolean, logits: Float32Array): void {
    const symbols = this.symbols ? input : null;
    this.addon.readPacked(this.handle, symbols, this.symbols ? null : input, timesteps, firstTimestep, every ? 1 : 0, logits);
  }

  copyState(layer: number, hidden: Float32Array, cell: Float32Array | undefined): void {
    this.addon.packedState(this.handle, layer, hidden, cell ?? null);
  }

  setState(layer: number, hidden: Float32Array, cell: Float32Array | undefined): void {
    this.addon.setPackedState(this.handle, layer, hidden, cell ?? null);
  }

  dispose(): void {
    this.addon.disposePacked(this.handle);
  }

  /** @returns bytes of the weights and constants */
  private fill(model: PackedModel): number {
    model.layers.forEach((layer) => this.addLayer(layer));
    this.addon.setPackedOutput(this.handle, model.outputs.length, model.outputBias);
    this.addMatrix("output", model.outputWeights);
    return this.addon.finishPacked(this.handle) + initialStateBytes(model);
  }

  private addLayer(layer: PackedLayer): void {
    const { units, normalisation, epsilon, spec, inputWeights } = layer;
    const { zoneout } = spec;
    const rows = constantRows(layer);
    const constants = new Map(constantsOf(layer).map(([name, values, columns]) => [name, repeatRow(values, columns, rows)]));
    this.addon.addPackedLayer(
      this.handle,
      inputWeights.rows,
      units,
      cellOf(layer).number,
      Number("reset" in spec && spec.reset === "before"),
      normalisationNumber(normalisation),
      normalisationNumber("cellNormalisation" in layer ? layer.cellNormalisation : "affine"),
      epsilon,
      zoneout.hidden,
      "cell" in zoneout ? zoneout.cell : 0,
      rows,
      ...constantNames.map((name) => constants.get(name) ?? null),
    );
    this.addMatrix("input", inputWeights);
    if ("recurrentWeights" in layer) {
      this.addMatrix("recurrent", layer.recurrentWeights);
    }
  }

  private addMatrix(name: keyof typeof matrixNumbers, matrix: PackedMatrix): void {
    const number = matrixNumbers[name];
    if (matrix.kind === "full-precision") {
      this.addon.setPackedValues(this.handle, number, matrix.values);
      return;
    }
    for (const { positive, negative, scales } of matrix.planes) {
      this.addon.addPackedPlane(this.handle, number, positive, negative ?? null, scales, Number(scales.length > 1));
    }
  }
}

/** [1, columns] as [rows, columns]; what has more rows stays. */
function repeatRow(values: Float32Array, columns: number, rows: number): Float32Array {
  return values.length === rows * columns
    ? values
    : Float32Array.from({ length: rows * columns }, (_, index) => values[index % columns]!);
}
