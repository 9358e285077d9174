import { encodedMappings, type SourceMapSegment, TraceMap } from "@jridgewell/trace-mapping";
import { pathToFileURL } from "node:url";
import { stopPoll } from "./instrument.js";
import type { Position } from "./transpile.js";

/** What a debugger needs of a compiled text: where its code came from, place by place. */
export interface MappedCode {
  code: string;
  /** Places of the code, by line and column from 0, at which a new stretch of the source begins; see `TraceMap`. */
  stretches: () => readonly (readonly (readonly number[])[])[];
  /** The place in the source, both counted from 1, of a place of the code, its line counted from 1 and its column from 0. */
  toSource(line: number, column: number): Position | undefined;
}

/** The text as the debugger knows it. */
export interface DebugSource {
  /** Absolute path; of a cell there is no such file. */
  path: string;
  /** Absent for what the debugger can read from the disk. */
  content?: string;
}

/** @returns the code with a source map in its last line, by which a debugger shows and stops in the source */
export function withSourceMap(mapped: MappedCode, { path, content }: DebugSource): string {
  const lines = mapped.code.split("\n");
  const mappings = mapped.stretches().map((stretches, index) => mapLine(mapped, stretches, index, lines[index] ?? ""));
  const trace = new TraceMap({ version: 3, names: [], sources: [""], mappings });
  const map = {
    version: 3,
    sources: [pathToFileURL(path).href],
    ...(content === undefined ? {} : { sourcesContent: [content] }),
    names: [],
    mappings: encodedMappings(trace),
  };
  const encoded = Buffer.from(JSON.stringify(map)).toString("base64");
  return `${mapped.code}\n//# sourceMappingURL=data:application/json;base64,${encoded}`;
}

function mapLine({ toSource }: MappedCode, stretches: readonly (readonly number[])[], index: number, code: string): SourceMapSegment[] {
  const segments: SourceMapSegment[] = stretches.map(([column = 0, , line = 0, from = 0]) => {
    const at = toSource(line + 1, from);
    return at ? [column, 0, at.line - 1, at.column - 1] : [column];
  });
  const added = [...ownCode(code), ...leadingCode(code, segments, index)];
  return [...segments, ...added].sort((one, other) => one[0] - other[0]).filter(isNew);
}

/** What is the kernel's own belongs to no place, so that stepping passes it over. */
function ownCode(code: string): SourceMapSegment[] {
  return [...code.matchAll(own)].map(({ index }) => [index]);
}

const poll = stopPoll.replace(/[[\]()]/g, "\\$&");
const own = new RegExp(`${poll};|\\(${poll},|__caught\\([^)]*\\);`, "g");

/**
 * Code of the kernel's own that stands for what it is put before: the beginning of a line, and the return of the cell's last
 * value. The first line is nothing but the kernel's.
 */
function leadingCode(code: string, segments: readonly SourceMapSegment[], index: number): SourceMapSegment[] {
  const start = index === 0 ? -1 : code.search(/\S/);
  const columns = [start, ...[...code.matchAll(/return await __await\(\(/g)].map((found) => found.index)];
  return columns.filter((column) => column >= 0).flatMap((column) => placeOfNext(column, segments));
}

function placeOfNext(column: number, segments: readonly SourceMapSegment[]): SourceMapSegment[] {
  const next = segments.find((segment) => segment[0] >= column);
  return next === undefined || next.length === 1 || next[0] === column ? [] : [[column, next[1], next[2], next[3]]];
}

/** Segments that say the same as the one before them are left out. */
function isNew(segment: SourceMapSegment, index: number, all: readonly SourceMapSegment[]): boolean {
  const before = all[index - 1];
  return before === undefined || segment[1] !== before[1] || segment[2] !== before[2] || segment[3] !== before[3];
}
