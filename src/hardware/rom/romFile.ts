import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { manifestEntry } from "./besideManifest.js";
import type { ManifestEntry } from "./besideManifest.js";
import { RomFindings } from "./findings.js";
import { lintRom } from "./lint.js";
import type { LintedRom, RomExpectation } from "./lint.js";

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
  const manifest = await manifestEntry(file);
  const expected: RomExpectation = { ...(manifest && expectationOf(manifest)), ...options };
  return { file, ...lintRom(path.basename(file), bytes, expected), ...(manifest && { manifest }) };
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
    const { size, isFile } = await lookAt(file);
    if (isFile && size <= mostMebibytes * 2 ** 20) {
      return await readFile(file);
    }
    if (isFile) {
      findings.add("huge-file", 1, `The file has ${Math.ceil(size / 2 ** 20)} MiB; files up to ${mostMebibytes} MiB are read.`);
    } else {
      findings.add("unreadable", 1, "The file cannot be read: it is no regular file.");
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    findings.add("unreadable", 1, `The file cannot be read: ${reasons[code ?? ""] ?? message}.`);
  }
  return findings;
}

/** Before opening, since opening a pipe would wait for its other end. */
async function lookAt(file: string): Promise<{ size: number; isFile: boolean }> {
  const found = await stat(file);
  if (found.isDirectory()) {
    throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
  }
  return { size: found.size, isFile: found.isFile() };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
};
