import path from "node:path";
import * as z from "zod";
import { encodingNames } from "./encoding.js";
import { romFormatNames } from "../../romFormats/romFormats.js";
import { romLimits } from "../../romFormats/reading/limits.js";
import { manifestName } from "./manifest.js";
import { readmeName } from "./readme.js";
import { readRegularFile } from "../../files/regularFile.js";

const count = z.number().int().positive().max(2 ** 31);
/** A manifest of ours with all constants of a large network has some MiB. */
const mostMebibytes = 32;

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
        bits: count.max(32),
        valuesPerField: count.max(5).optional(),
      }),
      packing: z.object({
        lanes: count.max(romLimits.wordBits),
        bitOrder: z.enum(["lsb-first", "msb-first"]).optional(),
        order: z.array(z.string()),
        bank: z.object({ firstLane: z.number().int().nonnegative() }).optional(),
        inputsPerWord: z.number().int().positive().optional(),
      }),
      width: count.max(romLimits.wordBits),
      depth: count.max(romLimits.words),
      fixedPoint: z.object({ fractionBits: z.number().int() }).optional(),
      files: z.array(z.object({ format: z.enum(romFormatNames), path: z.string(), sha256: z.string() })),
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

/** What the `manifest.json` beside a file says of it: nothing, an entry, or why the manifest is not used. */
export interface Beside {
  readonly entry?: ManifestEntry;
  readonly problem?: string;
}

/** What a manifest in the file's folder says of it, or why it says nothing. */
export async function besideManifest(file: string): Promise<Beside> {
  return besideOf(await readManifest(path.join(path.dirname(file), manifestName)), path.basename(file));
}

/** The same for the manifest's text. @param name of the file */
export function besideText(manifest: string, name: string): Beside {
  return besideOf(parsedManifest(manifest), name);
}

function besideOf(manifest: ReadManifest | string | undefined, name: string): Beside {
  if (typeof manifest === "string") {
    return { problem: manifest };
  }
  const image = manifest?.images.find(({ files }) => files.some((each) => each.path === name));
  if (manifest === undefined || image === undefined) {
    return {};
  }
  const { model, macUnits } = manifest;
  const entry = image.files.find((each) => each.path === name)!;
  const layer = model.layers.find(({ imagePrefix }) => image.name.startsWith(imagePrefix));
  return { entry: { image, file: entry, ...(layer && { layer }), macUnits } };
}

async function readManifest(file: string): Promise<ReadManifest | string | undefined> {
  try {
    return parsedManifest(new TextDecoder().decode(await readRegularFile(file, mostMebibytes)));
  } catch {
    return undefined;
  }
}

/** Undefined for what is no manifest of ours; the fault, as a sentence, of one that cannot be relied on. */
function parsedManifest(text: string): ReadManifest | string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!z.object({ kind: z.literal("tritloom-rom") }).safeParse(json).success) {
    return undefined;
  }
  const { data, error } = manifestSchema.safeParse(json);
  return data ?? `${manifestName} beside the file is not used: ${firstFault(error!)}.`;
}

function firstFault({ issues }: z.ZodError): string {
  const { path: place, message } = issues[0]!;
  return `${place.join(".")}: ${message}`;
}

/**
 * Whether a file is one that an export has beside its ROM files: README and manifest, and what lies in the folders for the host and
 * the golden vectors.
 */
export async function isCompanion(file: string): Promise<boolean> {
  const [folder, name] = [path.dirname(path.resolve(file)), path.basename(file)];
  const homes = [
    ...(companionFiles.has(name) || companionFolders.has(name) ? [folder] : []),
    ...(companionFolders.has(path.basename(folder)) ? [path.dirname(folder)] : []),
  ];
  const manifests = await Promise.all(homes.map((home) => readManifest(path.join(home, manifestName))));
  return manifests.some((manifest) => typeof manifest === "object");
}

const companionFiles: ReadonlySet<string> = new Set([manifestName, readmeName]);
const companionFolders: ReadonlySet<string> = new Set(["golden", "host"]);
