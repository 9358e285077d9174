import type { Liberty } from "./liberty.js";
import type { GateNetlist } from "./gateNetlist.js";
import { ToolError } from "./runProgram.js";

/** Toggles of each net in a cycle, on average. */
export type Activities = ReadonlyMap<string, number>;

export interface PinEnergy {
  /** pJ to charge a pin once and discharge it once, halved: of one toggle. */
  perToggle(pin: string): number;
}

/**
 * ½ C V² of the input pins of a library's cells.
 * @throws ToolError for a library without units or voltage
 */
export function pinEnergy({ text, file }: Pick<Liberty, "text" | "file">): PinEnergy {
  const [, count, unit] = /\bcapacitive_load_unit\s*\(\s*([\d.]+)\s*,\s*"?(pf|ff)/i.exec(text) ?? [];
  const volts = /\bnom_voltage\s*:\s*"?([\d.]+)/.exec(text)?.[1];
  if (count === undefined || volts === undefined) {
    throw new ToolError(`${file} has no capacitive_load_unit or nom_voltage: use a complete liberty file.`);
  }
  const picofarads = Number(count) * (unit!.toLowerCase() === "ff" ? 1e-3 : 1);
  const capacitances = capacitancesOf(text);
  return { perToggle: (pin) => 0.5 * (capacitances.get(pin) ?? 0) * picofarads * Number(volts) ** 2 };
}

/** By "NAND2X1/A", in the library's unit; what drives a net has none of its own. */
function capacitancesOf(text: string): Map<string, number> {
  const cells = text.split(/\bcell\s*\(/).slice(1);
  return new Map(
    cells.flatMap((cell) => {
      const kind = /^\s*"?(\w+)/.exec(cell)?.[1];
      const pins = cell.split(/\bpin\s*\(\s*"?/).slice(1);
      return pins.flatMap((pin): [string, number][] => {
        const [name] = /^\w+/.exec(pin) ?? [];
        const capacitance = /\bcapacitance\s*:\s*"?([\d.eE+-]+)/.exec(pin)?.[1];
        const isInput = /\bdirection\s*:\s*"?input/.test(pin);
        return isInput && capacitance !== undefined ? [[`${kind}/${name}`, Number(capacitance)]] : [];
      });
    }),
  );
}

/** pJ a cycle that charge the pins on some nets. */
export function energyOfToggles({ pins }: GateNetlist, activities: Activities, { perToggle }: PinEnergy, counts: (net: string) => boolean = () => true): number {
  return pins.reduce((sum, { pin, net }) => sum + (counts(net) ? perToggle(pin) * activities.get(net)! : 0), 0);
}
