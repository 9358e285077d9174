import type { AcceleratorModel } from "../acceleratorModel.js";
import type { FixedModel } from "../fixedModel.js";
import { romContents } from "./contents.js";
import type { RomContent } from "./romContent.js";
import { rangeOf } from "../fixedPoint.js";
import { fileDigest } from "../../files/fileDigest.js";
import { type RomFormat, romFormats } from "../../romFormats/romFormats.js";
import { goldenVectors, type GoldenSource } from "./goldenVectors.js";
import { hostArrays } from "./hostArrays.js";
import type { WordLayout } from "./layout.js";
import { manifestName, romManifest } from "./manifest.js";
import type { RomManifest, RomManifestFile } from "./manifest.js";
import { accountMemory } from "./memory.js";
import { readmeName, romReadme } from "./readme.js";

/** What the folder of a ROM export holds. */
export interface RomFolderParts {
  readonly model: AcceleratorModel;
  readonly fixed: FixedModel;
  readonly macUnits: number;
  readonly formats: readonly RomFormat[];
  readonly layout: WordLayout;
  readonly source: RomManifest["source"];
  readonly golden: GoldenSource;
}

/** A file by its path in the folder. */
export interface RomFolderFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/**
 * Every file of an export, each made when it is asked for: images in each format, arrays of the host and golden vectors, then
 * manifest and README.
 * @throws RomLayoutError for a maximum width below that of one field, RangeError for golden vectors without a timestep
 */
export function romFolder(parts: RomFolderParts): Iterable<RomFolderFile> {
  const { model, fixed, macUnits, layout } = parts;
  const contents = romContents(fixed, macUnits, model, layout);
  return filesOf(parts, contents, hostArrays(model, rangeOf(fixed.layers.at(-1)!.hiddenFormat)), goldenVectors(model, fixed, layout, parts.golden));
}

function* filesOf(
  { model, fixed, macUnits, formats, layout, source }: RomFolderParts,
  contents: readonly RomContent[],
  { host, files: hostFiles }: ReturnType<typeof hostArrays>,
  { golden, files: goldenFiles }: ReturnType<typeof goldenVectors>,
): Generator<RomFolderFile> {
  const images = [];
  for (const content of contents) {
    const files: RomManifestFile[] = [];
    for (const format of formats) {
      const bytes = Buffer.from(romFormats[format].write(content.image));
      const name = `${content.image.name}.${romFormats[format].extension}`;
      files.push({ format, path: name, ...fileDigest(bytes) });
      yield { name, content: bytes };
    }
    images.push({ content, files });
  }
  for (const { entry, content } of [...hostFiles, ...goldenFiles]) {
    yield { name: entry.path, content };
  }
  const manifest = romManifest({ model, fixed, macUnits, layout, source, images, host, golden, memory: accountMemory(fixed, macUnits, model.host) });
  yield { name: manifestName, content: `${JSON.stringify(manifest, null, 2)}\n` };
  yield { name: readmeName, content: romReadme(manifest) };
}
