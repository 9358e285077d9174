import type { Sequence } from "../calibrate.js";
import type { FixedModel } from "../fixedModel.js";
import { layerShapes } from "../layerShapes.js";
import { romContents } from "../rom/contents.js";
import { mem } from "../../romFormats/mem.js";
import { deltaNetworkCycles } from "../schedule/delta.js";
import { networkCycles } from "../schedule/network.js";
import { acceleratorVerilog, defaultModule, defaultRomFolder } from "./accelerator.js";
import { modulesFor, verilogModules } from "./modules.js";
import { defaultVectorFolder, testbenchVerilog } from "./testbench.js";
import { testVectors, vectorText } from "./vectors.js";

/** Text files by their path in the accelerator's folder. */
export type TextFiles = ReadonlyMap<string, string>;

/** Verilog of the accelerator and the ROM files that it reads. */
export function acceleratorFiles(model: FixedModel, macUnits: number, origin?: string): TextFiles {
  const [first] = model.layers;
  const modules = modulesFor(model.layers.map(({ cell }) => cell), first!.inputKind);
  return new Map([
    [`rtl/${defaultModule}.v`, acceleratorVerilog(model, macUnits, { origin })],
    ...modules.map((name): [string, string] => [`rtl/${name}.v`, verilogModules[name]]),
    ...romContents(model, macUnits).map(({ image }): [string, string] => [`${defaultRomFolder}${image.name}.mem`, mem.write(image)]),
  ]);
}

export interface TestbenchFiles {
  readonly files: TextFiles;
  readonly timesteps: number;
  /** What the schedule predicts for all of them, from the first beat to the last write-back. */
  readonly scheduleCycles: number;
}

/** The testbench, and the vectors of the integer model's run over these sequences. */
export function testbenchFiles(model: FixedModel, macUnits: number, sequences: readonly Sequence[]): TestbenchFiles {
  const vectors = testVectors(model, sequences);
  const shapes = layerShapes(model, { macUnits });
  const { timesteps } = vectors;
  const files = new Map([
    ["testbench.v", testbenchVerilog(model, { timesteps, mostCycles: mostIdleCycles(networkCycles(shapes, 1).cycles) })],
    ...vectors.files.map((file): [string, string] => [`${defaultVectorFolder}${file.name}.mem`, vectorText(file)]),
  ]);
  const { cycles } = model.delta === undefined ? networkCycles(shapes, timesteps) : deltaNetworkCycles(shapes, vectors.columns);
  return { files, timesteps, scheduleCycles: cycles };
}

/** A pause of many timesteps, even where both streams rest at random, is a fault. */
function mostIdleCycles(cyclesOfOneTimestep: number): number {
  return 10 * cyclesOfOneTimestep + 1000;
}
