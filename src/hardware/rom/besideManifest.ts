import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { encodingNames } from "./encoding.js";
import type { RomFormat } from "./formats.js";
import { romFormats } from "./formats.js";

const count = z.number().int().positive();

/** What reading a file needs of the manifest of its export; whatever else is in there is not looked at. */
const manifestSchema = z.object({
  kind: z.literal("tritloom-rom"),
  model: z.object({
    layers: z.array(
      z.object({
        imagePrefix: z.string(),
        units: count,
        gateOrder: z.array(z.string()),
        /** The phases that the images were made with: not every version splits a GRU's rows alike. */
        phases: z.array(z.object({ firstRow: z.number().int().nonnegative(), rows: count })).optional(),
      }),
    ),
  }),
  macUnits: count,
  images: z.array(
    z.object({
      name: z.string(),
      shape: z.array(count),
      encoding: z.object({
        name: z.enum(encodingNames as [(typeof encodingNames)[number], ...typeof encodingNames]),
        bits: count,
        valuesPerField: count.optional(),
      }),
      packing: z.object({
        lanes: count,
        bitOrder: z.enum(["lsb-first", "msb-first"]).optional(),
        order: z.array(z.string()),
        bank: z.object({ firstLane: z.number().int().nonnegative() }).optional(),
        inputsPerWord: z.number().int().positive().optional(),
      }),
      width: count,
      depth: count,
      fixedPoint: z.object({ fractionBits: z.number().int() }).optional(),
      files: z.array(z.object({ format: z.enum(romFormats as [RomFormat, ...RomFormat[]]), path: z.string(), sha256: z.string() })),
    }),
  ),
});

type ReadManifest = z.infer<typeof manifestSchema>;

/** What the manifest says of one file. */
export interface ManifestEntry {
  readonly image: ReadManifest["images"][number];
  readonly file: ReadManifest["images"][number]["files"][number];
  /** The layer that the image belongs to; none for tables. */
  readonly layer?: ReadManifest["model"]["layers"][number];
  /** P: gate rows in a word of all banks of a weight image together. */
  readonly macUnits: number;
}

/** The entry of a file in the `manifest.json` beside it; undefined when there is none. */
export async function manifestEntry(file: string): Promise<ManifestEntry | undefined> {
  const manifest = await readManifest(path.join(path.dirname(file), "manifest.json"));
  const name = path.basename(file);
  const image = manifest?.images.find(({ files }) => files.some((each) => each.path === name));
  if (manifest === undefined || image === undefined) {
    return undefined;
  }
  const { model, macUnits } = manifest;
  const entry = image.files.find((each) => each.path === name)!;
  const layer = model.layers.find(({ imagePrefix }) => image.name.startsWith(imagePrefix));
  return { image, file: entry, ...(layer && { layer }), macUnits };
}

async function readManifest(file: string): Promise<ReadManifest | undefined> {
  try {
    return manifestSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
