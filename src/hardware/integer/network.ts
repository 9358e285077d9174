import type { FixedModel } from "../fixedModel.js";
import { quantise } from "../fixedPoint.js";
import { IntegerLayer } from "./layer.js";
import type { LayerInput, LayerTrace } from "./layerUnits.js";

/** The whole accelerator in integers: bit for bit what the generated Verilog computes, timestep by timestep. */
export class IntegerNetwork {
  readonly layers: readonly IntegerLayer[];

  constructor(readonly model: FixedModel) {
    this.layers = model.layers.map((layer) => new IntegerLayer(model, layer));
  }

  /** Every layer back to its initial state. */
  restart(): void {
    this.layers.forEach((layer) => layer.restart());
  }

  /**
   * One timestep through all layers.
   * @param input number of a symbol, or integers in the first layer's input format
   * @returns each layer's signals; the last layer's hidden state is the output
   * @throws RangeError for a symbol that the model does not know
   */
  step(input: LayerInput): LayerTrace[] {
    const known = this.model.layers[0]!.inputs;
    if (typeof input === "number" && !(input >= 0 && input < known)) {
      throw new RangeError(`Symbol ${input} is none of the model's ${known}: the data is not what it was trained on.`);
    }
    let next = input;
    return this.layers.map((layer) => {
      const trace = layer.step(next);
      next = trace.hidden;
      return trace;
    });
  }
}

/** Real input values as the first layer reads them: rounded to its input format, clipped to its range. */
export function fixedInput({ layers }: FixedModel, values: Float32Array): Int32Array {
  return quantise(values, layers[0]!.inputFormat, "input").integers;
}
