import { cellHardware } from "../cells/cells.js";
import { idleReasons, idleText, stateAt, summarise, type IdleReason, type ScheduleSummary } from "./schedule.js";
import type { AcceleratorShape, Cell } from "./shape.js";
import { busyUnits, columnsPerCycle, gateStarts, timing } from "./timing.js";

/** Colours that read on a dark and on a light page; text and frames take the page's own colour. */
const colour = {
  reset: "#e0803a",
  busy: "#2f9e44",
  rom: "#3b8eea",
  scale: "#b8860b",
  lookUp: "#a05fb0",
  elementWise: "#d64545",
  writeBack: "#2a9fb8",
} as const;

const idleColour: Readonly<Record<IdleReason, string>> = {
  "rom-latency": colour.rom,
  "look-up-port": colour.lookUp,
  "reset-gate": colour.reset,
  recurrence: colour.elementWise,
};

const shortReason: Readonly<Record<IdleReason, string>> = {
  "rom-latency": "ROM port",
  "look-up-port": "look-up port",
  "reset-gate": "reset gate",
  recurrence: "recurrence",
};

const width = 760;
const strip = { x: 12, y: 46, width: 736, height: 44 } as const;

const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
const round = (value: number): string => String(Math.round(value * 100) / 100);
const escape = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

interface TextOptions {
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly faint?: boolean;
  readonly bold?: boolean;
}

function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { size = 12, anchor = "start", faint = false, bold = false } = options;
  const style = `font-size="${size}" text-anchor="${anchor}"${bold ? ' font-weight="600"' : ""}${faint ? ' opacity="0.7"' : ""}`;
  return `<text x="${round(x)}" y="${round(y)}" fill="currentColor" ${style}>${escape(content)}</text>`;
}

function bar(x: number, y: number, barWidth: number, height: number, fill: string, title = ""): string {
  const hover = title === "" ? "" : `<title>${escape(title)}</title>`;
  const place = `x="${round(x)}" y="${round(y)}" width="${round(barWidth)}" height="${round(height)}"`;
  return `<rect ${place} fill="${fill}">${hover}</rect>`;
}

/** A stretch of cycles in which the array is equally busy, or rests for one reason. */
interface Stretch {
  readonly from: number;
  /** First cycle after it. */
  readonly to: number;
  readonly busy: number;
  readonly idle: IdleReason | null;
}

/** The timestep in stretches; cycles too short to see on the strip are averaged. */
function stretches(shape: AcceleratorShape): Stretch[] {
  const plan = timing(shape);
  const bins = Math.min(plan.cyclesPerTimestep, strip.width);
  const found: Stretch[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * plan.cyclesPerTimestep) / bins);
    const to = Math.floor(((bin + 1) * plan.cyclesPerTimestep) / bins);
    const busy = busyUnits(shape, plan, from, to);
    const idle = busy === 0 ? stateAt(shape, from).idle : null;
    const previous = found.at(-1);
    if (previous?.busy === busy && previous.idle === idle) {
      found[found.length - 1] = { ...previous, to };
    } else {
      found.push({ from, to, busy, idle });
    }
  }
  return found;
}

/** Busy MAC units over the timestep; idle stretches lie flat in their reason's colour. */
function timeStrip(shape: AcceleratorShape): string {
  const plan = timing(shape);
  const at = (cycle: number): number => strip.x + (cycle * strip.width) / plan.cyclesPerTimestep;
  const bottom = strip.y + strip.height;
  const bars = stretches(shape).map(({ from, to, busy, idle }) => {
    const cycles = to - from === 1 ? `cycle ${count(from)}` : `cycles ${count(from)} to ${count(to - 1)}`;
    const height = idle ? 4 : (strip.height * busy) / shape.macUnits;
    const fill = idle ? idleColour[idle] : colour.busy;
    const title = idle ? idleText(idle, shape) : `${round(busy)} units busy`;
    return bar(at(from), bottom - height, Math.max(1, at(to) - at(from)), height, fill, `${cycles}: ${title}`);
  });
  const labels = gateStarts(shape, plan).map(({ cycle, gates }) =>
    text(at(cycle), bottom + 16, `gate ${gates.join(", ")}`, { size: 11, faint: true }),
  );
  return [...bars, ...labels].join("");
}

function blocks(summary: ScheduleSummary): string {
  const { shape, romWords } = summary;
  const list: [name: string, detail: string, stroke: string][] = [
    ["Weight ROM", `${count(romWords.recurrent + romWords.input)} words of ${count(romWords.bitsPerWord)} bit`, colour.rom],
    ["Accumulate array", `${count(shape.macUnits)} units${columnsText(shape)}, ${shape.precision}`, colour.busy],
    ["Scale · shift", "1 row a cycle", colour.scale],
    [lookUpTitle(shape), "1 look-up a cycle", colour.lookUp],
    ["Element-wise", "1 unit a cycle", colour.elementWise],
    [stateTitle(shape), `${count(shape.units)} units`, colour.writeBack],
  ];
  const widths = [148, 132, 98, 108, 98, 92];
  const y = 132;
  let x = strip.x;
  return list
    .map(([name, detail, stroke], index) => {
      const blockWidth = widths[index] ?? 100;
      const middle = x + blockWidth / 2;
      const box = `<rect x="${x}" y="${y}" width="${blockWidth}" height="52" rx="5" fill="none" stroke="${stroke}" stroke-width="1.5"/>`;
      const arrow = index === 0 ? "" : `<path d="M${x - 11} ${y + 26}h8m-4 -3l4 3l-4 3" fill="none" stroke="currentColor"/>`;
      x += blockWidth + 12;
      const title = text(middle, y + 22, name, { anchor: "middle", bold: true });
      return arrow + box + title + text(middle, y + 39, detail, { size: 10.5, anchor: "middle", faint: true });
    })
    .join("");
}

function legend(summary: ScheduleSummary): string {
  let x = strip.x;
  const entries: [string, string][] = [
    [colour.busy, "busy"],
    ...idleReasons
      .filter((reason) => summary.stalls[reason] > 0)
      .map((reason): [string, string] => [idleColour[reason], `${count(summary.stalls[reason])} idle: ${shortReason[reason]}`]),
  ];
  return entries
    .map(([fill, label]) => {
      const mark = bar(x, 200, 10, 10, fill) + text(x + 15, 209, label, { size: 11, faint: true });
      x += 30 + label.length * 6.4;
      return mark;
    })
    .join("");
}

/**
 * One timestep as a static picture: the time strip of busy MAC units and the blocks. It needs no script, and takes
 * text and line colours from the page, so it reads on a dark and on a light one.
 * @throws InvalidShapeError
 */
export function scheduleSvg(shape: AcceleratorShape): string {
  const summary = summarise(shape);
  const title =
    `${count(summary.cyclesPerTimestep)} cycles per timestep, ` +
    `${(summary.utilisation * 100).toFixed(1)} % of ${count(shape.macUnits)} MAC units busy`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 222" width="${width}" height="222" role="img" ` +
    `aria-label="${escape(title)}" font-family="system-ui, sans-serif" style="max-width:100%;height:auto">` +
    text(strip.x, 18, title, { size: 13, bold: true }) +
    text(strip.x, 36, "busy MAC units over one timestep", { size: 11, faint: true }) +
    timeStrip(shape) +
    blocks(summary) +
    legend(summary) +
    "</svg>"
  );
}

/** "LSTM", or "GRU, reset before the product" */
export function cellName(shape: Cell): string {
  return `${cellHardware(shape.cell).name}${resetText(shape)}`;
}

/** ", reset before the product", of a GRU alone. */
export function resetText({ reset }: Cell): string {
  return reset === undefined ? "" : `, reset ${reset} the product`;
}

/** "σ / tanh": the functions that are looked up. */
export function lookUpTitle({ cell }: Cell): string {
  return cellHardware(cell).candidate.curve === "tanh" ? "σ / tanh" : "σ";
}

/** "State c, h": the block that holds them. */
export function stateTitle({ cell }: Cell): string {
  return `State ${cellHardware(cell).states.join(", ")}`;
}

/** " of 4 columns": of each MAC unit, where they are several. */
export function columnsText(shape: Pick<AcceleratorShape, "columnsPerCycle">): string {
  return columnsPerCycle(shape) > 1 ? ` of ${columnsPerCycle(shape)} columns` : "";
}

/** The words that tell where a clock comes from. */
export type ClockSource = "as given" | "as remembered from the paper";

const operations = "2 operations per MAC";

/** " at 100 MHz, as given" */
function clockText({ clockMegahertz }: AcceleratorShape, source: ClockSource): string {
  return clockMegahertz === undefined ? "" : ` at ${round(clockMegahertz)} MHz, ${source}`;
}

/** Throughput per cycle; per second too where there is a clock, else how to get one. */
export function throughputLines({
  operationsPerCycle,
  timestepsPerSecond,
  throughputGops,
}: Pick<ScheduleSummary, "operationsPerCycle" | "timestepsPerSecond" | "throughputGops">): [name: string, value: string][] {
  const perCycle: [string, string] = [
    "throughput",
    `${round(operationsPerCycle.effective)} of ${round(operationsPerCycle.peak)} operations a cycle (${operations})`,
  ];
  if (timestepsPerSecond === undefined || throughputGops === undefined) {
    return [perCycle, ["clock", "none given: a report finds the highest; --clock, or clockMegahertz in a cell, gives figures per second"]];
  }
  const gops = `${round(throughputGops.effective)} GOPS of ${round(throughputGops.peak)} GOPS peak (${operations})`;
  return [perCycle, ["timesteps a second", count(timestepsPerSecond)], ["at that clock", gops]];
}

/** The figures of a schedule as aligned lines of plain text. */
export function scheduleText(summary: ScheduleSummary, source: ClockSource = "as given"): string {
  const { shape, romWords, stalls, latencyMicroseconds } = summary;
  const input = `${count(shape.inputs)} ${shape.inputKind} inputs`;
  const lines: [string, string][] = [
    ["network", `${cellName(shape)}, ${count(shape.units)} units, ${input}, ${shape.precision} weights`],
    ["array", `${count(shape.macUnits)} MAC units${columnsText(shape)}${clockText(shape, source)}, ${summary.groups} groups of rows`],
    ["cycles per timestep", `${count(summary.cyclesPerTimestep)}${latencyMicroseconds === undefined ? "" : ` (${round(latencyMicroseconds)} µs)`}`],
    ["MAC operations", count(summary.macOperations)],
    ["MAC units busy", `${(summary.utilisation * 100).toFixed(1)} %`],
    ...throughputLines(summary),
    ...idleReasons
      .filter((reason) => stalls[reason] > 0)
      .map((reason): [string, string] => ["idle cycles", `${count(stalls[reason])}  ${idleText(reason, shape)}`]),
    ["unused MAC slots", `${count(summary.unusedSlots)} (the last group has fewer rows)`],
    [
      "weight ROM",
      `${count(romWords.recurrent)} + ${count(romWords.input)} words of ${count(romWords.bitsPerWord)} bit (recurrent + input)`,
    ],
    ["critical loop", summary.criticalLoop.description],
  ];
  return lines.map(([name, value]) => `${name.padEnd(20)} ${value}`).join("\n");
}
