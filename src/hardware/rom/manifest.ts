import * as z from "zod";
import { version as toolVersion } from "../../../package.json";
import type { AcceleratorModel } from "../acceleratorModel.js";
import type { FixedModel } from "../fixedModel.js";
import type { RomContent } from "./romContent.js";
import { goldenSchema, type Golden } from "./goldenVectors.js";
import { hostSchema, type Host } from "./hostArrays.js";
import { integerRules } from "./integerSteps.js";
import { encodingNames } from "./encoding.js";
import type { EncodingName } from "./encoding.js";
import { romFormatNames } from "../../romFormats/romFormats.js";
import { equationsOf, manifestLayer, manifestTable } from "./manifestModel.js";
import { fixedPointSchema, layerSchema, tableSchema } from "./manifestSchema.js";
import type { WordLayout } from "./layout.js";
import type { MemoryAccount } from "./memory.js";
import { bitOrders } from "./lanePacking.js";

export const manifestName = "manifest.json";

const count = z.number().int().min(0);

const compressionSchema = z.strictObject({ weightsOnly: z.number(), allCounted: z.number(), wholeModel: z.number().optional() });

const memorySchema = z.strictObject({
  weightBits: count,
  scaleBits: count,
  shiftBits: count,
  stateBits: count,
  tableBits: count,
  paddingBits: count,
  shippedBits: count,
  hostBits: count.optional(),
  float32Bits: count,
  fixed12Bits: count,
  againstFloat32: compressionSchema,
  againstFixed12: compressionSchema,
  memorySaving: z.number(),
});

const fileSchema = z.strictObject({
  format: z.enum(romFormatNames),
  /** Relative to the manifest. */
  path: z.string().min(1),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const partSchema = z.strictObject({ name: z.string(), bits: count, signed: z.literal(true).describe("Two's complement.") });

const encodingSchema = z.strictObject({
  name: z.enum(encodingNames as [EncodingName, ...EncodingName[]]),
  /** Bits of a field. */
  bits: count,
  /** Integers in a field, where it is not one. */
  valuesPerField: count.optional(),
});

const packingSchema = z.strictObject({
  lanes: count,
  /** Where lane 0 sits: in the least or the most significant bits. */
  bitOrder: z.enum(bitOrders),
  /** The place of an image that is a part of a wider one: its lane j is lane firstLane + j of the formula. */
  bank: z.strictObject({ index: count, of: count, firstLane: count }).optional(),
  order: z.array(z.string()),
  formula: z.string(),
  parts: z.array(partSchema).optional(),
  /** How many inputs of each gate row stand side by side in a word of a weight image; absent for one. */
  inputsPerWord: count.optional(),
});

const imageSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  role: z.string(),
  shape: z.array(count),
  encoding: encodingSchema,
  packing: packingSchema,
  width: count,
  depth: count,
  fixedPoint: fixedPointSchema.optional(),
  saturated: count.optional(),
  /** The real numbers that the integers round; not repeated for weights. */
  values: z.array(z.number()).optional(),
  files: z.array(fileSchema).min(1),
});

/** The contract between an export and whoever loads it: `manifest.json`. */
export const romManifestSchema = z.strictObject({
  kind: z.literal("tritloom-rom"),
  version: z.literal(3),
  tool: z.strictObject({ name: z.literal("tritloom"), version: z.string() }),
  source: z.strictObject({ name: z.string().optional(), runDir: z.string().optional() }),
  model: z.strictObject({
    /** What the accelerator reads; word vectors are looked up before it. */
    input: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("one-hot"), symbols: z.array(z.string()) }),
      z.strictObject({ kind: z.literal("embedding"), symbols: z.array(z.string()), width: count }),
      z.strictObject({ kind: z.literal("dense"), width: count }),
    ]),
    /** How the weights were chosen: "deterministic", or the number of a seeded draw. */
    choice: z.string().min(1),
    /** From the input on. */
    layers: z.array(layerSchema).min(1),
    equations: z.array(z.string()).describe("In real numbers."),
    delta: z.strictObject({ threshold: count }).describe("How far h may move before the recurrent sums follow it.").optional(),
    rules: z.array(z.string()).describe("How integers are computed from integers; layers[].steps is written in these terms."),
  }),
  formats: z.strictObject({
    hidden: fixedPointSchema,
    gate: fixedPointSchema,
    preactivation: fixedPointSchema,
    sumFractionBits: z.number().int(),
  }),
  tables: z.array(tableSchema).length(2),
  macUnits: count,
  /** Columns of a matrix that each MAC unit takes in one cycle, where they are several. */
  columnsPerCycle: count.optional(),
  /** Bits of a weight word at most, where images were split into banks for it. */
  maxWidth: count.optional(),
  /** Byte order wherever a format stores a word as several bytes. */
  byteOrder: z.literal("least significant byte first"),
  images: z.array(imageSchema).min(1),
  host: hostSchema,
  golden: goldenSchema,
  memory: memorySchema,
});

export type RomManifest = z.infer<typeof romManifestSchema>;
export type RomManifestImage = RomManifest["images"][number];
export type RomManifestFile = RomManifestImage["files"][number];

export interface ManifestParts {
  readonly model: AcceleratorModel;
  readonly fixed: FixedModel;
  readonly macUnits: number;
  readonly layout: WordLayout;
  readonly source: { readonly name?: string; readonly runDir?: string };
  readonly images: readonly { readonly content: RomContent; readonly files: readonly RomManifestFile[] }[];
  readonly host: Host;
  readonly golden: Golden;
  readonly memory: MemoryAccount;
}

/** The manifest of a finished set of files. */
export function romManifest({ model, fixed, macUnits, layout, source, images, host, golden, memory }: ManifestParts): RomManifest {
  return {
    kind: "tritloom-rom",
    version: 3,
    tool: { name: "tritloom", version: toolVersion },
    source: { ...source },
    model: {
      input: manifestInput(model),
      choice: model.choice,
      layers: fixed.layers.map((_, index) => manifestLayer(fixed, index, layout)),
      equations: equationsOf(fixed),
      ...(fixed.delta && { delta: { ...fixed.delta } }),
      rules: integerRules(fixed),
    },
    formats: { ...fixed.formats },
    tables: [manifestTable(fixed.tables.sigmoid), manifestTable(fixed.tables.tanh)],
    macUnits,
    ...(fixed.columnsPerCycle > 1 && { columnsPerCycle: fixed.columnsPerCycle }),
    ...(layout.maxWidth && { maxWidth: layout.maxWidth }),
    byteOrder: "least significant byte first",
    images: images.map(({ content, files }) => manifestImage(content, files)),
    host,
    golden,
    memory,
  };
}

function manifestInput({ input }: AcceleratorModel): RomManifest["model"]["input"] {
  switch (input.kind) {
    case "one-hot":
      return { kind: input.kind, symbols: [...input.symbols] };
    case "embedding":
      return { kind: input.kind, symbols: [...input.symbols], width: input.units };
    case "dense":
      return { kind: input.kind, width: input.width };
  }
}

function manifestImage(content: RomContent, files: readonly RomManifestFile[]): RomManifestImage {
  const { image, role, shape, encoding, packing, fixedPoint, saturated, values } = content;
  return {
    name: image.name,
    role,
    shape: [...shape],
    encoding,
    packing: packingOf(packing),
    width: image.width,
    depth: image.depth,
    ...(fixedPoint && { fixedPoint, saturated }),
    ...(values && { values: Array.from(values) }),
    files: [...files],
  };
}

function packingOf({ parts, ...packing }: RomContent["packing"]): RomManifestImage["packing"] {
  return { ...packing, order: [...packing.order], ...(parts && { parts: [...parts] }) };
}

/** The manifest as JSON Schema, `docs/schemas/rom-manifest.schema.json`. */
export function romManifestJsonSchema(): object {
  return { title: "Tritloom ROM export", ...z.toJSONSchema(romManifestSchema, { reused: "ref" }) };
}

/** Files of an export, as manifests of every version list them. */
const listedSchema = z.object({
  kind: z.literal("tritloom-rom"),
  images: z.array(z.object({ files: z.array(z.object({ path: z.string() })) })).min(1),
  host: z.unknown().optional(),
  golden: z.unknown().optional(),
});

/**
 * Every file that a manifest of any version lists, relative to it.
 * @returns undefined when the text is not the manifest of a ROM export
 */
export function filesListedIn(text: string): string[] | undefined {
  try {
    const listed = listedSchema.safeParse(JSON.parse(text)).data;
    return listed && [...listed.images.flatMap(({ files }) => files.map((file) => file.path)), ...pathsIn(listed.host), ...pathsIn(listed.golden)];
  } catch {
    return undefined;
  }
}

function pathsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => (name === "path" && typeof inner === "string" ? [inner] : pathsIn(inner)));
}

/**
 * Reads the text of a `manifest.json` of this version.
 * @returns undefined when it is not the manifest of a ROM export
 */
export function parseRomManifest(text: string): RomManifest | undefined {
  try {
    return romManifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
