import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exportRom, RomExportError } from "../../src/hardware/rom/exportRom.js";
import { romFormatNames } from "../../src/romFormats/romFormats.js";
import { parseRomManifest } from "../../src/hardware/rom/manifest.js";
import { lstmOf, randomModel, withLstm } from "./randomModel.js";
import { runTool } from "./tools.js";

const model = randomModel({ units: 5, symbols: 7, precision: "ternary" });

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "rom-export-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Every file below a folder with its content, so that "untouched" means byte by byte. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return Object.fromEntries(files.map((file, index) => [path.relative(folder, file), contents[index]!]));
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: Error) => error,
  );
  expect(outcome, "the export should fail").toBeInstanceOf(Error);
  return outcome!;
}

describe("an export", () => {
  test("is a folder of images, manifest and README, and nothing beside it", async () => {
    const folder = path.join(home, "a", "b", "rom");
    const exported = await exportRom(model, { folder, formats: romFormatNames, source: { name: "first", runDir: "/runs/1" } });

    expect(exported.dir).toBe(folder);
    expect(exported.manifest).toBe(path.join(folder, "manifest.json"));
    const host = ["output_bias", "output_weights"].map((name) => `host/${name}.npy`);
    const golden = ["cell_0", "gates_0", "hidden_0", "inputs", "logits", "restarts"].map((name) => `golden/${name}.npy`);
    const names = exported.files.map((file) => path.relative(folder, file));
    expect(names).toHaveLength(11 * romFormatNames.length);
    expect(Object.keys(await snapshot(folder)).toSorted()).toEqual([...names, ...host, ...golden, "manifest.json", "README.md"].toSorted());
    expect(await readdir(path.dirname(folder))).toEqual(["rom"]);
    expect(parseRomManifest(await readFile(exported.manifest, "utf8"))).toMatchObject({ macUnits: 64 });
  });

  test("states size and SHA-256 of each file, as sha256sum computes it", async () => {
    const exported = await exportRom(model, { folder: path.join(home, "rom"), formats: romFormatNames });
    const manifest = parseRomManifest(await readFile(exported.manifest, "utf8"))!;
    const { host, golden } = manifest;
    const [layer] = golden.layers as [(typeof golden.layers)[number]];
    const arrays = [host.output!.weights, host.output!.bias, golden.inputs, golden.restarts, layer.hidden, layer.gates, layer.cell!, golden.logits!];
    const all = [...manifest.images.flatMap(({ files }) => files), ...arrays];
    expect(all).toHaveLength(exported.files.length + arrays.length);
    const sums = all.map((file) => `${file.sha256}  ${file.path}\n`).join("");
    execFileSync("sha256sum", ["--check", "--strict", "--quiet"], { cwd: exported.dir, input: sums });
    for (const file of all) {
      const content = await readFile(path.join(exported.dir, file.path));
      expect(content.length).toBe(file.bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(file.sha256);
    }
  });

  test.each([
    ["binary", { name: "sign-bit", bits: 1 }],
    ["ternary", { name: "twos-complement", bits: 2 }],
    ["full", { name: "twos-complement", bits: 12 }],
  ] as const)("of %s weights states in its manifest all that a reader must know", async (precision, encoding) => {
    const trained = randomModel({ units: 5, symbols: 7, precision });
    const source = { name: "first", runDir: "/runs/1" };
    const exported = await exportRom(trained, { folder: path.join(home, "rom"), formats: ["mem"], macUnits: 6, source });
    const manifest = parseRomManifest(await readFile(exported.manifest, "utf8"))!;
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(manifest).toMatchObject({
      tool: { name: "tritloom", version },
      source,
      version: 3,
      model: {
        input: { kind: "one-hot", symbols: [..."!\"#$%&'"] },
        layers: [{ cell: "lstm", gateOrder: ["g", "f", "i", "o"], units: 5, inputs: 7, precision: { input: precision, recurrent: precision }, cellRange: "assumed" }],
      },
      tables: [{ name: "sigmoid", entries: 256, interpolation: "linear" }, { name: "tanh", entries: 256 }],
      macUnits: 6,
      memory: exported.memory,
    });
    const image = (name: string) => manifest.images.find((candidate) => candidate.name === name)!;
    expect(image("recurrent_weights")).toMatchObject({
      shape: [5, 20],
      encoding,
      packing: { lanes: 6, order: ["row group", "hidden unit"] },
      width: 6 * encoding.bits,
      depth: 4 * 5,
    });
    expect("fixedPoint" in image("recurrent_weights")).toBe(precision === "full");
    const shift = image("gate_shift");
    expect(shift.values).toEqual([...lstmOf(trained).shift]);
    expect(shift.fixedPoint).toEqual({ bits: 16, fractionBits: 14, signed: true });
    expect(shift.saturated).toBe(0);
  });

  test("of the same model is the same to the byte", async () => {
    await exportRom(model, { folder: path.join(home, "one"), formats: romFormatNames });
    await exportRom(model, { folder: path.join(home, "two"), formats: romFormatNames });
    expect(await snapshot(path.join(home, "one"))).toEqual(await snapshot(path.join(home, "two")));
  });

  test("explains in its README each exported format and no other", async () => {
    const { dir } = await exportRom(model, { folder: path.join(home, "rom"), formats: ["mem", "c"] });
    const readme = await readFile(path.join(dir, "README.md"), "utf8");
    expect(readme).toContain('$readmemh("recurrent_weights.mem", rom);');
    expect(readme).toContain('#include "recurrent_weights.h"');
    expect(readme).not.toMatch(/\.coe|\.mif|\.hex/);
  });
});

describe("an existing place", () => {
  test("an empty folder is filled", async () => {
    const folder = path.join(home, "rom");
    await mkdir(folder);
    await exportRom(model, { folder, formats: ["mem"] });
    expect(await readdir(folder)).toContain("manifest.json");
    expect(await readdir(home)).toEqual(["rom"]);
  });

  test("a folder with files is refused by name with the remedy, and untouched", async () => {
    const folder = path.join(home, "rom");
    await exportRom(model, { folder, formats: ["mem"] });
    const before = await snapshot(home);
    const error = await failure(exportRom(model, { folder, formats: ["coe"] }));
    expect(error).toBeInstanceOf(RomExportError);
    expect(error.message).toBe(
      `Cannot export to ${folder}: The folder already holds files (README.md and 14 more). ` +
        "Choose another folder, or allow overwriting (overwrite: true).",
    );
    expect(await snapshot(home)).toEqual(before);
  });

  test("an earlier export is replaced whole when overwriting is allowed", async () => {
    const folder = path.join(home, "rom");
    await exportRom(model, { folder, formats: ["mem", "hex"] });
    await exportRom(randomModel({ units: 3, symbols: 2, precision: "binary" }), { folder, formats: ["coe"], overwrite: true });
    const fresh = await exportRom(randomModel({ units: 3, symbols: 2, precision: "binary" }), {
      folder: path.join(home, "fresh"),
      formats: ["coe"],
    });
    expect(await snapshot(folder)).toEqual(await snapshot(fresh.dir));
    expect((await readdir(home)).toSorted()).toEqual(["fresh", "rom"]);
  });

  test.each([
    ["someone's own files", async (folder: string) => writeFile(path.join(folder, "thesis.tex"), "draft")],
    ["a manifest of another tool", async (folder: string) => writeFile(path.join(folder, "manifest.json"), "{}")],
    [
      "an export with someone's own file beside it",
      async (folder: string) => {
        await rm(folder, { recursive: true });
        await exportRom(model, { folder, formats: ["mem"] });
        await writeFile(path.join(folder, "notes.txt"), "mine");
      },
    ],
  ])("%s are not overwritten even when overwriting is allowed", async (_, prepare) => {
    const folder = path.join(home, "rom");
    await mkdir(folder);
    await prepare(folder);
    const before = await snapshot(home);
    const error = await failure(exportRom(model, { folder, formats: ["mem"], overwrite: true }));
    expect(error.message).toMatch(/^Cannot export to .*: The folder already holds files \(.*Only a folder with nothing but an earlier/);
    expect(await snapshot(home)).toEqual(before);
  });

  test("a file in the way is refused, also as a part of the path", async () => {
    const file = path.join(home, "rom");
    await writeFile(file, "a file");
    const asFolder = await failure(exportRom(model, { folder: file, formats: ["mem"], overwrite: true }));
    expect(asFolder.message).toBe(`Cannot export to ${file}: It is a file, not a folder. Choose another folder.`);
    const asParent = await failure(exportRom(model, { folder: path.join(file, "deep", "rom"), formats: ["mem"] }));
    expect(asParent.message).toMatch(/A part of the path is a file; choose another folder\. \(E/);
    expect(await snapshot(home)).toEqual({ rom: "a file" });
  });

  test("a link to a folder stays a link", async () => {
    await mkdir(path.join(home, "real"));
    await symlink(path.join(home, "real"), path.join(home, "link"));
    const exported = await exportRom(model, { folder: path.join(home, "link"), formats: ["mem"] });
    expect(exported.dir).toBe(path.join(home, "real"));
    expect((await readdir(home)).toSorted()).toEqual(["link", "real"]);
  });
});

describe("a failure half-way", () => {
  let programs: string;
  let program: string;
  beforeAll(async () => {
    programs = await mkdtemp(path.join(os.tmpdir(), "rom-program-"));
    program = path.join(programs, "exportProgram.mjs");
    const entry = path.join(import.meta.dirname, "exportProgram.ts");
    await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm" });
    await chmod(programs, 0o755);
  });
  afterAll(() => rm(programs, { recursive: true, force: true }));

  /** Exports in a process of its own, after a shell command that limits it. */
  function exportLimited(limit: string, folder: string, mode: "fresh" | "overwrite"): string {
    const command = `${limit}; exec "${process.execPath}" "${program}" "${folder}" ${mode}`;
    return runTool("bash", ["-c", command], { cwd: programs }).stdout;
  }

  test("the unlimited program exports", async () => {
    expect(exportLimited("true", path.join(home, "rom"), "fresh")).toBe("exported\n");
    expect(await readdir(path.join(home, "rom"))).toContain("manifest.json");
  });

  test("leaves nothing behind, neither files nor parent folders", async () => {
    const folder = path.join(home, "deep", "er", "rom");
    const message = exportLimited("ulimit -f 2", folder, "fresh");
    expect(message).toBe(`RomExportError: Cannot export to ${folder}: A file exceeds the size allowed there; raise the limit or choose another disk. (EFBIG)\n`);
    expect(await readdir(home)).toEqual([]);
  });

  test("leaves the export that it should have replaced", async () => {
    const folder = path.join(home, "rom");
    await exportRom(model, { folder, formats: ["mem"] });
    const before = await snapshot(home);
    expect(exportLimited("ulimit -f 2", folder, "overwrite")).toContain("(EFBIG)");
    expect(await snapshot(home)).toEqual(before);
    expect(await readdir(home)).toEqual(["rom"]);
  });

  test("in a folder without write permission names the remedy", async () => {
    await chmod(home, 0o555);
    const folder = path.join(home, "rom");
    const message = exportLimited("export AS_NOBODY=1", folder, "fresh");
    expect(message).toBe(
      `RomExportError: Cannot export to ${folder}: You may not write there; choose another folder or change its permissions. (EACCES)\n`,
    );
    await chmod(home, 0o755);
    expect(await readdir(home)).toEqual([]);
  });

  test("of a model that has no fixed-point form touches no disk", async () => {
    const broken = withLstm(model, { shiftCell: new Float32Array(5).fill(Number.NaN) });
    const error = await failure(exportRom(broken, { folder: path.join(home, "rom"), formats: ["mem"] }));
    expect(error.message).toMatch(/^layers\[0\]\.shiftCell\[0\] is NaN/);
    expect(await readdir(home)).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN, 65_537])("with %s MAC units is refused", async (macUnits) => {
    const error = await failure(exportRom(model, { folder: path.join(home, "rom"), formats: ["mem"], macUnits }));
    expect(error.message).toBe(`macUnits is ${macUnits}; choose a whole number from 1 to 65536.`);
  });

  test("without a format, or with an unknown one, is refused before the disk is touched", async () => {
    const none = await failure(exportRom(model, { folder: path.join(home, "rom"), formats: [] }));
    expect(none.message).toBe(`No ROM format is named; choose from ${romFormatNames.join(", ")}.`);
    const unknown = await failure(exportRom(model, { folder: path.join(home, "rom"), formats: ["zip" as "mem"] }));
    expect(unknown.message).toBe(`ROM format "zip" is not known; choose from ${romFormatNames.join(", ")}.`);
    expect(await readdir(home)).toEqual([]);
  });
});

test("of two exports into one folder at once, one is whole and the other fails and leaves nothing", async () => {
  const folder = path.join(home, "rom");
  const outcomes = await Promise.allSettled([
    exportRom(model, { folder, formats: ["mem"] }),
    exportRom(model, { folder, formats: ["coe"] }),
  ]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await readdir(home)).toEqual(["rom"]);
  const manifest = parseRomManifest(await readFile(path.join(folder, "manifest.json"), "utf8"))!;
  const listed = [...manifest.images.flatMap(({ files }) => files.map((file) => file.path)), "golden", "host"];
  expect((await readdir(folder)).toSorted()).toEqual([...listed, "README.md", "manifest.json"].toSorted());
});
