import { idleText, type IdleReason } from "../schedule.js";
import { gateOfRow, type AcceleratorShape } from "../shape.js";
import { firstRowOf, groupOfRow, groupRows } from "../timing.js";
import { groupStages, groupWait, idleSpans, rowStages, type Span } from "./spans.js";
import { timestepsIn, tracedNetwork, type CycleRange, type TracedLayer } from "./tracedNetwork.js";

/** Lane 0 has the stages, lane 1 what an operation waits for. */
type LaneSpan = Span & { readonly lane: 0 | 1 };

/** One line of the viewer: a timestep of a layer, a group of rows on the array, or one row after it. */
interface Operation {
  readonly layer: number;
  readonly shape: AcceleratorShape;
  readonly label: string;
  readonly tooltip: string;
  /** In order of their start, in cycles of the trace; none is empty. */
  readonly spans: readonly LaneSpan[];
}

const stalls = (spans: readonly Span[]): LaneSpan[] => spans.filter(({ from, to }) => to > from).map((span) => ({ ...span, lane: 1 }));
const stages = (spans: readonly Span[]): LaneSpan[] => spans.map((span) => ({ ...span, lane: 0 }));

function operation(layer: TracedLayer, start: number, named: { label: string; tooltip: string }, spans: LaneSpan[]): Operation {
  const moved = spans.map((span) => ({ ...span, from: span.from + start, to: span.to + start }));
  return { layer: layer.index, shape: layer.shape, ...named, spans: moved.sort((a, b) => a.from - b.from) };
}

const rowName = (shape: AcceleratorShape, row: number): string => {
  const { gate, unit } = gateOfRow(shape, row);
  return `${gate}[${unit}]`;
};

function timestepOperation(layer: TracedLayer, name: string, start: number): Operation {
  const whole: Span = { name: "timestep", from: 0, to: layer.plan.cyclesPerTimestep };
  const tooltip = `cycles ${start} to ${start + whole.to - 1}`;
  return operation(layer, start, { label: name, tooltip }, [...stages([whole]), ...stalls(idleSpans(layer.plan))]);
}

function* groupOperations(layer: TracedLayer, name: string, start: number): Generator<Operation> {
  const { shape, plan } = layer;
  for (let group = 0; group < plan.groups; group++) {
    const firstRow = firstRowOf(shape, plan, group);
    const last = firstRow + groupRows(shape, plan, group) - 1;
    const named = { label: `${name} group ${group}`, tooltip: `rows ${rowName(shape, firstRow)} to ${rowName(shape, last)}` };
    yield operation(layer, start, named, [...stages(groupStages(shape, plan, group)), ...stalls([groupWait(plan, group)])]);
  }
}

function* rowOperations(layer: TracedLayer, name: string, start: number): Generator<Operation> {
  const { shape, plan } = layer;
  for (let row = 0; row < plan.rows; row++) {
    const named = { label: `${name} ${rowName(shape, row)}`, tooltip: `row ${row}, group ${groupOfRow(shape, plan, row)}` };
    yield operation(layer, start, named, stages(rowStages(shape, plan, row)));
  }
}

function* layerOperations(layer: TracedLayer, range: CycleRange): Generator<Operation> {
  for (const { timestep, start } of timestepsIn(layer, range)) {
    const name = `layer ${layer.index} t${timestep}`;
    yield timestepOperation(layer, name, start);
    yield* byStart([groupOperations(layer, name, start), rowOperations(layer, name, start)]);
  }
}

const startOf = ({ spans }: Operation): number => spans[0]!.from;

/** Merges streams that are each in order of start. */
function* byStart(streams: readonly Generator<Operation>[]): Generator<Operation> {
  const heads = streams.map((stream) => ({ stream, head: stream.next().value as Operation | undefined }));
  for (;;) {
    const waiting = heads.filter(({ head }) => head !== undefined);
    const [first] = waiting.sort((a, b) => startOf(a.head!) - startOf(b.head!));
    if (first === undefined) {
      return;
    }
    yield first.head!;
    first.head = first.stream.next().value as Operation | undefined;
  }
}

/** The part of an operation within a range; undefined where nothing of it is. */
function clipped(whole: Operation, { from, to }: CycleRange): Operation | undefined {
  const spans = whole.spans
    .map((span) => ({ ...span, from: Math.max(from, span.from), to: Math.min(to, span.to) }))
    .filter((span) => span.to > span.from);
  return spans.length > 0 ? { ...whole, spans } : undefined;
}

/** What is to be written in which cycle; it never holds more than the operations under way. */
class Agenda {
  private readonly lines = new Map<number, string[]>();
  private readonly retiring = new Map<number, number[]>();
  private operations = 0;
  private retired = 0;

  add({ layer, shape, label, tooltip, spans }: Operation): void {
    const id = this.operations++;
    this.line(spans[0]!.from, `I\t${id}\t${id}\t${layer}`, `L\t${id}\t0\t${label}`, `L\t${id}\t1\t${tooltip}`);
    for (const { lane, name, from, to } of spans) {
      this.line(from, `S\t${id}\t${lane}\t${name}`, ...(lane === 1 ? [`L\t${id}\t2\t${idleText(name as IdleReason, shape)}`] : []));
      this.line(to, `E\t${id}\t${lane}\t${name}`);
    }
    const end = spans.reduce((last, { to }) => Math.max(last, to), 0);
    this.retiring.set(end, [...(this.retiring.get(end) ?? []), id]);
  }

  private line(cycle: number, ...lines: string[]): void {
    const there = this.lines.get(cycle) ?? [];
    there.push(...lines);
    this.lines.set(cycle, there);
  }

  /** The lines of a cycle, stages that end before those that start. */
  take(cycle: number): string[] {
    const lines = this.lines.get(cycle) ?? [];
    const ended = lines.filter((line) => line.startsWith("E"));
    const others = lines.filter((line) => !line.startsWith("E"));
    const retired = (this.retiring.get(cycle) ?? []).map((id) => `R\t${id}\t${this.retired++}\t0`);
    this.lines.delete(cycle);
    this.retiring.delete(cycle);
    return [...ended, ...retired, ...others];
  }
}

/**
 * The schedule as a Kanata log 0004, which the pipeline viewer Konata opens
 * (github.com/shioyadan/Konata, docs/kanata-log-format.md). A thread is a layer; operations are timesteps, groups of
 * rows on the array, and rows after it; lane 1 says what they wait for.
 * @returns lines, without their ends
 * @throws InvalidShapeError, RangeError
 */
export function* kanata(shapes: readonly AcceleratorShape[], range: Partial<CycleRange> = {}): Generator<string> {
  const network = tracedNetwork(shapes, range);
  const agenda = new Agenda();
  const operations = byStart(network.layers.map((layer) => layerOperations(layer, network)));
  let next = operations.next();
  let written = network.from;
  yield "Kanata\t0004";
  yield `C=\t${network.from}`;
  for (let cycle = network.from; cycle <= network.to; cycle++) {
    for (; !next.done && startOf(next.value) <= cycle; next = operations.next()) {
      const inside = clipped(next.value, network);
      if (inside) {
        agenda.add(inside);
      }
    }
    const lines = agenda.take(cycle);
    if (lines.length > 0 && cycle > written) {
      yield `C\t${cycle - written}`;
      written = cycle;
    }
    yield* lines;
  }
}
