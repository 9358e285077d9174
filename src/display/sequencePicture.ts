import type { LabelledSequences, SequenceData } from "../data/contract.js";
import { escapeHtml } from "../text/markup.js";

/** One sequence as a picture has it. */
interface Shown {
  readonly title: string;
  /** I lines of T values each. */
  readonly lines: readonly Float32Array[];
}

const width = 220;
const height = 80;
const gap = 14;
/** Lines drawn of one sequence at most. */
const mostLines = 6;
/** Points of a line at most; more than two to a pixel show nothing. */
const mostPoints = 440;
/** Middle tones, which read on white and on dark pages alike. */
const colours = ["#3f87cf", "#d9730d", "#2f9e6e", "#b565c9", "#c9504d", "#8a7d2a"];

/** The first sequences of the training part, of different classes where there are several: at most three. */
function shownSequences(data: SequenceData): Shown[] {
  const { train, classes } = data;
  const firstOfClass = classes.map((_, label) => train.labels.indexOf(label)).filter((sequence) => sequence >= 0);
  const others = Array.from(train.labels.subarray(0, 6), (_, sequence) => sequence).filter((sequence) => !firstOfClass.includes(sequence));
  return [...firstOfClass, ...others].slice(0, 3).map((sequence) => ({
    title: `training sequence ${sequence}: ${shortened(classes[train.labels[sequence]!]!)}`,
    lines: linesOf(train, sequence, data),
  }));
}

function shortened(name: string): string {
  return name.length > 24 ? `${name.slice(0, 24)}...` : name;
}

function linesOf({ values }: LabelledSequences, sequence: number, data: Pick<SequenceData, "timesteps" | "width">): Float32Array[] {
  const from = sequence * data.timesteps * data.width;
  const count = Math.min(data.width, mostLines);
  return Array.from({ length: count }, (_, value) => Float32Array.from({ length: data.timesteps }, (_unused, t) => values[from + t * data.width + value]!));
}

function rangeOf(lines: readonly Float32Array[]): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const line of lines) {
    line.forEach((value) => ([low, high] = [Math.min(low, value), Math.max(high, value)]));
  }
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** Three sequences of the training part over time, a line for each value of a timestep, all to one scale. */
export function sequencesSvg(data: SequenceData): string {
  const all = shownSequences(data);
  const range = rangeOf(all.flatMap(({ lines }) => lines));
  const panels = all.map(({ title, lines }, index) => {
    const marks = lines.map((line, value) => polyline(line, range, colours[value]!)).join("");
    return (
      `<g transform="translate(${index * (width + gap)} 16)"><text x="0" y="-4">${escapeHtml(title)}</text>` +
      `<rect width="${width}" height="${height}" fill="none" stroke="#80808066"/>${marks}</g>`
    );
  });
  const total = { width: all.length * (width + gap) - gap, height: height + 34 };
  const [low, high] = range.map((bound) => Number(bound.toPrecision(3)));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total.width} ${total.height}" width="${total.width}" style="max-width:100%" role="img" ` +
    `aria-label="Three sequences of the training part" font-family="sans-serif" font-size="11" fill="#7d7d7d">` +
    `${panels.join("")}<text x="0" y="${total.height - 4}">${data.timesteps} timesteps, values from ${low} to ${high}${moreLines(data.width)}</text></svg>`
  );
}

function moreLines(count: number): string {
  return count > mostLines ? `; the first ${mostLines} of ${count} values` : "";
}

function polyline(line: Float32Array, [low, high]: readonly [number, number], colour: string): string {
  const stride = Math.max(1, Math.ceil(line.length / mostPoints));
  const points: string[] = [];
  for (let t = 0; t < line.length; t += stride) {
    const x = line.length === 1 ? width / 2 : (t / (line.length - 1)) * width;
    points.push(`${x.toFixed(1)},${(height - ((line[t]! - low) / (high - low)) * height).toFixed(1)}`);
  }
  const mark = line.length === 1 ? `<circle cx="${points[0]!.split(",")[0]}" cy="${points[0]!.split(",")[1]}" r="2.5" fill="${colour}"/>` : "";
  return `${mark}<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.2"/>`;
}

const blocks = "▁▂▃▄▅▆▇█";
/** Characters of a line at most. */
const mostBlocks = 60;

/** The same in characters, a line for each sequence's first value. */
export function sequencesText(data: SequenceData): string[] {
  const all = shownSequences(data);
  const [low, high] = rangeOf(all.map(({ lines }) => lines[0]!));
  return all.map(({ title, lines }) => {
    const line = lines[0]!;
    const stride = Math.max(1, Math.ceil(line.length / mostBlocks));
    const marks = Array.from(line.filter((_, t) => t % stride === 0), (value) => blocks[Math.min(7, Math.floor(((value - low) / (high - low)) * 8))]);
    return `${title}  ${marks.join("")}`;
  });
}
