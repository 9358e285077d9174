import { printableLine } from "../../text/printable.js";
import type { Figure } from "./figure.js";
import { resourceNames } from "./fpgaDevices.js";
import type { AreaPart, EnergyPart, FpgaPart, HardwareReport, MemoryPart, TimingPart, TogglePart } from "./reportSchema.js";

type Row = readonly string[];

/** A report as Markdown, with every number's node, tool, version and source. */
export function reportMarkdown({ subject, memory, area, timing, energy, fpga }: HardwareReport): string {
  return [
    "# Hardware report",
    `${subject}.`,
    "## Memory",
    memoryText(memory),
    "## Area",
    areaText(area),
    "## Timing",
    timingText(timing),
    "## Energy",
    energyText(energy),
    "## FPGA resources",
    fpgaText(fpga),
    "",
  ].join("\n\n");
}

function memoryText(memory: MemoryPart): string {
  return figureTable([
    ["weights", memory.weights],
    ["scales", memory.scales],
    ["shifts", memory.shifts],
    ["initial states", memory.initialStates],
    ["look-up tables", memory.lookUpTables],
    ["unused lanes of the last row group", memory.padding],
    ["**ROMs of the recurrent layers, as placed**", memory.shipped],
    ...optionalRow("output layer and word vectors, on the host in 32-bit floating point", memory.host),
    ["the recurrent layers in 32-bit floating point", memory.float32],
    ["the recurrent layers in 12-bit fixed point", memory.fixed12],
    ["**the recurrent layers against 32-bit floating point, all constants and tables counted**", memory.savingAgainstFloat32],
    ...optionalRow("**the whole model against 32-bit floating point**", memory.wholeModelSavingAgainstFloat32),
    ["the recurrent layers against 12-bit fixed point, all constants and tables counted", memory.savingAgainstFixed12],
    ...optionalRow("the whole model against 12-bit recurrent layers with the same output layer", memory.wholeModelSavingAgainstFixed12),
    ["weights of the recurrent layers alone against 32-bit floating point", memory.weightSavingAgainstFloat32],
    ["weights of the recurrent layers alone against 12-bit fixed point", memory.weightSavingAgainstFixed12],
  ]);
}

function optionalRow(name: string, value: Figure | undefined): [string, Figure][] {
  return value === undefined ? [] : [[name, value]];
}

function areaText({ macUnits, blocks, ofBlocks, total, cells, lanes, stateMemoryBits, scaled }: AreaPart): string {
  const share = ({ value }: Figure): string => `${((100 * value) / ofBlocks.value).toFixed(1)} %`;
  const rows = blocks.map(({ block, area, cells: own }) => [block, amount(area), share(area), number(own.value)]);
  const parts = [
    table([
      ["block", "area", "share", "cells"],
      ...rows,
      ["all blocks", amount(ofBlocks), "", ""],
      ["**total, flattened**", amount(total), "", number(cells.value)],
    ]),
    `Blocks: ${provenance(ofBlocks)}\nTotal: ${provenance(total)} It is ${differenceInWords(total.value, ofBlocks.value)} the blocks together.`,
    "Cells only. Weights, constants and look-up tables are ROM, states are memory: both are counted in bits and in no area.",
    figureTable([
      ...lanes.flatMap(({ macUnit, registers }, layer): [string, Figure][] => {
        const of = lanes.length === 1 ? "" : `layer ${layer}: `;
        return [[`${of}each of the ${macUnits} MAC units`, macUnit], [`${of}its registers in the array`, registers]];
      }),
      ["state memories and stream buffers", stateMemoryBits],
      ...scaled.map((figure): [string, Figure] => [`total, scaled to ${figure.node}`, figure]),
    ]),
  ];
  return parts.join("\n\n");
}

/** "1.2 % below" */
function differenceInWords(value: number, other: number): string {
  const percent = (100 * (value - other)) / other;
  return `${Math.abs(percent).toFixed(1)} % ${percent < 0 ? "below" : "above"}`;
}

function timingText({ cyclesPerTimestep, throughput, cells }: TimingPart): string {
  const ofThroughput: [string, Figure][] =
    "missing" in throughput
      ? []
      : [
          [throughput.origin === "found" ? "clock of what follows: the highest found" : "clock of what follows: as given", throughput.clock],
          ["timesteps a second", throughput.timestepsPerSecond],
          ["throughput of useful operations", throughput.effectiveThroughput],
          ["throughput with all MAC units busy", throughput.peakThroughput],
        ];
  const ofCells: [string, Figure][] = "missing" in cells ? [] : [["slowest path", cells.period], ["highest clock", cells.frequency]];
  return [
    ...unreachableText(throughput, cells),
    figureTable([["cycles of a timestep", cyclesPerTimestep], ...ofCells, ...ofThroughput]),
    "missing" in cells ? `No timing of cells: ${cells.missing}` : `The slowest path begins at ${cells.startPoint} and ends at ${cells.endPoint}.`,
    ...("missing" in throughput ? ["No throughput, as no clock was found; give one (--clock MHZ)."] : []),
  ].join("\n\n");
}

function unreachableText(throughput: TimingPart["throughput"], cells: TimingPart["cells"]): string[] {
  return "missing" in throughput || "missing" in cells || throughput.isReachable !== false
    ? []
    : [`**These cells do not reach the clock that was given, ${amount(throughput.clock)}: their highest is ${amount(cells.frequency)}.** All figures at a clock are of the unreachable one.`];
}

function energyText({ table: counted, cells, toggles }: EnergyPart): string {
  const [columns] = counted.recurrentColumns as [Figure, ...Figure[]];
  const ofTable = figureTable([
    ["multiply-accumulates", counted.multiplyAccumulate],
    ["reads of weights", counted.weightReads],
    ["reads and writes of hidden states", counted.hiddenStates],
    ["reads and writes of gates", counted.gates],
    ["reads and writes of cell states", counted.cellStates],
    ["reads of scales and shifts", counted.constantReads],
    ["reads of look-up tables", counted.lookUpTables],
    ["reads and writes of frames at input, between layers and at output", counted.streams],
    ["reads and writes of kept sums, references and changes of delta updates", counted.deltaMemories],
    ["scaling, interpolation and element-wise products", counted.postProcessing],
    ["**a timestep**", counted.total],
    ["weight reads, were they all from DRAM", counted.weightReadsFromDram],
  ]);
  const ofCells =
    "missing" in cells
      ? `No power of cells: ${cells.missing}`
      : figureTable([["cells, a cycle", cells.perCycle], ["cells, a timestep", cells.perTimestep], ["cells, at the clock", cells.power]]);
  const ofColumns = `Of recurrent columns a timestep reads ${counted.recurrentColumns.map(({ value }) => number(value)).join(", ")} (${columns.source}).`;
  return [ofColumns, ofTable, ofCells, togglesText(toggles)].join("\n\n");
}

function togglesText(toggles: TogglePart): string {
  if ("missing" in toggles) {
    return `No toggles of gates: ${toggles.missing}`;
  }
  const { arrays } = toggles;
  const rows = arrays.flatMap(({ perOperation, clock, vectorless, activity }, layer): [string, Figure][] => {
    const of = arrays.length === 1 ? "" : `layer ${layer}: `;
    return [
      [`${of}a multiply-accumulate of a lane, by toggles`, perOperation],
      [`${of}of it, the clock's pins`, clock],
      [`${of}the same, vectorless`, vectorless],
      [`${of}mean activity of a net`, activity],
    ];
  });
  return figureTable(rows);
}

function fpgaText({ families, placed }: FpgaPart): string {
  if (families.length === 0) {
    return "None was asked for.";
  }
  const rows = families.map(({ title, luts, carries, flipFlops, blockRams, lutRams, dsps }) => [
    title,
    ...[luts, carries, flipFlops, blockRams, lutRams, dsps].map(({ value }) => number(value)),
  ]);
  const devices = families.flatMap((family) => family.devices);
  const sheets = [...new Set(devices.map(({ logic: { available } }) => `${available.tool}, ${available.version}`))];
  return [
    table([["family", "LUT", "carry", "FF", "block RAM", "LUT RAM", "DSP"], ...rows]),
    families.map(({ luts }) => provenance(luts)).join("\n"),
    "Weights, constants and tables are in the counts, as Yosys maps them.",
    table([["device", "logic", "FF", "block RAM", "DSP", "verdict before placement"], ...devices.map(deviceRow)]),
    `Devices: ${sheets.join("; ")}.`,
    ...(placed ?? []).map(placedText),
  ].join("\n\n");
}

function deviceRow({ device, lacks, logic, flipFlops, blockRams, dsps }: FpgaPart["families"][number]["devices"][number]): Row {
  const verdict = lacks.length === 0 ? "fits" : `does not fit: too few ${lacks.map((resource) => resourceNames[resource]).join(", ")}`;
  return [device, ...[logic, flipFlops, blockRams, dsps].map(({ needed, available }) => ofAvailable(needed, available)), verdict];
}

/** "57 of 208 (27 %)" */
function ofAvailable(used: Figure, available: Figure): string {
  const percent = available.value === 0 ? "" : ` (${((100 * used.value) / available.value).toFixed(0)} %)`;
  return `${number(used.value)} of ${number(available.value)}${percent}`;
}

function placedText(placed: NonNullable<FpgaPart["placed"]>[number]): string {
  if ("missing" in placed) {
    return `Not placed: ${placed.missing}`;
  }
  const { device, frequency, utilisation, path } = placed;
  const rows: Row[] = [
    ["highest clock", amount(frequency)],
    ...utilisation.map(({ resource, used, available }): Row => [resource, ofAvailable(used, available)]),
    ...(path === undefined ? [] : [["slowest path", `${amount(path.delay)}, from ${path.startPoint} to ${path.endPoint}`]]),
  ];
  return [table([[device, "figure"], ...rows]), provenance(frequency)].join("\n\n");
}

/** A table of figures; under it stand the sources of its numbers, each once. */
function figureTable(rows: readonly (readonly [string, Figure])[]): string {
  const sources = [...new Set(rows.map(([, figure]) => provenance(figure)))];
  const mark = (figure: Figure): string => (sources.length === 1 ? "" : ` (${sources.indexOf(provenance(figure)) + 1})`);
  const notes = sources.map((source, index) => (sources.length === 1 ? source : `${index + 1}. ${source}`));
  return [table([["", "figure"], ...rows.map(([name, figure]) => [name, `${amount(figure)}${mark(figure)}`])]), notes.join("\n")].join("\n\n");
}

/** "180 nm; OpenSTA 2.0.17; what was measured." */
function provenance({ node, tool, version, source, scaledBy }: Figure): string {
  const scaling = scaledBy === undefined ? [] : [`times ${scaledBy.factor.toPrecision(3)}: ${scaledBy.reason}`];
  return `${printableLine([...(node === null ? [] : [node]), `${tool} ${version}`, source, ...scaling].join("; "))}.`;
}

function amount({ value, unit }: Figure): string {
  return `${number(value)} ${unit}`;
}

/** Four digits are more than any of these numbers is worth; whole numbers are counts. */
function number(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 10_000) {
    return Math.round(value).toLocaleString("en-US");
  }
  return String(Number(value.toPrecision(4)));
}

/** What tools and libraries call things stays in its cell; the report's own emphasis stays, too. */
function cellText(text: string): string {
  return printableLine(text).replaceAll("|", "\\|");
}

/** Columns are as wide as their longest text, so that the Markdown reads well as it is. */
function table(rows: readonly Row[]): string {
  const [first, ...others] = rows;
  const head = first!.map(cellText);
  const body = others.map((row) => row.map(cellText));
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((row) => row[column]!.length)));
  const line = (row: Row): string => `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
