import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { removeAbandoned, temporaryBeside, withTemporary } from "../../../files/temporary.js";
import { RefusedError } from "../../../text/optionError.js";
import type { AcceleratorShape } from "../shape.js";
import { kanata } from "./kanata.js";
import { svg } from "./svg.js";
import type { CycleRange } from "./tracedNetwork.js";
import { vcd } from "./vcd.js";
import { waveDrom } from "./waveDrom.js";

type Shapes = readonly AcceleratorShape[];
type Writer = (shapes: Shapes, range: Partial<CycleRange>) => Iterable<string>;

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) {
    yield `${line}\n`;
  }
}

function* waveDromText(shapes: Shapes, range: Partial<CycleRange>): Generator<string> {
  yield `${JSON.stringify(waveDrom(shapes, range), null, 1)}\n`;
}

function* svgText(shapes: Shapes, { from, to }: Partial<CycleRange>): Generator<string> {
  if (from !== undefined || to !== undefined) {
    throw new RangeError("An .svg file shows the whole timestep of each layer; leave the range of cycles out, or choose another format.");
  }
  yield svg(shapes);
}

const writers: Readonly<Record<string, Writer>> = {
  ".kanata": (shapes, range) => ended(kanata(shapes, range)),
  ".log": (shapes, range) => ended(kanata(shapes, range)),
  ".vcd": (shapes, range) => ended(vcd(shapes, range)),
  ".json": waveDromText,
  ".svg": svgText,
};

/** What a trace's file name may end with. */
export const traceExtensions: readonly string[] = Object.keys(writers);

/** A trace cannot be written there; the message says why and what to do. */
export class TraceFileError extends RefusedError {
  override readonly name = "TraceFileError";
}

/** Options of `schedule.save()`. */
export interface TraceOptions extends Partial<CycleRange> {
  /** Replace a file that is there. Default false. */
  readonly overwrite?: boolean;
}

/** Lines are written in pieces of about so many characters. */
const pieceLength = 1 << 16;

function* pieces(lines: Iterable<string>): Generator<string> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length >= pieceLength) {
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

/**
 * Writes a schedule for another tool, by the file name's ending: .kanata or .log (Konata), .vcd (waveform viewers),
 * .json (WaveDrom), .svg. Whole or not at all; long ranges are written as they are computed.
 * @param shapes stacked layers, from the input on
 * @returns the file's absolute path
 * @throws TraceFileError for another ending or a file that is there, InvalidShapeError, RangeError
 */
export async function saveTrace(file: string, shapes: Shapes, { overwrite = false, ...range }: TraceOptions = {}): Promise<string> {
  const target = path.resolve(file);
  const writer = writers[path.extname(target).toLowerCase()];
  if (writer === undefined) {
    throw new TraceFileError(() => `${file} does not say what to write; let it end with ${traceExtensions.join(", ")}.`);
  }
  if (!overwrite && existsSync(target)) {
    throw new TraceFileError((name) => `${file} is there already; remove it, give another name, or ask to overwrite it (${name("overwrite")}).`);
  }
  await removeAbandoned(target);
  const temporary = await temporaryBeside(target);
  await withTemporary(temporary, async () => {
    try {
      // A stream that opens the file by itself may still be opening it when it fails, and would leave it behind.
      const handle = await open(temporary, "wx");
      await pipeline(Readable.from(pieces(writer(shapes, range))), handle.createWriteStream());
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
  return target;
}
