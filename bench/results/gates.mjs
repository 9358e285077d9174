/**
 * Distributions of an LSTM's gates and states, counted from the equations of what ships:
 * p = gainRecurrent * (h Qa) + gainInput * (x Qx) + shift, columns in blocks g, f, i, o.
 */

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
/** Name, activation, and where its range begins; it ends at 1. */
const blocks = [
  ["g", Math.tanh, -1],
  ["f", sigmoid, 0],
  ["i", sigmoid, 0],
  ["o", sigmoid, 0],
];

/**
 * @param ids what each timestep reads
 * @returns of each gate and state its mean, deviation, and the share that saturates: within a twentieth of its range of an end; of c, whose
 *   range has no end, beyond 1
 */
export function gatesOf(model, trace, ids, shippedValues) {
  const [layer] = model.layers;
  if (layer.spec.cell !== "lstm" || layer.normalisation !== "affine") {
    return [];
  }
  const { units } = layer;
  const [{ hidden, cell }] = trace.layers;
  const recurrent = shippedValues(layer.recurrentWeights);
  const input = shippedValues(layer.inputWeights);
  const width = 4 * units;
  const values = blocks.map(() => new Float64Array(ids.length * units));
  for (let t = 0; t < ids.length; t += 1) {
    const before = t === 0 ? layer.initialHidden : hidden.subarray((t - 1) * units, t * units);
    const product = new Float64Array(width);
    before.forEach((h, row) => addScaled(product, recurrent, row * width, h));
    blocks.forEach(([, activation], block) => {
      for (let unit = 0; unit < units; unit += 1) {
        const column = block * units + unit;
        const sum = layer.gainRecurrent[column] * product[column] + layer.gainInput[column] * input[ids[t] * width + column] + layer.shift[column];
        values[block][t * units + unit] = activation(sum);
      }
    });
  }
  requireSameCells(values, cell, layer.initialCell, units);
  return [
    ...blocks.map(([name, , low], block) => shares(name, values[block], (value) => Math.min(value - low, 1 - value) < (1 - low) / 20)),
    shares("c", cell, (value) => Math.abs(value) > 1),
    shares("h", hidden, (value) => Math.abs(value) > 0.9),
  ];
}

/** c = f c + i g, from these gates, must be what the model that ships has. */
function requireSameCells([g, f, i], cell, initialCell, units) {
  for (let at = 0; at < cell.length; at += 1) {
    const before = at < units ? initialCell[at] : cell[at - units];
    if (Math.abs(f[at] * before + i[at] * g[at] - cell[at]) > 1e-3 * (1 + Math.abs(cell[at]))) {
      throw new Error(`The gates counted here give another c than the model at timestep ${Math.floor(at / units)}, unit ${at % units}.`);
    }
  }
}

function addScaled(sum, matrix, start, factor) {
  for (let column = 0; column < sum.length; column += 1) {
    sum[column] += factor * matrix[start + column];
  }
}

function shares(name, values, saturates) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { name, mean, deviation, saturated: values.filter(saturates).length / values.length };
}
