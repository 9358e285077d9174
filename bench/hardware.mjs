import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { describeMachine } from "./statistics.mjs";

/**
 * The hardware claims of the paper on an open flow: areas of generated Verilog by Yosys and OSU 0.18 µm cells, clocks and
 * power by OpenSTA of each design's flattened, buffered netlist with all its MAC units, toggles of the MAC array's gates by Icarus
 * Verilog, throughput by the schedule. `node bench/hardware.mjs [--json] [--liberty FILE] [--columns 1,4,8] [--units 1000]
 * [--memory-access NS] [--memory-setup NS]`.
 */

const argument = (name) => {
  const place = process.argv.indexOf(`--${name}`);
  return place === -1 ? undefined : process.argv[place + 1];
};
const numbers = (name, all) => argument(name)?.split(",").map(Number) ?? all;

const here = dirname(fileURLToPath(import.meta.url));
const networks = [
  { name: "H 512", units: 512, inputs: 83 },
  { name: "H 1000", units: 1000, inputs: 50 },
].filter(({ units }) => numbers("units", [512, 1000]).includes(units));
const precisions = ["full", "binary", "ternary"];
/** Of which the largest network is measured again. */
const columnCounts = numbers("columns", [1, 2, 4, 8, 16]);
/** Of the full-precision reference; the other designs may take its area. */
const referenceMacs = 100;
/** Any: throughput is told at each design's own. */
const clockMegahertz = 400;

async function importProduct() {
  const outfile = join(here, "../dist/bench/hardware.mjs");
  const contents = [
    'export { fixModel } from "./hardware/fixModel.js";',
    'export { layerShapes } from "./hardware/layerShapes.js";',
    'export { randomNetwork, randomSequence } from "./hardware/randomNetwork.js";',
    'export { measureArea, totalArea } from "./hardware/report/areaModel.js";',
    'export { findIcarus } from "./hardware/report/gateSimulation.js";',
    'export { readLiberty } from "./hardware/report/liberty.js";',
    'export { findOpenSta } from "./hardware/report/opensta.js";',
    'export { synthesiseFlat } from "./hardware/report/asicSynthesis.js";',
    'export { assumedMemoryTiming, memoryTimingInWords } from "./hardware/report/memoryCells.js";',
    'export { energyPerCycle, readCells } from "./hardware/report/timingPart.js";',
    'export { togglePart } from "./hardware/report/togglePart.js";',
    'export { findYosys } from "./hardware/report/yosys.js";',
    'export { accountMemory } from "./hardware/rom/memory.js";',
    'export { summariseNetwork } from "./hardware/schedule/network.js";',
    'export { largestMacUnitsWithin, presets, presetSource } from "./hardware/schedule/presets.js";',
    'export { storedWeightBits } from "./hardware/schedule/shape.js";',
  ].join("\n");
  const stdin = { contents, resolveDir: join(here, "../src"), loader: "ts" };
  const loader = { ".v": "text" };
  await build({ stdin, bundle: true, loader, platform: "node", format: "esm", packages: "external", outfile, logLevel: "warning" });
  return import(pathToFileURL(outfile).href);
}

/** One design: its area with any number of MAC units from a few lanes, and the netlist that it really is with some. */
async function measureCells(product, tools, { units, inputs }, precision, columnsPerCycle) {
  const network = product.randomNetwork({ seed: 1, cell: "lstm", precision, units, inputs });
  const model = product.fixModel(network, { columnsPerCycle });
  const netlists = await product.measureArea(model, tools.yosys, tools.liberty);
  const [{ macUnit, registers }] = netlists.arrays;
  const areaOf = (macUnits) => product.totalArea(netlists, macUnits);
  const schedule = (macUnits) => product.summariseNetwork(product.layerShapes(model, { macUnits, clockMegahertz }));
  const timed = new Map();
  return {
    network,
    model,
    netlists,
    precision,
    accumulatorBits: model.layers[0].bits.recurrentSum,
    macUnitArea: macUnit.area,
    laneArea: macUnit.area + registers.area,
    sharedArea: areaOf(referenceMacs) - referenceMacs * (macUnit.area + registers.area),
    areaOf,
    cyclesAt: (macUnits) => schedule(macUnits).cyclesPerTimestep,
    /** The flattened, buffered netlist with so many MAC units: its area, clock and power, each design synthesised once. */
    async at(macUnits) {
      if (!timed.has(macUnits)) {
        timed.set(macUnits, await measureNetlist(product, tools, model, macUnits, areaOf(macUnits), schedule(macUnits), columnsPerCycle, precision));
      }
      return timed.get(macUnits);
    },
  };
}

async function measureNetlist(product, tools, model, macUnits, areaOfModules, { cyclesPerTimestep, throughputGops }, columnsPerCycle, precision) {
  const began = performance.now();
  const flat = await product.synthesiseFlat(model, macUnits, tools.yosys, tools.liberty);
  const seconds = (performance.now() - began) / 1000;
  const { reading } = await product.readCells(flat, macUnits, tools.memory, tools.liberty, tools.sta);
  console.error(`  ${macUnits} MAC units flattened in ${seconds.toFixed(0)} s: ${(flat.area / 1e6).toFixed(2)} mm², ${reading.periodNanoseconds} ns`);
  return {
    macUnits,
    area: flat.area,
    /** What the sum of separately mapped modules foretells, by which the number of MAC units was chosen. */
    areaOfModules,
    cells: flat.cells,
    seconds,
    periodNanoseconds: reading.periodNanoseconds,
    startPoint: reading.startPoint,
    endPoint: reading.endPoint,
    cyclesPerTimestep,
    gopsAtOwnClock: (throughputGops.effective / clockMegahertz) * (1e3 / reading.periodNanoseconds),
    picojoulesPerCycle: product.energyPerCycle(reading),
    weightBitsPerCycle: macUnits * columnsPerCycle * product.storedWeightBits({ precision }),
  };
}

/** One design of one column a cycle, with what gates do in it. */
async function measureDesign(product, tools, { units, inputs }, precision) {
  const { network, model, netlists, ...design } = await measureCells(product, tools, { units, inputs }, precision, 1);
  const { arrays: [toggles] } = await product.togglePart(model, netlists, product.randomSequence(network, 1, 20), tools.liberty, tools.icarus);
  return {
    ...design,
    toggles: Object.fromEntries(Object.entries(toggles).map(([name, { value }]) => [name, value])),
    memory: product.accountMemory(model, referenceMacs),
  };
}

/**
 * The netlist of a design with as many MAC units as fit, or fewer where more save no cycle: the one look-up port takes one row a
 * cycle. The number is chosen by areas of modules; where the flattened netlist is larger than the area all the same, by fewer.
 */
async function withinArea(product, { areaOf, cyclesAt, at }, base, choose) {
  for (let budget = base.areaOfModules; ; ) {
    const netlist = await at(choose(product.largestMacUnitsWithin(budget, areaOf), cyclesAt));
    if (netlist.area <= base.area) {
      return netlist;
    }
    budget = Math.min((budget * base.area) / netlist.area, areaOf(netlist.macUnits - 1));
  }
}

const asMany = (most) => most;

function fewestCycles(most, cyclesAt) {
  const cycles = Array.from({ length: most }, (_, index) => cyclesAt(index + 1));
  return cycles.indexOf(Math.min(...cycles)) + 1;
}

/** What several columns a cycle bring, in the area of the reference with one. */
async function measureColumns(product, tools, network, designs) {
  const [reference] = designs;
  const base = await reference.at(referenceMacs);
  const rows = [];
  for (const precision of precisions) {
    for (const columnsPerCycle of columnCounts) {
      console.error(`${network.name}, ${precision}, ${columnsPerCycle} columns a cycle`);
      const known = designs.find((design) => columnsPerCycle === 1 && design.precision === precision);
      const design = known ?? (await measureCells(product, tools, network, precision, columnsPerCycle));
      const netlist = await withinArea(product, design, base, fewestCycles);
      const speedUp = base.cyclesPerTimestep / netlist.cyclesPerTimestep;
      const areaPerMac = design.laneArea / columnsPerCycle;
      rows.push({
        precision,
        columnsPerCycle,
        areaPerMac,
        areaPerMacRatio: reference.laneArea / areaPerMac,
        ...netlist,
        speedUp,
        speedUpAtOwnClock: (speedUp * base.periodNanoseconds) / netlist.periodNanoseconds,
        speedUpPerArea: (speedUp * base.area) / netlist.area,
      });
    }
  }
  return rows;
}

async function compare(product, reference, design) {
  const base = await reference.at(referenceMacs);
  const inArea = await withinArea(product, design, base, asMany);
  const bandwidthUnits = Math.floor(base.weightBitsPerCycle / product.storedWeightBits({ precision: design.precision }));
  const same = await design.at(referenceMacs);
  const speedUp = (cycles) => base.cyclesPerTimestep / cycles;
  return {
    macUnitAreaRatio: reference.macUnitArea / design.macUnitArea,
    laneAreaRatio: reference.laneArea / design.laneArea,
    acceleratorAreaRatio: base.area / same.area,
    energyOfTogglesRatio: reference.toggles.perOperation / design.toggles.perOperation,
    energyPerCycleRatio: base.picojoulesPerCycle / same.picojoulesPerCycle,
    withinArea: {
      ...inArea,
      speedUp: speedUp(inArea.cyclesPerTimestep),
      speedUpAtOwnClock: (speedUp(inArea.cyclesPerTimestep) * base.periodNanoseconds) / inArea.periodNanoseconds,
    },
    withinWeightBandwidth: {
      macUnits: bandwidthUnits,
      weightBitsPerCycle: bandwidthUnits * product.storedWeightBits({ precision: design.precision }),
      speedUp: speedUp(design.cyclesAt(bandwidthUnits)),
      areaRatio: design.areaOf(bandwidthUnits) / base.areaOfModules,
    },
    memorySaving: {
      againstFloat32: design.memory.againstFloat32.allCounted,
      againstFixed12: design.memory.againstFixed12.allCounted,
      weightsOnlyAgainstFixed12: design.memory.againstFixed12.weightsOnly,
    },
  };
}

/** Figures of the paper's table as ratios to its full-precision design; remembered, not verified. */
function remembered({ presets, presetSource }, precision) {
  const find = (name, weights) => presets.find((preset) => preset.name === name && preset.precision === weights).published;
  const reference = find("full-precision", "full");
  const low = find("low-power", precision);
  const high = find("high-speed", precision);
  return {
    source: presetSource,
    acceleratorAreaRatio: reference.squareMillimetres / low.squareMillimetres,
    powerRatio: reference.milliwatts / low.milliwatts,
    speedUpWithinArea: high.gops / reference.gops,
  };
}

async function measureNetwork(product, tools, network) {
  const designs = [];
  for (const precision of precisions) {
    console.error(`${network.name}, ${precision}`);
    designs.push(await measureDesign(product, tools, network, precision));
  }
  const [reference, ...others] = designs;
  const shown = [];
  for (const { at, areaOf: _, cyclesAt: __, memory: ___, ...measured } of designs) {
    shown.push({ ...measured, at100: await at(referenceMacs) });
  }
  const claims = [];
  for (const design of others) {
    claims.push({ precision: design.precision, measured: await compare(product, reference, design), paper: remembered(product, design.precision) });
  }
  return {
    ...network,
    designs: shown,
    claims,
    ...(network === networks.at(-1) && { columns: await measureColumns(product, tools, network, designs) }),
  };
}

function inWords({ tools, networks: measured }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const whole = (value) => Math.round(value).toLocaleString("en-US");
  const times = (value) => `${value.toFixed(2)}x`;
  const largest = measured.at(-1);
  const designs = measured.flatMap(({ name, designs: rows }) =>
    rows.map(({ precision, accumulatorBits, macUnitArea, laneArea, sharedArea, toggles, at100 }) =>
      line([name, precision, accumulatorBits, whole(macUnitArea), whole(laneArea), whole(sharedArea), whole(at100.area), at100.periodNanoseconds.toFixed(2), whole(at100.picojoulesPerCycle), toggles.perOperation.toFixed(1), toggles.clock.toFixed(1), toggles.vectorless.toFixed(1), toggles.activity.toFixed(2)]),
    ),
  );
  const claims = measured.flatMap(({ name, claims: rows }) =>
    rows.flatMap(({ precision, measured: found, paper }) => {
      const { withinArea, withinWeightBandwidth, memorySaving } = found;
      const row = (what, value, published = "") => line([name, precision, what, value, published]);
      return [
        row("area of a MAC unit", times(found.macUnitAreaRatio)),
        row("area of a MAC unit with its registers in the array", times(found.laneAreaRatio)),
        row(`area of the accelerator, ${referenceMacs} MAC units`, times(found.acceleratorAreaRatio), times(paper.acceleratorAreaRatio)),
        row(`energy of a cycle, ${referenceMacs} MAC units, vectorless`, times(found.energyPerCycleRatio), times(paper.powerRatio)),
        row("energy of a multiply-accumulate in the array, by toggles of gates", times(found.energyOfTogglesRatio)),
        row(`speed-up within the area, ${withinArea.macUnits} MAC units, equal clock`, times(withinArea.speedUp), times(paper.speedUpWithinArea)),
        row("the same, each at its own clock", times(withinArea.speedUpAtOwnClock)),
        row(`speed-up within ${withinWeightBandwidth.weightBitsPerCycle} weight bits a cycle, ${withinWeightBandwidth.macUnits} MAC units`, times(withinWeightBandwidth.speedUp)),
        row("its area against the reference", times(withinWeightBandwidth.areaRatio)),
        row("memory saving against 32 bit, all constants counted", times(memorySaving.againstFloat32)),
        row("memory saving against 12 bit, all constants counted", times(memorySaving.againstFixed12)),
      ];
    }),
  );
  return [
    `${tools.yosys}, ${tools.sta}, ${tools.icarus}, ${tools.liberty}; areas in µm²; no wires or clock tree; ${tools.memory}.`,
    "Clocks, areas and power of accelerators: of the flattened, buffered netlist with so many MAC units, no cell driving more than its library allows.",
    "",
    line(["network", "weights", "accumulator bits", "MAC unit", "with its registers", "shared blocks", `accelerator, ${referenceMacs} MACs`, "slowest path ns", "pJ a cycle", "pJ a MAC by toggles", "of it clock pins", "at 0.2 toggles", "toggles of a net and cycle"]),
    line(Array(13).fill("---")),
    ...designs,
    "",
    line(["network", "weights", "against full precision", "measured here", `paper (${measured[0].claims[0].paper.source})`]),
    line(Array(5).fill("---")),
    ...claims,
    "",
    `Several columns a cycle, ${largest.name}, within the area of the full-precision reference of ${referenceMacs} MAC units and one column:`,
    "",
    line(["weights", "columns", "area of a MAC a cycle", "against the reference", "MAC units", "accelerator mm²", "cycles", "speed-up", "each at its own clock", "per area", "slowest path ns"]),
    line(Array(11).fill("---")),
    ...largest.columns.map((row) =>
      line([
        row.precision, row.columnsPerCycle, whole(row.areaPerMac), times(row.areaPerMacRatio), row.macUnits, (row.area / 1e6).toFixed(2),
        whole(row.cyclesPerTimestep), times(row.speedUp), times(row.speedUpAtOwnClock), times(row.speedUpPerArea), row.periodNanoseconds.toFixed(2),
      ]),
    ),
  ].join("\n");
}

const product = await importProduct();
const tools = {
  memory: {
    accessNanoseconds: Number(argument("memory-access") ?? product.assumedMemoryTiming.accessNanoseconds),
    setupNanoseconds: Number(argument("memory-setup") ?? product.assumedMemoryTiming.setupNanoseconds),
  },
  liberty: await product.readLiberty(argument("liberty")),
  yosys: await product.findYosys(),
  sta: await product.findOpenSta(),
  icarus: await product.findIcarus(),
};
const found = [];
for (const network of networks) {
  found.push(await measureNetwork(product, tools, network));
}
const result = {
  bench: "hardware",
  machine: describeMachine(),
  tools: {
    yosys: `${tools.yosys.tool} ${tools.yosys.version}`,
    sta: `${tools.sta.tool} ${tools.sta.version}`,
    icarus: `${tools.icarus.tool} ${tools.icarus.version}`,
    liberty: `${tools.liberty.name} (${tools.liberty.node})`,
    memory: product.memoryTimingInWords(tools.memory),
  },
  networks: found,
};
console.log(process.argv.includes("--json") ? JSON.stringify(result) : inWords(result));
