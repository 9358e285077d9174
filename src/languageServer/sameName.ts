import ts from "typescript";
import type { CellModule } from "./cellModule.js";
import type { NotebookProgram } from "./notebookProgram.js";

/** An offset in a file of a program. */
export interface ProgramPlace {
  readonly fileName: string;
  readonly offset: number;
}

/** How places of a name are found. */
export interface Search<T extends ts.DocumentSpan> {
  /** The places of the binding at a place. */
  find(place: ProgramPlace): readonly T[];
  /** The other places to search when this one has been found. */
  follow?(place: ProgramPlace): readonly ProgramPlace[];
}

/**
 * All places of a name. TypeScript finds those of one binding; where a name enters a cell by what nobody wrote, the search
 * goes on in the other cells that have it.
 */
export function everyPlace<T extends ts.DocumentSpan>(program: NotebookProgram, start: ProgramPlace, { find, follow }: Search<T>): T[] {
  const found = new Map<string, T>();
  const asked = new Set<string>();
  const waiting = [start];
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (asked.has(keyOf(place))) {
      continue;
    }
    asked.add(keyOf(place));
    for (const span of find(place)) {
      const at = { fileName: span.fileName, offset: span.textSpan.start };
      if (!found.has(keyOf(at))) {
        found.set(keyOf(at), span);
        waiting.push(...otherBindings(program, at).filter((other) => !found.has(keyOf(other))), ...(follow?.(at) ?? []));
      }
    }
  }
  return [...found.values()];
}

function keyOf({ fileName, offset }: ProgramPlace): string {
  return `${offset} ${fileName}`;
}

/** The bindings of other modules that are the same name of the notebook. */
function otherBindings(program: NotebookProgram, { fileName, offset }: ProgramPlace): ProgramPlace[] {
  const module = program.moduleOf(fileName);
  if (!module) {
    return [];
  }
  const origin = module.originAt(offset);
  if (origin) {
    return bindingsOf(program, origin.module, origin.name);
  }
  const declared = module.declaredAt(offset);
  return declared === undefined ? [] : bindingsOf(program, module, declared);
}

function bindingsOf(program: NotebookProgram, declarer: CellModule, name: string): ProgramPlace[] {
  const declaration = declarer.names.declared.get(name);
  const own = declaration ? [{ fileName: declarer.fileName, offset: declaration.start + declarer.shift }] : [];
  const users = program.allCells().filter(({ names }) => names.mentioned.has(name));
  return [...own, ...users.flatMap((cell) => cell.entriesOf(declarer, name).map((offset) => ({ fileName: cell.fileName, offset })))];
}

/** The name that stands at a place. */
export function identifierAt(program: NotebookProgram, { fileName, offset }: ProgramPlace): ts.Identifier | undefined {
  const file = program.program.getSourceFile(fileName);
  const find = (node: ts.Node): ts.Identifier | undefined => {
    if (file === undefined || offset < node.getStart(file) || offset >= node.end) {
      return undefined;
    }
    return ts.isIdentifier(node) ? node : ts.forEachChild(node, find);
  };
  return file && find(file);
}
