import type { CellError } from "./contract.js";
import { asText } from "./display.js";
import { awaitSites } from "./execution.js";
import { attempt, isError, isInstance, propertyOf, shortened, textOf } from "./foreignValue.js";
import { inSourceWords, withAwaitHint } from "./sourceWords.js";
import type { Position } from "./transpile.js";
import { SourceSyntaxError } from "./transpile.js";
import { wellFormed } from "./wellFormed.js";

/** Where the code of one script came from: a cell, or a file of the user's that the kernel compiled. */
export interface ScriptOrigin {
  cell: number | undefined;
  /** "cell 3", or the path of the file. */
  name: string;
  locate(line: number, column: number): Position | undefined;
}

interface Frame {
  text: string;
  cell: number | undefined;
  line: number | undefined;
}

const maximalFrames = 30;
/** Causes, and errors of an AggregateError, that are told with an error. */
const maximalRelated = 20;
/** How many characters of a message are shown; what is longer hides the places where the error arose. */
const messageCharacters = 100_000;
const nameCharacters = 200;

/** Knows every compiled script, and turns stacks of errors into places that the user knows. */
export class StackMapper {
  private readonly scripts = new Map<string, ScriptOrigin>();
  private readonly frames = new WeakMap<object, Frame[]>();

  /**
   * @param hiddenFolders code of the product, whose frames say nothing to the user
   * @param valueOf of a name that cells share, for hints
   */
  constructor(
    private readonly hiddenFolders: readonly string[],
    private readonly valueOf: (name: string) => unknown = () => undefined,
  ) {}

  add(fileName: string, origin: ScriptOrigin): void {
    this.scripts.set(fileName, origin);
  }

  /** From here on `error.stack` names cells and lines, also where a cell prints it. */
  install(): void {
    Error.stackTraceLimit = 50;
    Error.prepareStackTrace = (error, sites) => this.render(error, sites);
  }

  /** Adds the frames of `here`, made where a cell asked for something, to an error that arose elsewhere. */
  addOrigin(error: unknown, here: Error): void {
    if (isError(error) && this.framesOf(error).every((frame) => frame.cell === undefined)) {
      this.frames.set(error, [...this.ownFramesOf(error), ...this.ownFramesOf(here)]);
    }
  }

  /** Name, message and user frames of whatever was thrown, with the chain of its causes. Never throws itself. */
  describe(thrown: unknown, running: number | undefined): CellError {
    const cell = running === undefined ? {} : { cell: running };
    const unreadable = { name: "Error", message: "[an error that cannot be shown: reading it throws]", stack: "", ...cell };
    return attempt(() => this.describeError(thrown, running), unreadable);
  }

  private describeError(thrown: unknown, running: number | undefined): CellError {
    if (!isError(thrown)) {
      const message = shortened(asText(thrown), messageCharacters);
      return { name: "Thrown value", message, stack: "", ...(running ? { cell: running } : {}) };
    }
    const header = { name: nameOf(thrown), message: withAwaitHint(messageOf(thrown), this.valueOf) };
    if (isInstance(thrown, SourceSyntaxError)) {
      const { line, column } = thrown.position;
      return { ...header, stack: `    at cell ${running}, line ${line}, column ${column}`, cell: running, line };
    }
    const place = this.framesOf(thrown).find((frame) => frame.cell !== undefined);
    return {
      ...header,
      stack: wellFormed(this.stackLines(thrown, new Set()).join("\n")),
      cell: place?.cell ?? running,
      ...(place?.line === undefined ? {} : { line: place.line }),
    };
  }

  private stackLines(error: Error, seen: Set<unknown>): string[] {
    seen.add(error);
    const lines = this.framesOf(error).map((frame) => `    at ${frame.text}`);
    if (isInstance(error, AggregateError)) {
      lines.push(...this.aggregated(propertyOf(error, "errors"), seen));
    }
    const cause = propertyOf(error, "cause");
    if (cause !== undefined) {
      lines.push(...this.related("Caused by", cause, seen));
    }
    return lines;
  }

  private aggregated(errors: unknown, seen: Set<unknown>): string[] {
    const count = Number(propertyOf(errors, "length")) || 0;
    const told = Math.max(0, Math.min(count, maximalRelated - seen.size));
    const lines = Array.from({ length: told }, (_, index) =>
      this.related(`Error ${index + 1}`, propertyOf(errors, index), seen),
    ).flat();
    return told < count ? [...lines, `and ${(count - told).toLocaleString("en")} more errors`] : lines;
  }

  private related(relation: string, value: unknown, seen: Set<unknown>): string[] {
    if (seen.has(value)) {
      return [`${relation}: (shown above)`];
    }
    if (seen.size >= maximalRelated) {
      return [`${relation}: (left out: ${maximalRelated} errors are told)`];
    }
    return isError(value)
      ? [`${relation}: ${nameOf(value)}: ${messageOf(value)}`, ...this.stackLines(value, seen)]
      : [`${relation}: ${shortened(asText(value), messageCharacters)}`];
  }

  private framesOf(error: Error): Frame[] {
    const frames = this.ownFramesOf(error);
    const awaited = awaitSites(error).map(siteFrame).filter((site) => !frames.some((frame) => isSamePlace(frame, site)));
    return [...frames, ...awaited];
  }

  private ownFramesOf(error: Error): Frame[] {
    // Reading the stack is what makes V8 call prepareStackTrace.
    const stack = propertyOf(error, "stack");
    const known = this.frames.get(error);
    if (known) {
      return known;
    }
    const lines = typeof stack === "string" ? stack.slice(0, messageCharacters).split("\n").filter(isUserLine) : [];
    return lines.slice(0, maximalFrames).map((line) => ({ text: line.replace(/^\s+at /, ""), cell: undefined, line: undefined }));
  }

  private render(error: Error, sites: NodeJS.CallSite[]): string {
    const frames = withoutRepeats(sites.flatMap((site) => this.frame(site) ?? [])).slice(0, maximalFrames);
    this.frames.set(error, frames);
    const header = attempt(() => inSourceWords(Error.prototype.toString.call(error)), "Error");
    return [header, ...frames.map((frame) => `    at ${frame.text}`)].join("\n");
  }

  private frame(site: NodeJS.CallSite): Frame | undefined {
    const fileName = site.getFileName() ?? "";
    const [line, column] = [site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1];
    const origin = this.scripts.get(fileName);
    if (origin) {
      return originalFrame(origin, functionName(site), origin.locate(line, column));
    }
    return this.isHidden(fileName)
      ? undefined
      : { text: describeFrame(functionName(site), `${fileName}:${line}:${column}`), cell: undefined, line: undefined };
  }

  private isHidden(fileName: string): boolean {
    const path = fileName.replace(/^file:\/\//, "");
    return fileName === "" || fileName.startsWith("node:") || this.hiddenFolders.some((folder) => path.startsWith(folder));
  }
}

function nameOf(error: Error): string {
  return textOf(propertyOf(error, "name") || "Error", nameCharacters);
}

function messageOf(error: Error): string {
  return inSourceWords(textOf(propertyOf(error, "message") ?? "", messageCharacters));
}

/** The frame of an `await`, from its `name|line|column`. */
function siteFrame(site: string): Frame {
  const [name = "", line = "1", column = "1"] = site.split("|");
  const cell = /^cell (\d+)$/.exec(name)?.[1];
  const text = cell === undefined ? `${name}:${line}:${column}` : `${name}, line ${line}, column ${column}`;
  return { text: `async ${text}`, cell: cell === undefined ? undefined : Number(cell), line: Number(line) };
}

function isSamePlace(frame: Frame, site: Frame): boolean {
  return frame.cell === undefined ? frame.text === site.text : frame.cell === site.cell && frame.line === site.line;
}

/** A line of a stack that another thread rendered. */
function isUserLine(line: string): boolean {
  return /^\s+at /.test(line) && !/node:|kernel-loader\.js/.test(line);
}

/** Deep recursion says the same over and over: two of a kind in a row are enough. */
function withoutRepeats(frames: Frame[]): Frame[] {
  return frames.filter((frame, index) => frame.text !== frames[index - 1]?.text || frame.text !== frames[index - 2]?.text);
}

function originalFrame(origin: ScriptOrigin, named: string, at: Position | undefined): Frame | undefined {
  if (!at) {
    return undefined;
  }
  const place =
    origin.cell === undefined
      ? `${origin.name}:${at.line}:${at.column}`
      : `${origin.name}, line ${at.line}, column ${at.column}`;
  return { text: describeFrame(named, place), cell: origin.cell, line: at.line };
}

/** The function of a frame, or "" for the top level of a cell. */
function functionName(site: NodeJS.CallSite): string {
  const name = site.getFunctionName();
  if (!name || name.startsWith("__")) {
    return "";
  }
  const isAsync = (site as { isAsync?: () => boolean }).isAsync?.() ?? false;
  return `${isAsync ? "async " : ""}${site.isConstructor() ? "new " : ""}${name}`;
}

function describeFrame(named: string, place: string): string {
  return named === "" ? place : `${named} (${place})`;
}
