import type { GateNetlist } from "./gateNetlist.js";
import type { Liberty } from "./liberty.js";
import { flipFlopCells, libertyPins, type LibertyPin } from "./libertyPins.js";

/** A pin that drives more than its library allows: its delay is outside what the library was measured for. */
export interface Overload {
  /** "NOR2X1/Y", or what stands outside the cells: "memory", "input". */
  readonly driver: string;
  readonly net: string;
  readonly what: "capacitance" | "fan-out";
  readonly load: number;
  readonly limit: number;
}

/** The net that a clock tree drives, which no figure contains. */
const clock = "clock";

/**
 * The nets of a netlist on which a pin drives more than its `max_capacitance` or `max_fanout`. What a memory or the stream
 * outside may drive is not in the library: they are held to the limit of its weakest flip-flop, as if registers stood there.
 * @returns the worst first; empty for a netlist that keeps to its library
 */
export function overloads({ pins, inputs, kinds }: GateNetlist, { text }: Pick<Liberty, "text">): Overload[] {
  const library = libertyPins(text);
  const outside = registerLimits(new Set(kinds), text, library);
  const loads = new Map<string, { capacitance: number; fanout: number }>();
  const drivers: { driver: string; net: string; limits: Limits }[] = inputs.map((net) => ({ driver: "input", net, limits: outside }));
  for (const { pin, net } of pins) {
    const known = library.get(pin);
    if (known?.direction === "output") {
      drivers.push({ driver: pin, net, limits: known });
    } else if (pin === "memory_output/q") {
      drivers.push({ driver: "memory", net, limits: outside });
    } else {
      const load = loads.get(net) ?? { capacitance: 0, fanout: 0 };
      load.capacitance += known?.capacitance ?? 0;
      load.fanout += known?.fanoutLoad ?? 1;
      loads.set(net, load);
    }
  }
  const found = drivers.flatMap(({ driver, net, limits }): Overload[] => {
    const load = net === clock ? undefined : loads.get(net);
    return load === undefined ? [] : exceeded(load, limits).map((over) => ({ driver, net, ...over }));
  });
  return found.sort((one, other) => other.load / other.limit - one.load / one.limit);
}

type Limits = Pick<LibertyPin, "maxCapacitance" | "maxFanout">;

function exceeded(load: { capacitance: number; fanout: number }, { maxCapacitance, maxFanout }: Limits): Pick<Overload, "what" | "load" | "limit">[] {
  const all = [
    { what: "capacitance", load: load.capacitance, limit: maxCapacitance },
    { what: "fan-out", load: load.fanout, limit: maxFanout },
  ] as const;
  return all.flatMap(({ what, load: value, limit }) => (limit !== undefined && value > limit ? [{ what, load: value, limit }] : []));
}

/** The least that a flip-flop of these kinds may drive. */
function registerLimits(kinds: ReadonlySet<string>, text: string, library: ReadonlyMap<string, LibertyPin>): Limits {
  const flipFlops = new Set([...flipFlopCells(text)].filter((kind) => kinds.has(kind)));
  const outputs = [...library].filter(([pin, { direction }]) => direction === "output" && flipFlops.has(pin.split("/")[0]!)).map(([, pin]) => pin);
  const least = (values: readonly (number | undefined)[]): number | undefined => {
    const given = values.filter((value) => value !== undefined);
    return given.length === 0 ? undefined : Math.min(...given);
  };
  return { maxCapacitance: least(outputs.map((pin) => pin.maxCapacitance)), maxFanout: least(outputs.map((pin) => pin.maxFanout)) };
}

/** Why a netlist with these has no clock. */
export function overloadsInWords([worst, ...others]: readonly [Overload, ...Overload[]]): string {
  const { driver, net, what, load, limit } = worst;
  const more = others.length === 0 ? "" : `, and ${others.length} more do so`;
  return `Pins of the netlist drive more than the library allows, so no clock can be told: ${driver} drives ${load.toPrecision(3)} of at most ${limit.toPrecision(3)} (${what}) on ${net}${more}.`;
}
