import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { fixModel } from "../../../src/hardware/fixModel.js";
import { exportRom, RomExportError } from "../../../src/hardware/rom/exportRom.js";
import { parseRomManifest, romManifestJsonSchema } from "../../../src/hardware/rom/manifest.js";
import { readRomFile } from "../../../src/hardware/rom/romFile.js";
import { romWeights } from "../../../src/hardware/rom/weights.js";
import { temporaryFolder } from "../../temporaryFolder.js";
import { randomModel } from "../randomModel.js";

const root = temporaryFolder();
const committed = JSON.parse(await readFile("docs/schemas/rom-manifest.schema.json", "utf8")) as object;
const ternary = { units: 5, symbols: 3, precision: "ternary" } as const;

describe("the manifest's JSON Schema", () => {
  test("is that of the source; `npm run schemas` writes it", () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(romManifestJsonSchema())));
  });

  test.each([
    ["an LSTM", randomModel(ternary), {}, {}],
    ["a stack of GRUs over word vectors", randomModel({ ...ternary, cell: "gru", reset: "before", units: [3, 2], inputKind: "embedding" }), {}, {}],
    ["features, full precision and delta updates", randomModel({ ...ternary, precision: "full", inputKind: "dense" }), { deltaThreshold: 3 }, {}],
    ["several columns in banks", randomModel(ternary), { columnsPerCycle: 4 }, { maxWidth: 8, lstmOrder: "iofc" }],
  ] as const)("fits the manifest of %s, to the last field", async (_, model, options, layout) => {
    const { manifest } = await exportRom(model, { folder: path.join(root.path, "rom"), formats: ["mem", "npy"], fixed: fixModel(model, options), layout });
    const value = JSON.parse(await readFile(manifest, "utf8")) as { version: number; golden: object };
    const validator = new Ajv2020({ allErrors: true, strictRequired: false });
    const fits = validator.compile(committed);
    expect(fits(value), validator.errorsText(fits.errors)).toBe(true);
    expect(parseRomManifest(JSON.stringify(value))).toEqual(value);
    expect(fits({ ...value, version: 2 })).toBe(false);
    expect(fits({ ...value, golden: { ...value.golden, timesteps: 0 } })).toBe(false);
    expect(fits({ ...value, more: 1 })).toBe(false);
  });
});

/**
 * An export of version 2, whose GRU begins a group of rows for its candidate: `exportRom(randomModel({ units: 5, symbols: 3, precision:
 * "ternary", cell: "gru" }), { formats: ["mem"], macUnits: 4 })` at commit c567217.
 */
describe("an export with a manifest of version 2", () => {
  const earlier = path.join("test", "hardware", "fixtures", "romManifest2");
  const model = randomModel({ ...ternary, cell: "gru" });

  test.each([["input_weights", "inputWeights"], ["recurrent_weights", "recurrentWeights"]] as const)("is still read: %s", async (name, key) => {
    const file = await readRomFile(path.join(earlier, `${name}.mem`));
    expect(file.findings).toEqual([]);
    expect(romWeights(file)!.values).toEqual([...fixModel(model).layers[0]![key].codes]);
  });

  test("is replaced where overwriting is allowed, but not with someone's own file beside it", async () => {
    const folder = path.join(root.path, "rom");
    await cp(earlier, folder, { recursive: true });
    await writeFile(path.join(folder, "notes.txt"), "mine");
    await expect(exportRom(model, { folder, formats: ["mem"], overwrite: true })).rejects.toThrow(RomExportError);
    await cp(earlier, `${folder}-own`, { recursive: true });
    const { manifest } = await exportRom(model, { folder: `${folder}-own`, formats: ["mem"], overwrite: true });
    expect(parseRomManifest(await readFile(manifest, "utf8"))!.version).toBe(3);
  });
});
