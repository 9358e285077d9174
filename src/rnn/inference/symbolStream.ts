import { shippedValues } from "../shipping/deployedModel.js";
import type { DeployedModel } from "../shipping/deployedModel.js";
import { DeployedNetwork } from "./deployedNetwork.js";
import type { Matrix, RecurrentKernel } from "../kernels/contract.js";
import { packModel } from "./packed/packedModel.js";
import { PackedStream } from "./packed/packedStream.js";
import type { PackedStreamOptions } from "./packed/packedStream.js";

/** A language model that reads symbols one after the other and says what may follow. */
export interface SymbolStream {
  /**
   * Reads on from where the last call ended.
   * @param symbols at least one
   * @returns logits [V] after the last of them, valid until the next call
   */
  read(symbols: Int32Array): Float32Array;
  dispose(): void;
}

/** From bit planes, with the fastest engine that is here: microseconds a symbol natively, milliseconds in TypeScript. */
export function packedSymbols(model: DeployedModel, options: Omit<PackedStreamOptions, "batch"> = {}): SymbolStream {
  const stream = new PackedStream(packModel(model), options);
  const last = (logits: Float32Array): Float32Array => logits.subarray(logits.length - model.outputs.length);
  return {
    read: (symbols) => last(symbols.length === 1 ? stream.step(symbols) : stream.read(symbols)),
    dispose: () => stream.dispose(),
  };
}

/** With a compute kernel in float32, the way in which models are evaluated. */
export function floatSymbols(model: DeployedModel, kernel: RecurrentKernel): SymbolStream {
  const network = new DeployedNetwork(model, kernel, 1);
  const output: Matrix = { ...model.outputWeights, values: shippedValues(model.outputWeights) };
  return {
    read(symbols) {
      const hidden = network.read({ kind: "symbols", symbols });
      const last = { rows: 1, columns: output.rows, values: hidden.slice(hidden.length - output.rows) };
      return kernel.multiply(last, output).map((value, symbol) => value + model.outputBias[symbol]!);
    },
    dispose: () => network.dispose(),
  };
}
