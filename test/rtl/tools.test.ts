import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { fixModel } from "../../src/hardware/fixModel.js";
import { randomNetwork } from "../../src/hardware/randomNetwork.js";
import { acceleratorFiles } from "../../src/hardware/rtl/acceleratorFiles.js";
import { defaultModule } from "../../src/hardware/rtl/accelerator.js";
import { writeFiles } from "../../src/files/writeFiles.js";
import { runToSuccess, runTool } from "../hardware/tools.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { shapes } from "./shapes.js";
import type { Shape } from "./shapes.js";

const root = temporaryFolder();

async function write({ network, options, macUnits }: Shape): Promise<string[]> {
  const files = acceleratorFiles(fixModel(randomNetwork(network), options), macUnits);
  await writeFiles(root.path, files);
  return [...files.keys()].filter((name) => name.startsWith("rtl/"));
}

/** Every thirteenth: each cell, precision and kind of input comes. */
const linted = shapes.filter((_, index) => index % 13 === 0);

const described = (chosen: readonly Shape[]) =>
  chosen.map((shape) => {
    const { cell, reset, precision, inputKind, units } = shape.network;
    return [`${[cell, reset, precision, inputKind, `of ${String(units)} units`].filter(Boolean).join(" ")}, ${shape.macUnits} MAC units`, shape] as const;
  });

describe("Verilator's linter", () => {
  test.each(described(linted))("has no warning of any kind for %s", async (_, shape) => {
    const sources = await write(shape);
    const { stdout, stderr, status } = runTool("verilator", ["--lint-only", "-Wall", "--top-module", defaultModule, ...sources], { cwd: root.path });
    expect([stdout + stderr, status]).toEqual(["", 0]);
  });
});

describe("Yosys", () => {
  const synthesised = shapes.filter(({ macUnits }) => macUnits < 64).filter((_, index) => index % 29 === 0);

  interface Design {
    readonly modules: Readonly<Record<string, { readonly cells: Readonly<Record<string, { readonly type: string; readonly parameters: { readonly MEMID: string; readonly INIT: string } }>> }>>;
  }

  test.each(described(synthesised))("elaborates %s without a problem, and its ROMs hold the files", async (_, shape) => {
    const sources = await write(shape);
    const script = `read_verilog -defer ${sources.join(" ")}; hierarchy -check -top ${defaultModule}; proc; check -assert; flatten; opt_clean; memory_collect; write_json design.json`;
    const { stdout, stderr } = runToSuccess("yosys", ["-q", "-p", script], { cwd: root.path });
    expect(stdout + stderr).toBe("");
    const design = JSON.parse(readFileSync(path.join(root.path, "design.json"), "utf8")) as Design;
    const memories = Object.values(design.modules[defaultModule]!.cells).filter(({ type, parameters }) => type === "$mem_v2" && /rom\.(in_block_ram|anywhere)\.words$/.test(parameters.MEMID));
    const inits = memories.map(({ parameters }) => parameters.INIT);
    const fixed = fixModel(randomNetwork(shape.network), shape.options);
    const files = [...acceleratorFiles(fixed, shape.macUnits)].filter(([name]) => name.startsWith("rom/"));
    expect(memories.length).toBeGreaterThanOrEqual(files.length);
    for (const [name, text] of files) {
      const words = text.trimEnd().split("\n");
      // The file's digits are more than the word's bits: compare the bits that there are.
      const isHeld = inits.some((init) => sameWords(init, words));
      expect(isHeld, name).toBe(true);
    }
  });
});

/** Yosys gives a memory as one number, word 0 in its lowest bits. */
function sameWords(init: string, words: readonly string[]): boolean {
  const width = init.length / words.length;
  return (
    Number.isInteger(width) &&
    Math.ceil(width / 4) === words[0]!.length &&
    words.every((word, index) => BigInt(`0b${init.slice(init.length - width * (index + 1), init.length - width * index)}`) === BigInt(`0x${word}`))
  );
}
