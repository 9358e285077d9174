import { idleReasons } from "../schedule.js";
import type { AcceleratorShape } from "../shape.js";
import { blockSignals } from "./blockSignals.js";
import { statesIn, tracedNetwork, type CycleRange, type LayerState, type TracedLayer } from "./tracedNetwork.js";

/** A variable, and its value in a cycle; null where it has none. */
interface Variable {
  readonly scope: readonly string[];
  readonly name: string;
  readonly width: 1 | 32;
  readonly at: (layers: readonly LayerState[]) => number | null;
}

/** Short identifiers from the printable characters ! to ~ (IEEE 1364-2005, 18.2.1). */
function identifierCode(index: number): string {
  const digit = String.fromCharCode(33 + (index % 94));
  return index < 94 ? digit : identifierCode(Math.floor(index / 94) - 1) + digit;
}

function layerVariables({ index, shape }: TracedLayer): Variable[] {
  const scope = [`layer${index}`];
  const integer = (name: string, of: (at: NonNullable<LayerState>) => number | null): Variable => ({
    scope,
    name,
    width: 32,
    at: (layers) => (layers[index] ? of(layers[index]) : null),
  });
  const blocks = blockSignals(shape).flatMap(({ name, fields, at }): Variable[] => {
    const work = (layers: readonly LayerState[]) => (layers[index] ? at(layers[index].state) : null);
    const busy: Variable = { scope: [...scope, name], name: "busy", width: 1, at: (layers) => (work(layers) ? 1 : 0) };
    return [
      busy,
      ...fields.map((field): Variable => ({ scope: [...scope, name], name: field, width: 32, at: (layers) => work(layers)?.numbers[field] ?? null })),
    ];
  });
  return [
    integer("timestep", ({ timestep }) => timestep),
    integer("cycle", ({ state }) => state.cycle),
    integer("idle_reason", ({ state }) => (state.idle === null ? 0 : idleReasons.indexOf(state.idle) + 1)),
    ...blocks,
  ];
}

function valueChange({ width }: Variable, value: number | null, code: string): string {
  if (width === 1) {
    return `${value ?? "x"}${code}`;
  }
  return `b${value === null ? "x" : value.toString(2)} ${code}`;
}

function* declarations(variables: readonly Variable[]): Generator<string> {
  let open: readonly string[] = [];
  for (const [index, { scope, name, width }] of variables.entries()) {
    const shared = scope.findIndex((part, depth) => open[depth] !== part);
    const common = shared === -1 ? scope.length : shared;
    yield* open.slice(common).map(() => "$upscope $end");
    yield* scope.slice(common).map((part) => `$scope module ${part} $end`);
    open = scope;
    yield `$var wire ${width} ${identifierCode(index + 1)} ${name}${width === 1 ? "" : ` [${width - 1}:0]`} $end`;
  }
  yield* open.map(() => "$upscope $end");
}

/** A cycle of 1 ns, where nobody gave a clock: readable, and said in the file. */
const unclockedPicoseconds = 1000;

/**
 * The schedule as a value change dump (IEEE 1364-2005, clause 18): for each layer and block whether it is busy and with
 * what, changing at the rising edges of `clk`. What rests is x.
 * @returns lines, without their ends
 * @throws InvalidShapeError, RangeError
 */
export function* vcd(shapes: readonly AcceleratorShape[], range: Partial<CycleRange> = {}): Generator<string> {
  const network = tracedNetwork(shapes, range);
  const variables = network.layers.flatMap(layerVariables);
  const { clockMegahertz } = shapes[0]!;
  const picoseconds = clockMegahertz === undefined ? unclockedPicoseconds : Math.max(2, Math.round(1e6 / clockMegahertz));
  const clock = identifierCode(0);
  const reasons = ["works", ...idleReasons].map((reason, code) => `${code} ${reason}`).join(", ");
  yield "$version Tritloom schedule $end";
  yield `$comment idle_reason: ${reasons} $end`;
  if (clockMegahertz === undefined) {
    yield "$comment no clock was given: one cycle is drawn as 1 ns $end";
  }
  yield "$timescale 1 ps $end";
  yield `$var wire 1 ${clock} clk $end`;
  yield* declarations(variables);
  yield "$enddefinitions $end";
  const shown: (number | null | undefined)[] = variables.map(() => undefined);
  for (const { cycle, layers } of statesIn(network)) {
    yield `#${cycle * picoseconds}`;
    yield `1${clock}`;
    for (const [index, variable] of variables.entries()) {
      const value = variable.at(layers);
      if (value !== shown[index]) {
        shown[index] = value;
        yield valueChange(variable, value, identifierCode(index + 1));
      }
    }
    yield `#${cycle * picoseconds + Math.floor(picoseconds / 2)}`;
    yield `0${clock}`;
  }
  yield `#${network.to * picoseconds}`;
}
