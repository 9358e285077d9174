import type { Liberty } from "./liberty.js";
import { libertyPins } from "./libertyPins.js";
import type { GateNetlist } from "./gateNetlist.js";
import { ToolError } from "../../programs/runProgram.js";

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
  const library = libertyPins(text);
  return { perToggle: (pin) => 0.5 * (library.get(pin)?.capacitance ?? 0) * picofarads * Number(volts) ** 2 };
}

/** pJ a cycle that charge the pins on some nets. */
export function energyOfToggles({ pins }: GateNetlist, activities: Activities, { perToggle }: PinEnergy, counts: (net: string) => boolean = () => true): number {
  return pins.reduce((sum, { pin, net }) => sum + (counts(net) ? perToggle(pin) * activities.get(net)! : 0), 0);
}
