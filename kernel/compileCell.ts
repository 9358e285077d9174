import { parse, type Program } from "acorn";
import MagicString from "magic-string";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { cellFunction, cellParameters } from "./cellNames.js";
import { type DebugSource, withSourceMap } from "./debugMap.js";
import { foreignLines, foreignLineWords } from "./foreignLines.js";
import { type DescribeSite, instrument } from "./instrument.js";
import { languageHint } from "./otherKernels.js";
import { rewriteCell } from "./rewriteCell.js";
import type { ProjectOptions } from "./projectOptions.js";
import type { NameKind } from "./scope.js";
import { asObjectExpression, outlineCell, type Position, SourceSyntaxError, transpile, type Transpiled } from "./transpile.js";

/** JavaScript that may run, and the way from its positions back to the source. */
export interface Compiled {
  code: string;
  /** See `Transpiled`. */
  problems: readonly string[];
  locate(line: number, column: number): Position | undefined;
  /** The code with a source map for debuggers. */
  codeFor(source: DebugSource): string;
}

/** What a cell is compiled with. */
export interface CellContext {
  /** Name of the script, for the compiler, without an extension. */
  file: string;
  /** The cell as stacks show it ("cell 3"). */
  shown: string;
  /** What earlier cells declared. */
  known: ReadonlyMap<string, NameKind>;
  project: ProjectOptions;
}

/**
 * TypeScript of one cell to an expression whose value is an async function. What the cell declares at its top level
 * becomes properties of the shared scope, and so do its references to what earlier cells declared.
 * @throws SourceSyntaxError with the position in the cell
 */
export function compileCell(source: string, context: CellContext): Compiled {
  return compileObject(source, context) ?? compileProgram(source, context);
}

/** A cell that is an object literal alone gives the object; JavaScript would read a block. Node's prompt has the same rule. */
function compileObject(source: string, context: CellContext): Compiled | undefined {
  const expression = asObjectExpression(source, `${context.file}.ts`);
  if (expression === undefined) {
    return undefined;
  }
  return unlessSyntaxError(() => compileText(expression, `${context.file}.ts`, context, "(".length)).compiled;
}

/** JSX is tried second, since it makes some TypeScript mean something else: `<T>value`. */
function compileProgram(source: string, context: CellContext): Compiled {
  const plain = unlessSyntaxError(() => compileText(source, `${context.file}.ts`, context));
  const { compiled = undefined, error } = plain.compiled
    ? plain
    : unlessSyntaxError(() => compileText(source, `${context.file}.tsx`, context));
  if (compiled) {
    return compiled;
  }
  const { message, position } = (isBefore(plain.error, error) ? error : plain.error) as SourceSyntaxError;
  throw foreignLineError(source) ?? new SourceSyntaxError(message + languageHint(source), position);
}

/** The error for the first line that is for a shell or for another kernel. */
function foreignLineError(source: string): SourceSyntaxError | undefined {
  const span = foreignLines(source)?.spans[0];
  if (span === undefined) {
    return undefined;
  }
  const before = source.slice(0, span.start).split("\n");
  const position = { line: before.length, column: before.at(-1)!.length + 1 };
  return new SourceSyntaxError(`"${source.slice(span.start, span.start + span.length)}" ${foreignLineWords}`, position);
}

type Attempt = { compiled: Compiled; error?: undefined } | { compiled?: undefined; error: SourceSyntaxError };

function unlessSyntaxError(compile: () => Compiled): Attempt {
  try {
    return { compiled: compile() };
  } catch (error) {
    if (error instanceof SourceSyntaxError) {
      return { error };
    }
    throw error;
  }
}

/** Whether reading the text as JSX came further. */
function isBefore(one: SourceSyntaxError | undefined, other: SourceSyntaxError | undefined): boolean {
  const place = (error: SourceSyntaxError | undefined): number => (error ? error.position.line * 1e6 + error.position.column : 0);
  return place(one) < place(other);
}

/** @param shift columns by which the first line was moved to the right */
function compileText(source: string, file: string, { shown, known, project }: CellContext, shift = 0): Compiled {
  const script = transpile(source, file, true, project);
  const outline = outlineCell(source, file, project.emit.emitDecoratorMetadata);
  return edit(script, shown, shift, (program, text, describeSite) => {
    instrument(program, text, describeSite);
    const hoisted = rewriteCell(program, text, { known, outline, describeSite });
    // Stacks leave out names that begin with two underscores; debuggers show this one as the number of the cell.
    text.prepend(`(async function ${cellFunction}(${cellParameters.join(",")}){"use strict";${hoisted}\n`);
    text.append("\n})");
  });
}

/**
 * Applies `change` to transpiled code and chains the source maps. A line break goes before the code, so that
 * nothing starts at offset 0 and everything hoisted can move there; it also is the line that the prefix ends.
 */
export function edit(
  script: Transpiled,
  shownName: string,
  shift: number,
  change: (program: Program, text: MagicString, describeSite: DescribeSite) => void,
): Compiled {
  const trace = new TraceMap(script.map);
  const toSource: ToSource = (line, column) => inSource(trace, line, column, shift);
  const code = `\n${script.code}`;
  const program = parseModule(code, toSource);
  const text = new MagicString(code);
  change(program, text, ({ loc }) => {
    const start = loc?.start ?? { line: 1, column: 0 };
    const at = toSource(start.line, start.column);
    return `${shownName}|${at?.line ?? 1}|${at?.column ?? 1}`;
  });
  let toScript: TraceMap | undefined;
  const edited = text.toString();
  return {
    code: edited,
    problems: script.problems,
    codeFor(source) {
      const stretches = () => text.generateDecodedMap({ hires: "boundary" }).mappings;
      return withSourceMap({ code: edited, stretches, toSource }, source);
    },
    locate(line, column) {
      toScript ??= new TraceMap(text.generateMap({ hires: true, source: "script.js" }).toString());
      const inScript = originalPositionFor(toScript, { line, column: column - 1 });
      return inScript.line === null ? undefined : toSource(inScript.line, inScript.column);
    },
  };
}

type ToSource = (line: number, column: number) => Position | undefined;

function parseModule(code: string, toSource: ToSource): Program {
  try {
    return parse(code, { ecmaVersion: "latest", sourceType: "module", ranges: true, locations: true });
  } catch (error) {
    if (error instanceof SyntaxError && "loc" in error) {
      const at = error.loc as { line: number; column: number };
      const position = toSource(at.line, at.column) ?? { line: 1, column: 1 };
      throw new SourceSyntaxError(error.message.replace(/ \(\d+:\d+\)$/, ""), position);
    }
    throw error;
  }
}

/** `line` counts the line break before the script as its first. */
function inSource(trace: TraceMap, line: number, column: number, shift: number): Position | undefined {
  const found = originalPositionFor(trace, { line: Math.max(1, line - 1), column });
  if (found.line === null) {
    return undefined;
  }
  return { line: found.line, column: Math.max(1, found.column + 1 - (found.line === 1 ? shift : 0)) };
}
