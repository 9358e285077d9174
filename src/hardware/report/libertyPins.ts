/** What a library says of a pin of a cell, in the library's units; undefined where it says nothing. */
export interface LibertyPin {
  readonly direction: "input" | "output" | "other";
  /** The load of an input. */
  readonly capacitance: number | undefined;
  /** What a net counts towards its driver's `maxFanout` for this input. */
  readonly fanoutLoad: number | undefined;
  /** The most that an output may drive. */
  readonly maxCapacitance: number | undefined;
  readonly maxFanout: number | undefined;
}

/** By "NAND2X1/A". A pin that does not say what it may drive has the library's default, where there is one. */
export function libertyPins(text: string): Map<string, LibertyPin> {
  const [head, ...cells] = text.split(/\bcell\s*\(/) as [string, ...string[]];
  return new Map(
    cells.flatMap((cell) => {
      const kind = /^\s*"?(\w+)/.exec(cell)?.[1];
      const pins = cell.split(/\bpin\s*\(\s*"?/).slice(1);
      return pins.map((pin): [string, LibertyPin] => [`${kind}/${/^\w+/.exec(pin)?.[0]}`, pinOf(pin, head)]);
    }),
  );
}

/** The flip-flops of a library: cells with a group `ff`. */
export function flipFlopCells(text: string): Set<string> {
  return new Set(cellsOf(text).flatMap(([kind, cell]) => (/\bff\s*\(/.test(cell) ? [kind] : [])));
}

/** The buffer or inverter that may drive most, undefined in a library that does not say what its cells may drive. */
export function strongestDriver(text: string): string | undefined {
  const drivers = cellsOf(text).flatMap(([kind, cell]) => {
    const pins = [...libertyPins(`cell (${cell}`).values()];
    const output = pins.find(({ direction }) => direction === "output");
    const isDriver = pins.length === 2 && !/\b(ff|latch|three_state|statetable|dont_use)\b/.test(cell);
    return isDriver && output?.maxCapacitance !== undefined ? [{ kind, limit: output.maxCapacitance }] : [];
  });
  return drivers.sort((one, other) => other.limit - one.limit)[0]?.kind;
}

function cellsOf(text: string): [string, string][] {
  return text.split(/\bcell\s*\(/).slice(1).map((cell) => [/^\s*"?(\w+)/.exec(cell)?.[1] ?? "", cell]);
}

function pinOf(pin: string, library: string): LibertyPin {
  const attribute = (name: string): number | undefined => number(pin, name) ?? number(library, `default_${name}`);
  const direction = /\bdirection\s*:\s*"?(\w+)/.exec(pin)?.[1];
  const nothing = { capacitance: undefined, fanoutLoad: undefined, maxCapacitance: undefined, maxFanout: undefined };
  return direction === "input"
    ? { ...nothing, direction, capacitance: number(pin, "capacitance"), fanoutLoad: attribute("fanout_load") }
    : { ...nothing, direction: direction === "output" ? direction : "other", maxCapacitance: attribute("max_capacitance"), maxFanout: attribute("max_fanout") };
}

function number(text: string, attribute: string): number | undefined {
  const found = new RegExp(`(?<!\\w)${attribute}\\s*:\\s*"?([\\d.eE+-]+)`).exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
