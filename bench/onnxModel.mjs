/**
 * A one-layer LSTM with an output layer, with nothing around ONNX's own operators that would take time. Inputs: input
 * [T, 1, I], hidden and cell [1, 1, H]; outputs: logits [T, 1, 1, V], newHidden, newCell.
 *
 * @param weights float32 arrays: input [4H, I], recurrent [4H, H], bias [4H], gates in the order i, o, f, c;
 *   output [H, V], outputBias [V]
 * @returns what `encodeOnnx` of src/interop/ takes
 */
export function lstmOnnx({ inputs, units, outputs }, weights) {
  const bias = new Float32Array(8 * units);
  bias.set(weights.bias);
  const node = (operator, from, to, attributes = {}) => ({ operator, inputs: from, outputs: to, attributes });
  const constant = (name, shape, values) => ({ name, shape, values });
  const value = (name, ...shape) => ({ name, type: "float", shape });
  const graph = {
    name: "lstm",
    nodes: [
      node("LSTM", ["input", "W", "R", "B", "", "hidden", "cell"], ["sequence", "newHidden", "newCell"], { hidden_size: { int: units } }),
      node("MatMul", ["sequence", "output"], ["scores"]),
      node("Add", ["scores", "outputBias"], ["logits"]),
    ],
    initializers: [
      constant("W", [1, 4 * units, inputs], weights.input),
      constant("R", [1, 4 * units, units], weights.recurrent),
      constant("B", [1, 8 * units], bias),
      constant("output", [units, outputs], weights.output),
      constant("outputBias", [outputs], weights.outputBias),
    ],
    inputs: [value("input", "T", 1, inputs), value("hidden", 1, 1, units), value("cell", 1, 1, units)],
    outputs: [value("logits", "T", 1, 1, outputs), value("newHidden", 1, 1, units), value("newCell", 1, 1, units)],
    datatypes: {},
  };
  return { graph, metadata: {}, producerVersion: "" };
}
