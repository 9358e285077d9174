import { levers } from "./levers.mjs";
import { adamOf, deterministic } from "./recipe.mjs";

/**
 * Every row of docs/results.md: which experiment it is, and with how many steps. `npm run results -- specs` writes the specs of those
 * whose data are at hand to examples/results/specs; `tritloom train` trains one.
 */

/** Steps of the rows that are compared with each other. */
export const budgets = { equal: 3000, digits: 12_000, ablation: 3000, short: 200 };

/** Quantised rows that are trained for long begin with the weights of the one in full precision. */
const quantisedForLong = { steps: 9000, peak: 0.005, recurrentDropout: 0.15, dropout: 0, source: "full precision" };

/** How rows of War & Peace with so many layers are trained for long; full precision has more dropout, or it would learn the text by heart. */
const long = {
  1: {
    "full precision": { steps: 6000, peak: 0.01, recurrentDropout: 0.3, dropout: 0 },
    binary: { ...quantisedForLong, steps: 8000, recurrentDropout: 0.05 },
    ternary: quantisedForLong,
  },
  2: {
    "full precision": { steps: 4000, peak: 0.01, recurrentDropout: 0.3, dropout: 0.2 },
    ternary: { ...quantisedForLong, steps: 7500, dropout: 0.1 },
  },
};

/** Validations of a training, by default. */
const validations = 20;

/** Sequences that each row of the comparison of minibatches sees, whatever their size. */
const observedSequences = 128_000;

/** The quantisers that are compared; "stochastic" is the paper's own way, without it weights follow the deterministic rule. */
const quantisersOf = (tl) => ({
  "full precision": tl.fullPrecision(),
  BinaryConnect: tl.binaryConnect(),
  binary: tl.binary(deterministic),
  "binary, stochastic": tl.binary(),
  ternary: tl.ternary({ ...deterministic, threshold: 0.5 }),
  "ternary, stochastic": tl.ternary(),
});
const normalisersOf = (tl) => ({ none: tl.noNorm(), batch: tl.batchNorm(), "per-timestep batch": tl.batchNorm({ statistics: "per-timestep" }), layer: tl.layerNorm(), weight: tl.weightNorm() });
const cellsOf = (tl) => ({ lstm: tl.lstm, gru: tl.gru });

/** @typedef {{ name: string, dataset: string, budget: string, cell: "lstm" | "gru", quantiser: string, normaliser: string, layers: number, units: number, seed: number, batchSize: number, steps: number, permuted: boolean, lever?: string }} Row */

/** @returns {Row} */
function text(cell, quantiser, normaliser, { seed = 1, budget = "equal", layers = 1 } = {}) {
  const words = [cell, quantiser, normaliser, ...(seed === 1 ? [] : [`seed ${seed}`]), ...(layers === 1 ? [] : [`${layers} layers`]), ...(budget === "equal" ? [] : [budget])];
  const { steps } = budget === "long" ? long[layers][quantiser] : { steps: budgets[budget] };
  return { ...characters, name: nameOf("war-and-peace", words), budget, cell, quantiser, normaliser, layers, units: 512, seed, steps };
}

const characters = { dataset: "war-and-peace", batchSize: 64, permuted: false, layers: 1 };

/** @returns {Row} one of a small network, trained with minibatches of another size on as many sequences */
function minibatch(batchSize) {
  const name = nameOf("war-and-peace", [`minibatches of ${batchSize}`]);
  const steps = observedSequences / batchSize;
  return { ...characters, name, budget: "minibatches", cell: "lstm", quantiser: "ternary", normaliser: "batch", units: 128, seed: 1, batchSize, steps };
}

/** @returns {Row} one of a network of middle size, with one thing changed */
function ablation(lever, seed = 1) {
  const { quantiser = "ternary", normaliser = "batch" } = levers[lever];
  const name = nameOf("war-and-peace", ["ablation", lever, ...(seed === 1 ? [] : [`seed ${seed}`])]);
  return { ...characters, name, budget: "ablation", cell: "lstm", quantiser, normaliser, units: 256, seed, steps: budgets.ablation, lever };
}

/** @returns the row that a run is one of @throws Error for a run of another name */
export function rowOf(dir, { name }) {
  const planned = rows.find((row) => row.name === name);
  if (planned === undefined) {
    throw new Error(`The run ${dir} is called "${name}", which is no row of bench/results/plan.mjs.`);
  }
  return planned;
}

/** The row whose run a row begins with, or learns from; undefined for most. */
export function sourceOf(row) {
  const quantiser = longRecipeOf(row)?.source;
  if (quantiser !== undefined) {
    return text(row.cell, quantiser, row.normaliser, { budget: "long", layers: row.layers }).name;
  }
  const lever = levers[row.lever]?.source;
  return lever && ablation(lever).name;
}

function longRecipeOf({ dataset, budget, layers, quantiser }) {
  return dataset === "war-and-peace" && budget === "long" ? long[layers][quantiser] : undefined;
}

/** @returns {Row} */
function digits(quantiser, { permuted = false, seed = 1, budget = "digits" } = {}) {
  const normaliser = "per-timestep batch";
  const name = nameOf(permuted ? "permuted-mnist" : "sequential-mnist", ["lstm", quantiser, ...(seed === 1 ? [] : [`seed ${seed}`])]);
  return { name, dataset: "mnist", budget, cell: "lstm", quantiser, normaliser, layers: 1, units: 100, seed, batchSize: 100, steps: budgets[budget], permuted };
}

const nameOf = (data, words) => [data, ...words].join(" ").replaceAll(/[ ,]+/g, "-");

/** The rows of the comparison at the equal budget; BinaryConnect is shown as it was published, without a normaliser, too. */
const compared = ["lstm", "gru"].flatMap((cell) => [
  ...["full precision", "BinaryConnect", "binary", "ternary"].flatMap((quantiser) => ["batch", "layer"].map((normaliser) => text(cell, quantiser, normaliser))),
  ...["binary, stochastic", "ternary, stochastic"].map((quantiser) => text(cell, quantiser, "batch")),
]);

/** @type {readonly Row[]} */
export const rows = [
  ...[1, 2].flatMap((layers) => Object.keys(long[layers]).map((quantiser) => text("lstm", quantiser, "batch", { budget: "long", layers }))),
  ...compared,
  text("lstm", "BinaryConnect", "none"),
  text("lstm", "full precision", "none"),
  ...["binary", "ternary"].flatMap((quantiser) => [2, 3].map((seed) => text("lstm", quantiser, "batch", { seed }))),
  ...["full precision", "binary", "ternary"].flatMap((quantiser) => [false, true].map((permuted) => digits(quantiser, { permuted }))),
  ...[8, 16, 32, 64, 128, 256].map(minibatch),
  ...Object.keys(levers).map((lever) => ablation(lever)),
  ablation("base", 2),
  { ...characters, name: "moby-dick-short", dataset: "moby-dick", budget: "short", cell: "lstm", quantiser: "ternary", normaliser: "batch", units: 64, seed: 1, steps: budgets.short },
];

/** @returns {Row} one whose data may not be handed on, so that docs/results.md tells its command alone */
function elsewhere(dataset, quantiser, units, steps) {
  return { ...characters, dataset, name: nameOf(dataset, ["lstm", quantiser]), budget: "long", cell: "lstm", quantiser, normaliser: "batch", units, seed: 1, steps };
}

/** Units as the paper has them, steps for about as many epochs as the machine takes days; `npm run results -- specs` writes those whose data are at hand. */
export const rowsElsewhere = ["binary", "ternary"].flatMap((quantiser) => [
  elsewhere("ptb-char", quantiser, 1000, 40_000),
  elsewhere("ptb-word", quantiser, 300, 40_000),
  elsewhere("text8", quantiser, 2000, 140_000),
  elsewhere("linux-kernel", quantiser, 512, 48_000),
]);

/**
 * @param given a text in place of the row's own
 * @param fields of the experiment that are otherwise than planned
 * @param source the run of the row that `sourceOf` names
 * @returns the experiment of a row; its data are loaded
 */
export async function experimentOf(tl, row, given, fields = {}, source = undefined) {
  const { name, steps, seed, dataset } = row;
  const shipping = row.quantiser.endsWith("stochastic") ? tl.bestOf(10) : tl.deterministicWeights();
  const data = given ?? (await (dataset === "mnist" ? tl.data.sequences(dataset) : tl.data.text(dataset)));
  const common = { name, shipping, steps, seed, ...fields };
  return tl.experiment({ ...common, ...(recipes[dataset] ?? charactersRecipe)(tl, row, data, source), ...levers[row.lever]?.experiment?.(tl, source) });
}

function layerOf(tl, { cell, units, quantiser, normaliser }, options) {
  return cellsOf(tl)[cell]({ units, quantiser: quantisersOf(tl)[quantiser], normaliser: normalisersOf(tl)[normaliser], ...options });
}

function charactersRecipe(tl, row, text, source) {
  const isSmall = ["minibatches", "short"].includes(row.budget);
  const { peak, recurrentDropout, dropout, source: isStarted } = longRecipeOf(row) ?? { peak: 0.01, recurrentDropout: 0.1, dropout: 0 };
  const options = { initialState: "carried", ...(!isSmall && { recurrentDropout, dropout }), ...levers[row.lever]?.layer?.(tl) };
  const layers = Array.from({ length: row.layers }, () => layerOf(tl, row, options));
  const task = tl.characterModel(text, { sequenceLength: 99, batchSize: row.batchSize });
  // Never reached, but the weights of the best validation ship: some of these networks learn the text by heart before the last step.
  const shipsBest = !isSmall && { stopAfter: validations };
  return { task, layers, optimiser: adamOf(tl, peak), ...shipsBest, ...(isStarted && { startFrom: source }) };
}

const recipes = {
  mnist: (tl, row, digits) => {
    const task = tl.classification(digits, { batchSize: row.batchSize, permuted: row.permuted });
    // The first pixels must be known at the last one.
    return { task, layers: [layerOf(tl, row, { initialNoise: 0.1, forgetShift: tl.chrono(784) })], optimiser: adamOf(tl, 0.004) };
  },
  "ptb-word": (tl, row, text) => {
    const task = tl.wordModel(text, { sequenceLength: 35, batchSize: row.batchSize, embedding: row.units, embeddingDropout: 0.5 });
    return { task, layers: [layerOf(tl, row, { initialState: "carried", dropout: 0.5 })], optimiser: adamOf(tl, 0.003, 0.25) };
  },
};
