import type { VcdVariable, VcdVisitor } from "../verify/vcd.js";
import { plainName } from "./gateNetlist.js";

/** Counts how often each net of one bit goes from 0 to 1 or back; what was unknown before is no toggle. */
export class ToggleCounter implements VcdVisitor {
  private readonly codes = new Map<string, string>();
  private readonly values = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  definitions(variables: readonly VcdVariable[]): void {
    for (const { name, high, code } of variables) {
      const net = plainName(name);
      this.codes.set(net, code);
      // A synthesised net is called after the bit of the vector that it was: its name ends with an index.
      this.codes.set(`${net}[${high}]`, code);
    }
  }

  time(): void {
    // When it was does not matter.
  }

  change(code: string, value: string): void {
    const before = this.values.get(code);
    if (isKnown(before) && isKnown(value) && before !== value) {
      this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
    }
    this.values.set(code, value);
  }

  /** @returns undefined for a net that is not in the dump */
  toggles(net: string): number | undefined {
    const code = this.codes.get(net);
    return code === undefined ? undefined : (this.counts.get(code) ?? 0);
  }
}

function isKnown(value: string | undefined): boolean {
  return value === "0" || value === "1";
}
