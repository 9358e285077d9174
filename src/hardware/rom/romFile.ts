import path from "node:path";
import { besideManifest } from "./besideManifest.js";
import type { Beside, ManifestEntry } from "./besideManifest.js";
import { RomFindings } from "../../romFormats/reading/findings.js";
import { lintRom } from "./lint.js";
import type { LintedRom, RomExpectation } from "./lint.js";
import { HugeFileError, IrregularFileError, readRegularFile } from "../../files/regularFile.js";

/** Larger files are not ROMs of this kind; reading one would only stop the machine. */
const mostMebibytes = 64;

/** A ROM file with what is wrong with it and, beside an export's manifest, what its words mean. */
export interface RomFile extends LintedRom {
  readonly file: string;
  readonly manifest?: ManifestEntry;
}

/**
 * Reads and lints one file. Options go before the manifest beside it. Never throws for a bad file: what is wrong is
 * among the findings.
 */
export async function readRomFile(file: string, options: RomExpectation = {}): Promise<RomFile> {
  const bytes = await readBytes(file);
  return bytes instanceof RomFindings ? { file, words: [], findings: bytes.all() } : readRomBytes(file, bytes, options);
}

/** The same for content that is not on the disk yet, as if it were in that file. */
export async function readRomBytes(file: string, bytes: Uint8Array, options: RomExpectation = {}): Promise<RomFile> {
  return romWith(file, bytes, await besideManifest(file), options);
}

/** The same with what a manifest beside the file says. */
export function romWith(file: string, bytes: Uint8Array, { entry: manifest, problem }: Beside, options: RomExpectation = {}): RomFile {
  const expected: RomExpectation = { ...(manifest && expectationOf(manifest)), ...options };
  const rom = lintRom(path.basename(file), bytes, expected);
  const findings = problem === undefined ? rom.findings : [...manifestProblem(problem), ...rom.findings];
  return { file, ...rom, findings, ...(manifest && { manifest }) };
}

function manifestProblem(problem: string): LintedRom["findings"] {
  const findings = new RomFindings(undefined);
  findings.add("bad-field", 1, problem);
  return findings.all();
}

function expectationOf({ image, file }: ManifestEntry): RomExpectation {
  const { width, depth, encoding, packing } = image;
  const { lanes, bitOrder = "lsb-first" } = packing;
  return { format: file.format, width, depth, sha256: file.sha256, packing: { lanes, encoding, bitOrder } };
}

/** The bytes, or why there are none. */
async function readBytes(file: string): Promise<Uint8Array | RomFindings> {
  const findings = new RomFindings(undefined);
  try {
    return await readRegularFile(file, mostMebibytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof HugeFileError) {
      findings.add("huge-file", 1, message);
    } else {
      const kind = error instanceof IrregularFileError ? error.kind : undefined;
      findings.add("unreadable", 1, `The file cannot be read: ${kind === undefined ? (reasons.get(code ?? "") ?? message) : `it is ${kind}`}.`);
    }
    return findings;
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "it does not exist"],
  ["EACCES", "permission denied"],
  ["ENXIO", "it is a socket"],
]);
