import { addressBits } from "../rtl/addressBits.js";
import { cells } from "../cells/cells.js";
import { VcdError, VcdReader } from "./vcd.js";
import type { VcdVariable, VcdVisitor } from "./vcd.js";
import { joinedVectors, vectorDigits, type VcdVector } from "./vcdVectors.js";
import type { TraceEvent, TraceLayer, TraceLayout, TraceSignal, TraceValue } from "./trace.js";

/** What is read of a layer's scope beside its values. */
const strobes = ["gate_valid", "gate_name", "gate_unit", "write", "write_unit", "done"] as const;
const streams = ["out_valid", "out_ready"] as const;

/**
 * The signals of an accelerator in a value change dump. The accelerator is the scope, anywhere in the hierarchy, around
 * `layer_0`; values are those just before each rising edge of the clock while there is no reset.
 * @param chunks the dump's text
 * @param scope end of the accelerator's path, where the dump has several
 * @throws VcdError
 */
export async function* vcdTrace(layout: TraceLayout, chunks: AsyncIterable<string>, scope?: string): AsyncIterable<TraceEvent> {
  const sampler = new Sampler(layout, scope);
  const reader = new VcdReader(sampler);
  for await (const chunk of chunks) {
    reader.push(chunk);
    yield* sampler.takeEvents();
  }
  reader.end();
  sampler.end();
  yield* sampler.takeEvents();
}

/** Samples the dump at clock edges. */
class Sampler implements VcdVisitor {
  private events: TraceEvent[] = [];
  private readonly values = new Map<string, string>();
  /** Changes of the present time: what an edge at this time samples was there before. */
  private changes: [string, string][] = [];
  private now = 0;
  private accelerator: Accelerator | undefined;

  constructor(
    private readonly layout: TraceLayout,
    private readonly scope: string | undefined,
  ) {}

  definitions(variables: readonly VcdVariable[]): void {
    this.accelerator = new Accelerator(this.layout, findAccelerator(variables, this.scope), variables);
    this.accelerator.codes.forEach((code) => this.values.set(code, "x"));
  }

  time(time: number): void {
    this.apply();
    this.now = time;
  }

  change(code: string, value: string): void {
    if (this.values.has(code)) {
      this.changes.push([code, value]);
    }
  }

  /** A simulation that ends at an edge may not have written it. */
  end(): void {
    this.apply();
    const { clock } = this.accelerator!;
    if (this.values.get(clock) === "0") {
      this.sample();
    }
  }

  takeEvents(): TraceEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  private apply(): void {
    const { clock } = this.accelerator!;
    const isEdge = this.values.get(clock) === "0" && this.changes.some(([code, value]) => code === clock && value === "1");
    if (isEdge) {
      this.sample();
    }
    this.changes.forEach(([code, value]) => this.values.set(code, value));
    this.changes = [];
  }

  private sample(): void {
    for (const event of this.accelerator!.sample((code) => this.values.get(code)!, this.now)) {
      this.events.push(event);
    }
  }
}

type Read = (code: string) => string;

/** An accelerator's variables, and how far each layer has come. */
class Accelerator {
  readonly clock: string;
  readonly codes: readonly string[];
  private readonly split: ReadonlyMap<string, VcdVector>;
  private readonly reset: string;
  private readonly layers: LayerSampler[];
  private readonly output: OutputSampler;

  constructor(layout: TraceLayout, scopes: readonly string[], variables: readonly VcdVariable[]) {
    const find = new Finder(scopes, variables);
    this.clock = find.code("layer_0", "clock", 1);
    this.reset = find.code("layer_0", "reset", 1);
    this.layers = layout.map((layer, index) => new LayerSampler(layer, index, find));
    this.output = new OutputSampler(layout, find);
    find.finish(layout.length);
    this.codes = find.codes;
    this.split = find.split;
  }

  *sample(readPart: Read, time: number): Iterable<TraceEvent> {
    const read: Read = (code) => {
      const vector = this.split.get(code);
      return vector === undefined ? readPart(code) : vectorDigits(vector, readPart);
    };
    if (read(this.reset) === "0") {
      for (const layer of this.layers) {
        yield* layer.sample(read, time);
      }
      yield* this.output.sample(read, time);
    }
  }
}

class LayerSampler {
  private timestep = 0;
  private readonly code: Readonly<Record<(typeof strobes)[number], string>>;
  private readonly gates: readonly TraceSignal[];
  private readonly gate: string;
  private readonly written: readonly { readonly signal: TraceSignal; readonly code: string }[];

  constructor(
    { units, signals }: TraceLayer,
    private readonly layer: number,
    find: Finder,
  ) {
    const scope = `layer_${layer}`;
    const unitBits = addressBits(units);
    const bits = { gate_valid: 1, gate_name: 2, gate_unit: unitBits, write: 1, write_unit: unitBits, done: 1 };
    this.code = Object.fromEntries(strobes.map((name) => [name, find.code(scope, name, bits[name])])) as typeof this.code;
    const letters: readonly string[] = Object.values(cells).flatMap(({ gates }) => gates);
    this.gates = signals.filter(({ name }) => letters.includes(name));
    this.gate = find.code(scope, "gate", this.gates[0]!.bits);
    const names: Readonly<Record<string, string>> = { c: "write_cell", h: "write_hidden" };
    this.written = signals.flatMap((signal) => {
      const name = names[signal.name];
      return name === undefined ? [] : [{ signal, code: find.code(scope, name, signal.bits) }];
    });
  }

  *sample(read: Read, time: number): Iterable<TraceEvent> {
    const { layer, code } = this;
    const place = `layer_${layer}`;
    const number = (name: keyof typeof code): number => known(read(code[name]), `${place}.${name}`, time);
    if (number("gate_valid") === 1) {
      const signal = this.gates[number("gate_name")];
      if (signal === undefined) {
        throw new VcdError(`${place}.gate_name is ${number("gate_name")} at time ${time}, which is no gate: the dump is of another kind of cell.`);
      }
      yield { layer, timestep: this.timestep, unit: number("gate_unit"), signal: signal.name, value: valueOf(read(this.gate), signal) };
    }
    if (number("write") === 1) {
      const unit = number("write_unit");
      for (const { signal, code: written } of this.written) {
        yield { layer, timestep: this.timestep, unit, signal: signal.name, value: valueOf(read(written), signal) };
      }
    }
    this.timestep += number("done");
  }
}

class OutputSampler {
  private words = 0;
  private readonly layer: number;
  private readonly units: number;
  private readonly signal: TraceSignal;
  private readonly data: string;
  private readonly code: readonly { readonly name: string; readonly code: string }[];

  constructor(layout: TraceLayout, find: Finder) {
    const last = layout.at(-1)!;
    this.layer = layout.length - 1;
    this.units = last.units;
    this.signal = last.signals.at(-1)!;
    this.data = find.code("", "out_data", this.signal.bits);
    this.code = streams.map((name) => ({ name, code: find.code("", name, 1) }));
  }

  *sample(read: Read, time: number): Iterable<TraceEvent> {
    if (this.code.every(({ name, code }) => known(read(code), name, time) === 1)) {
      const { layer, units, signal } = this;
      yield { layer, timestep: Math.floor(this.words / units), unit: this.words % units, signal: signal.name, value: valueOf(read(this.data), signal) };
      this.words++;
    }
  }
}

/** Looks variables up in an accelerator's scopes, and says in one error what is not there. */
class Finder {
  /** The codes of the dump's variables. */
  readonly codes: string[] = [];
  /** Vectors of several variables, by the code that stands for all of them. */
  readonly split = new Map<string, VcdVector>();
  private readonly missing: string[] = [];
  private readonly byPath: ReadonlyMap<string, VcdVector>;
  private readonly path: string;

  constructor(scopes: readonly string[], variables: readonly VcdVariable[]) {
    this.path = scopes.join(".");
    this.byPath = joinedVectors(variables);
  }

  /** @param scope of a layer, "" for the accelerator's own */
  code(scope: string, name: string, bits: number): string {
    const place = scope === "" ? name : `${scope}.${name}`;
    const variable = this.byPath.get(`${this.path}.${place}`);
    if (variable === undefined) {
      this.missing.push(place);
      return "";
    }
    if (variable.bits !== bits) {
      throw new VcdError(`${this.path}.${place} has ${variable.bits} bits in the dump and ${bits} in this accelerator: the dump is of another model or other options.`);
    }
    const codes = variable.parts.map((part) => part.code);
    for (const code of codes) {
      this.codes.push(code);
    }
    if (codes.length === 1) {
      return codes[0]!;
    }
    // No code of a dump has a blank.
    const whole = codes.join(" ");
    this.split.set(whole, variable);
    return whole;
  }

  /** @throws VcdError for what is missing, or a layer too many */
  finish(layers: number): void {
    if (this.missing.length > 0) {
      throw new VcdError(`The dump has no ${this.missing.join(", ")} in ${this.path}: dump all variables of the accelerator and its layers ($dumpvars(0, …)).`);
    }
    if (this.byPath.has(`${this.path}.layer_${layers}.gate_valid`)) {
      throw new VcdError(`${this.path} has a layer_${layers} in the dump, this accelerator has ${layers} layer${layers === 1 ? "" : "s"}: the dump is of another model.`);
    }
  }
}

/** @returns the accelerator's scopes */
function findAccelerator(variables: readonly VcdVariable[], scope: string | undefined): readonly string[] {
  const all = variables.filter(({ scopes, name }) => name === "gate_valid" && scopes.at(-1) === "layer_0").map(({ scopes }) => scopes.slice(0, -1));
  const chosen = all.filter((scopes) => scope === undefined || `.${scopes.join(".")}`.endsWith(`.${scope}`));
  const names = all.map((scopes) => scopes.join(".")).join(", ");
  if (all.length === 0) {
    throw new VcdError("The dump has no scope layer_0 with a variable gate_valid: it is of another module, or does not reach down to the accelerator's layers ($dumpvars(0, …)).");
  }
  if (chosen.length === 0) {
    throw new VcdError(`The dump has no accelerator ${scope}; it has ${names}.`);
  }
  if (chosen.length > 1) {
    throw new VcdError(`The dump has several accelerators: ${names}. Choose one by its scope.`);
  }
  return chosen[0]!;
}

/** @throws VcdError where a bit that decides what is read is unknown */
function known(digits: string, place: string, time: number): number {
  if (!/^[01]+$/.test(digits)) {
    throw new VcdError(`${place} is ${digits} at time ${time}, after the reset: hold the reset for at least two clock edges, and dump from the start.`);
  }
  return Number.parseInt(digits, 2);
}

function valueOf(digits: string, { bits, isSigned }: TraceSignal): TraceValue {
  if (!/^[01]+$/.test(digits)) {
    return "x";
  }
  const value = Number.parseInt(digits, 2);
  return isSigned && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}
