import { formatted } from "./document.mjs";

/** The tables of README and docs that are made whole from measurements, by the name in `<!--table NAME-->`. */

const markdown = (rows) => rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Markdown of a table. @param columns pairs of a title and the cell of a row */
export function tableFrom(rows, columns) {
  return markdown([columns.map(([title]) => title), columns.map(() => "---"), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]);
}

/** A number with so many decimals, thousands apart. */
export const figure = (value, decimals = 0) => formatted(value, decimals === 0 ? "0" : `0.${"0".repeat(decimals)}`);
const times = (value, decimals = 2) => `${figure(value, decimals)}x`;

function machineInWords({ processor, cores }) {
  return `${cores} cores of ${processor}`;
}

function listOfMeasurements(measurements) {
  const sorted = Object.entries(measurements).sort(([a], [b]) => a.localeCompare(b));
  return tableFrom(sorted, [
    ["measurement", ([name]) => `[${name}](${name}.json)`],
    ["command", ([, { command }]) => `\`${command}\``],
    ["commit", ([, { commit }]) => commit],
    ["date", ([, { date }]) => date],
    ["machine", ([, { machine }]) => machineInWords(machine)],
  ]);
}

/** What delta updates save on one network. */
function deltaTable({ output: { rows } }) {
  const [all] = rows;
  return tableFrom(rows, [
    ["threshold, in 2^-11", ({ threshold }) => (threshold === null ? "all columns" : String(threshold))],
    ["columns", ({ columns }) => columns.map((count) => figure(count, 1)).join(" + ")],
    ["cycles", ({ cycles }) => `${figure(cycles)} (${times(all.cycles / cycles)})`],
    ["energy, nJ", ({ picojoules }) => `${figure(picojoules / 1e3, 1)} (${times(all.picojoules / picojoules)})`],
    ["bits per prediction", ({ bitsPerPrediction }) => figure(bitsPerPrediction, 4)],
    ["accuracy", ({ accuracy }) => `${figure(100 * accuracy, 1)} %`],
  ]);
}

const precisionNames = { full: "full precision", binary: "binary", ternary: "ternary" };

/** Several columns a cycle within the area of the full-precision reference. */
function columnsTable({ output: { networks } }) {
  return tableFrom(networks.at(-1).columns, [
    ["weights", ({ precision }) => precisionNames[precision]],
    ["N", ({ columnsPerCycle }) => String(columnsPerCycle)],
    ["area of a product a cycle, µm²", ({ areaPerMac, areaPerMacRatio }) => `${figure(areaPerMac)} (${times(areaPerMacRatio, 1)} less)`],
    ["MAC units", ({ macUnits }) => figure(macUnits)],
    ["accelerator, mm²", ({ area }) => figure(area / 1e6, 2)],
    ["cycles", ({ cyclesPerTimestep }) => figure(cyclesPerTimestep)],
    ["slowest path, ns", ({ periodNanoseconds }) => figure(periodNanoseconds, 2)],
    ["speed-up, one clock for all", ({ speedUp }) => times(speedUp, 1)],
    ["each at its own clock", ({ speedUpAtOwnClock }) => times(speedUpAtOwnClock, 1)],
    ["throughput per area, one clock", ({ speedUpPerArea }) => times(speedUpPerArea, 1)],
  ]);
}

/** The paper's claims: each row has a cell of the full-precision design, and one of each of the others. */
const claimRows = [
  ["accumulator, bits", ({ accumulatorBits }) => String(accumulatorBits)],
  ["MAC unit, µm²", ({ macUnitArea }) => figure(macUnitArea), (found) => `${times(found.macUnitAreaRatio, 1)} less`],
  ["MAC unit with its chain register, µm²", ({ laneArea }) => figure(laneArea), (found) => `${times(found.laneAreaRatio, 1)} less`],
  ["accelerator of 100 MAC units, mm²", ({ at100 }) => figure(at100.area / 1e6, 2), (found) => `${times(found.acceleratorAreaRatio, 1)} less`],
  ["its slowest path, ns", ({ at100 }) => figure(at100.periodNanoseconds, 2)],
  ["its energy of a cycle, vectorless, pJ", ({ at100 }) => figure(at100.picojoulesPerCycle), (found) => `${times(found.energyPerCycleRatio, 1)} less`],
  [
    "energy of a multiply-accumulate in the array, by toggles of gates, pJ",
    ({ toggles }) => figure(toggles.perOperation, 1),
    (found) => `${times(found.energyOfTogglesRatio, 1)} less`,
  ],
  ["toggles of a net in a cycle, mean", ({ toggles }) => figure(toggles.activity, 2)],
  ["the same energy, vectorless (0.2 toggles), pJ", ({ toggles }) => figure(toggles.vectorless, 1)],
];

/** Rows that compare only; what stands for the reference is 1 unless told otherwise. */
const comparedRows = [
  ["MAC units within the reference's area", (found) => figure(found.withinArea.macUnits), "100"],
  ["throughput within it, one clock for all", (found) => times(found.withinArea.speedUp, 1)],
  ["throughput within it, each at its own clock", (found) => times(found.withinArea.speedUpAtOwnClock, 1)],
  ["throughput at the reference's weight bandwidth", (found) => times(found.withinWeightBandwidth.speedUp, 1)],
  ["memory against 32-bit floating point", (found) => `${times(found.memorySaving.againstFloat32, 1)} less`],
  ["memory against 12-bit fixed point", (found) => `${times(found.memorySaving.againstFixed12, 1)} less`],
];

function claimsTable({ output: { networks } }) {
  const { designs, claims } = networks.at(-1);
  const foundOf = ({ precision }) => claims.find((claim) => claim.precision === precision)?.measured;
  const cell = (design, value, ratio) => (ratio && foundOf(design) ? `${value(design)} (${ratio(foundOf(design))})` : value(design));
  const rows = [
    ...claimRows.map(([title, value, ratio]) => [title, ...designs.map((design) => cell(design, value, ratio))]),
    ...comparedRows.map(([title, value, ofReference = "1"]) => [title, ...designs.map((design) => (foundOf(design) ? value(foundOf(design)) : ofReference))]),
  ];
  const titles = designs.map(({ precision }, index) => [precisionNames[precision], (row) => row[index + 1]]);
  return tableFrom(rows, [["", ([title]) => title], ...titles]);
}

/** Packed inference against ONNX Runtime on one thread. */
function inferTable({ output: { rows } }) {
  const names = [...new Set(rows.map(({ engine }) => engine))].filter((engine) => /^packed (?:ternary|binary)/.test(engine));
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  const rowOf = (engine, workload) => rows.find((row) => row.engine === engine && row.workload === workload);
  return tableFrom(names, [
    ["engine", (engine) => engine],
    ...workloads.flatMap((workload) => [
      [`${workload}, µs`, (engine) => figure(rowOf(engine, workload).seconds * 1e6, 1)],
      ["times as fast as ONNX Runtime", (engine) => times(rowOf(engine, workload).timesOnnxRuntime, 1)],
    ]),
  ]);
}

/** What the accelerator's integers lose against the float model. */
function lostTable(measurements) {
  const named = {
    "score-quickstart": "Moby Dick, 256 ternary units (the quickstart)",
    "score-quickstart-8-bit": "the same with 8-bit activations",
    "score-war-and-peace": "War & Peace, 512 ternary units",
  };
  return tableFrom(Object.entries(named), [
    ["", ([, title]) => title],
    ["predictions", ([name]) => figure(measurements[name].output.timesteps)],
    ["float, bits per character", ([name]) => figure(measurements[name].output.float.bitsPerPrediction, 4)],
    ["integers", ([name]) => figure(measurements[name].output.integers.bitsPerPrediction, 4)],
  ]);
}

/** Cycles and differences of one verification. */
function proofTable({ output: { scheduleCycles, simulators } }) {
  const schedule = { name: "schedule", version: "", cycles: scheduleCycles };
  return tableFrom([schedule, ...simulators], [
    ["", ({ name, version }) => `${name} ${version}`.trim()],
    ["cycles", ({ cycles }) => figure(cycles)],
    ["differences", ({ mismatches }) => (mismatches === undefined ? "" : figure(mismatches))],
  ]);
}

const tables = {
  lost: (measurements) => lostTable(measurements),
  proof: (measurements) => proofTable(measurements["verify-quickstart"]),
  infer: (measurements) => inferTable(measurements.infer),
  "hardware-claims": (measurements) => claimsTable(measurements.hardware),
  "hardware-columns": (measurements) => columnsTable(measurements.hardware),
  measurements: (measurements) => listOfMeasurements(measurements),
  "delta-text": (measurements) => deltaTable(measurements["delta-text"]),
  "delta-digits": (measurements) => deltaTable(measurements["delta-digits"]),
};

/** @throws Error for a name without a table, or a table without its measurement */
export function tableOf(measurements, name) {
  if (!Object.hasOwn(tables, name)) {
    throw new Error(`<!--table ${name}-->: there is no such table; there are ${Object.keys(tables).join(", ")}.`);
  }
  return tables[name](measurements);
}
