import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkCycles } from "../../../src/hardware/schedule/network.js";
import { idleReasons, stateAt, type CycleState } from "../../../src/hardware/schedule/schedule.js";
import type { AcceleratorShape } from "../../../src/hardware/schedule/shape.js";
import { timing } from "../../../src/hardware/schedule/timing.js";
import { vcd } from "../../../src/hardware/schedule/traces/vcd.js";
import { temporaryFolder } from "../../temporaryFolder.js";
import { networks, shapes } from "../shapes.js";
import { runToSuccess } from "../tools.js";
import { readVcd, valueAt, type Dump } from "./vcdReader.js";

const dumpOf = (network: readonly AcceleratorShape[], range?: { from: number; to: number }): Dump =>
  readVcd([...vcd(network, range)].join("\n"));

const root = temporaryFolder();

/** 400 MHz */
const period = 2500;

type At = (name: string) => number | null | undefined;

function expectArray(at: At, { romRead, accumulate, take, idle }: CycleState): void {
  expect([at("weight_rom.busy"), at("weight_rom.address")]).toEqual([romRead ? 1 : 0, romRead?.address ?? null]);
  expect(at("accumulate_array.busy_units")).toEqual(accumulate?.busyUnits ?? null);
  expect([at("accumulate_array.first_row"), at("take.group")]).toEqual([accumulate?.firstRow ?? null, take]);
  expect(at("idle_reason")).toBe(idle === null ? 0 : idleReasons.indexOf(idle) + 1);
}

function expectStages(at: At, { gateRows, elementWise, writeBack, gateWrite, resetProduct }: CycleState): void {
  expect([at("gate_scale.row"), at("gate_interpolate.row")]).toEqual([gateRows[0], gateRows.at(-1)]);
  expect([at("element_wise_read.unit"), at("gate_write.row"), at("write_back.unit")]).toEqual([elementWise[0], gateWrite, writeBack]);
  expect(at("reset_product_store.unit") ?? null).toBe(resetProduct[2] ?? null);
}

describe("a value change dump", () => {
  it("has in every cycle what the schedule's blocks do", () => {
    fc.assert(
      fc.property(shapes.filter(({ units, macUnits }) => units * units < 60 * macUnits), (random) => {
        const shape = { ...random, clockMegahertz: 400 };
        const dump = dumpOf([shape]);
        const start = networkCycles([shape], 1).starts[0]![0]!;
        for (let cycle = 0; cycle < timing(shape).cyclesPerTimestep; cycle++) {
          const at = (name: string): number | null | undefined => valueAt(dump, `layer0.${name}`, (start + cycle) * period);
          expect([at("timestep"), at("cycle")]).toEqual([0, cycle]);
          expectArray(at, stateAt(shape, cycle));
          expectStages(at, stateAt(shape, cycle));
        }
      }),
      { numRuns: 15 },
    );
  });

  it("is the same after GTKWave has read it and written it again", () => {
    const shape: AcceleratorShape = {
      cell: "gru",
      reset: "before",
      inputs: 4,
      inputKind: "one-hot",
      units: 5,
      macUnits: 4,
      precision: "ternary",
      clockMegahertz: 400,
    };
    const network = [shape, { ...shape, inputs: 5, inputKind: "dense" } as const];
    const range = { from: 0, to: 400 };
    writeFileSync(path.join(root.path, "schedule.vcd"), `${[...vcd(network, range)].join("\n")}\n`);
    runToSuccess("vcd2fst", ["schedule.vcd", "schedule.fst"], { cwd: root.path });
    const again = readVcd(runToSuccess("fst2vcd", ["schedule.fst"], { cwd: root.path }).stdout);
    const own = dumpOf(network, range);
    expect([...again.keys()].sort()).toEqual([...own.keys()].sort());
    for (const name of own.keys()) {
      for (let cycle = 0; cycle < 400; cycle++) {
        expect(valueAt(again, name, cycle * period)).toBe(valueAt(own, name, cycle * period));
      }
    }
  });

  it("shows a layer that waits for a frame as at rest, and the clock of every cycle", () => {
    fc.assert(
      fc.property(networks, fc.nat(300), (network, from) => {
        const to = from + 50;
        const dump = dumpOf(network, { from, to });
        expect(dump.get("clk")!.map(([time]) => time)).toEqual(
          Array.from({ length: 50 }, (_, index) => [(from + index) * period, (from + index) * period + period / 2]).flat(),
        );
        const { starts } = networkCycles(network, 20);
        network.forEach((shape, layer) => {
          for (let cycle = from; cycle < to; cycle++) {
            const timestep = starts[layer]!.findLastIndex((start) => start <= cycle);
            const works = timestep >= 0 && cycle < starts[layer]![timestep]! + timing(shape).cyclesPerTimestep;
            if (timestep < 19) {
              expect(valueAt(dump, `layer${layer}.timestep`, cycle * period)).toBe(works ? timestep : null);
            }
          }
        });
      }),
      { numRuns: 25 },
    );
  });
});
