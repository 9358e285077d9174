import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cells } from "../../src/hardware/cells/cells.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import type { FixedModel } from "../../src/hardware/fixedModel.js";
import { exportRom } from "../../src/hardware/rom/exportRom.js";
import { parseRomManifest } from "../../src/hardware/rom/manifest.js";
import type { RomManifestImage } from "../../src/hardware/rom/manifest.js";
import { randomModel } from "./randomModel.js";
import { bitsOf, tableWords, weightWords } from "./romWords.js";
import { runToSuccess, runTool } from "./tools.js";
import type { ToolResult } from "./tools.js";

/** Odd sizes on purpose: rows that the MAC units do not divide, fewer rows than MAC units, one MAC unit, primes. */
const cases = [
  { name: "ternary", shape: { units: 13, symbols: 7, precision: "ternary", seed: 1 }, macUnits: 16 },
  { name: "binary", shape: { units: 5, symbols: 11, precision: "binary", seed: 2 }, macUnits: 31 },
  { name: "full", shape: { units: 7, symbols: 3, precision: "full", seed: 3 }, macUnits: 3 },
  { name: "tiny", shape: { units: 1, symbols: 2, precision: "ternary", seed: 4 }, macUnits: 1 },
] as const;

interface Rom extends RomManifestImage {
  /** Relative to the work folder. */
  readonly file: string;
  readonly expected: readonly string[];
}

const fixtures = path.join(import.meta.dirname, "fixtures");
const sources = ["rom.v", "romCheck.v", "allRoms.v"];
let home: string;
let roms: Rom[];

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "rom-simulators-"));
  await cp(fixtures, home, { recursive: true });
  const exported = await Promise.all(cases.map(exportCase));
  roms = exported.flat();
  await Promise.all(roms.map((rom) => writeFile(path.join(home, `${rom.file}.bits`), `${rom.expected.join("\n")}\n`)));
  await writeFile(path.join(home, "allRoms.v"), allRoms());
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function exportCase({ name, shape, macUnits }: (typeof cases)[number]): Promise<Rom[]> {
  const model = randomModel(shape);
  const { manifest } = await exportRom(model, { folder: path.join(home, name), formats: ["mem"], macUnits });
  const { images } = parseRomManifest(await readFile(manifest, "utf8"))!;
  // Constants have the same layout in every case: those of the first are enough.
  const chosen = images.filter((image) => name === cases[0].name || image.name.endsWith("_weights"));
  return chosen.map((image) => ({
    ...image,
    file: `${name}/${image.files[0]!.path}`,
    expected: expectedWords(image, fixModel(model), macUnits),
  }));
}

/** Binary words straight from the integers of the model, without the code that packs images. */
function expectedWords({ name, width }: RomManifestImage, fixed: FixedModel, macUnits: number): string[] {
  const key = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const [layer] = fixed.layers;
  if (key === "inputWeights" || key === "recurrentWeights") {
    return weightWords(layer![key], macUnits);
  }
  if (key === "sigmoidTable" || key === "tanhTable") {
    return tableWords(fixed.tables[key === "sigmoidTable" ? "sigmoid" : "tanh"], width);
  }
  const own = cells[layer!.cell].vectors.find(({ image }) => image === name)!.key;
  const { format, integers } = layer![own as "shift"];
  return Array.from(integers, (integer) => bitsOf(integer, format.bits));
}

function addressBits({ depth }: Rom): number {
  return Math.max(1, Math.ceil(Math.log2(depth)));
}

function parametersOf(rom: Rom): Record<string, string | number> {
  return { WIDTH: rom.width, DEPTH: rom.depth, ADDRESS_BITS: addressBits(rom), FILE: `"${rom.file}"` };
}

function parameterList(parameters: Record<string, string | number>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `.${name}(${value})`)
    .join(", ");
}

function allRoms(): string {
  const checks = roms.map((rom, index) => {
    const parameters = { ...parametersOf(rom), EXPECTED: `"${rom.file}.bits"` };
    return `    romCheck #(${parameterList(parameters)}) check${index} ();`;
  });
  return `module allRoms;\n${checks.join("\n")}\nendmodule\n`;
}

interface Simulator {
  readonly name: string;
  readonly build: () => void;
  /** In a folder that holds the ROM files; may fail. */
  readonly run: (folder: string) => ToolResult;
}

const simulators: Simulator[] = [
  {
    name: "Icarus Verilog",
    build: () => {
      runToSuccess("iverilog", ["-g2012", "-Wall", "-s", "allRoms", "-o", "allRoms.vvp", ...sources], { cwd: home });
    },
    run: (folder) => runTool("vvp", ["-n", path.join(home, "allRoms.vvp")], { cwd: folder }),
  },
  {
    name: "Verilator",
    build: () => {
      const options = ["--binary", "--timescale", "1ns/1ns", "-Wall", "--top-module", "allRoms", "-Mdir", "verilated"];
      const quickCompile = ["-CFLAGS", "-O0", "-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"];
      runToSuccess("verilator", [...options, ...quickCompile, ...sources], { cwd: home });
    },
    run: (folder) => runTool(path.join(home, "verilated", "VallRoms"), [], { cwd: folder }),
  },
];

describe.each(simulators)("$name", ({ build, run }) => {
  beforeAll(build);

  test("reads every word of each .mem file at the ROM's output port", () => {
    const { status, stdout } = run(home);
    expect(status, stdout).toBe(0);
    for (const { file, depth } of roms) {
      expect(stdout).toContain(`${file}: ${depth} words agree\n`);
    }
  });

  test.each(["ternary/recurrent_weights.mem", "ternary/gate_shift.mem"])("tells one wrong digit in %s", async (file) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "rom-corrupted-"));
    try {
      await cp(home, folder, { recursive: true });
      const lines = (await readFile(path.join(home, file), "utf8")).split("\n");
      const place = lines.length - 2;
      const digit = lines[place]!.at(-1) === "0" ? "1" : "0";
      lines[place] = lines[place]!.slice(0, -1) + digit;
      await writeFile(path.join(folder, file), lines.join("\n"));

      const { status, stdout, stderr } = run(folder);
      expect(status).not.toBe(0);
      expect(stdout + stderr).toContain(`${file} word ${place} is `);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("Yosys", () => {
  interface MemoryCell {
    readonly type: string;
    readonly parameters: { readonly MEMID: string; readonly INIT: string };
  }
  interface Design {
    readonly modules: { readonly synthesised: { readonly cells: Readonly<Record<string, MemoryCell>> } };
  }

  /** Each ROM with ports, so that synthesis keeps it. */
  function synthesised(): string {
    const ports = roms.map(({ width }, index) => `output wire [${width - 1}:0] word${index}`);
    const instances = roms.map((rom, index) => {
      const connections = `.clock(clock), .address(address[${addressBits(rom) - 1}:0]), .word(word${index})`;
      return `    rom #(${parameterList(parametersOf(rom))}) rom${index} (${connections});`;
    });
    const inputs = ["input wire clock", "input wire [15:0] address"];
    return `module synthesised (${[...inputs, ...ports].join(", ")});\n${instances.join("\n")}\nendmodule\n`;
  }

  test("infers a memory with every word of each .mem file", async () => {
    await writeFile(path.join(home, "synthesised.v"), synthesised());
    const script = "hierarchy -top synthesised; proc; flatten; opt_clean; memory_collect; write_json design.json";
    runToSuccess("yosys", ["-q", "-p", `read_verilog -defer rom.v synthesised.v; ${script}`], { cwd: home });
    const design = JSON.parse(await readFile(path.join(home, "design.json"), "utf8")) as Design;
    const memories = Object.values(design.modules.synthesised.cells).filter(({ type }) => type === "$mem_v2");
    expect(memories).toHaveLength(roms.length);
    roms.forEach(({ file, width, expected }, index) => {
      const { INIT } = memories.find(({ parameters }) => parameters.MEMID === `\\rom${index}.words`)!.parameters;
      expect(INIT, file).toBe(expected.toReversed().join(""));
      expect(INIT).toHaveLength(width * expected.length);
    });
  });
});
