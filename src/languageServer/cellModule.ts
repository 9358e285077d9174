import ts from "typescript";
import { asObjectExpression } from "../../kernel/transpile.js";
import { type CellNames, cellNames, type Declaration } from "./cellNames.js";

/** Where a name comes from that a cell does not declare by itself. */
export interface Origin {
  readonly module: CellModule;
  readonly declaration: Declaration;
}

/** The languages of cells that the kernel runs. */
export type CellLanguage = "typescript" | "javascript";

/** Nothing that a person writes begins so. */
const specifierPrefix = "tritloom-cell:";
const importsSuffix = ".imports";

/** The end of the paths of modules made of cells, for patterns that leave them out. */
export const cellFilePattern = "**/*.tritloom-cell-*";

/** Comments that mean something only at the beginning of a file. */
const directive = /^(?:\/\/\/\s*<.*|\/\/\s*@ts-(?:no)?check\b.*|\/\*\*?\s*@jsx\w*\b.*\*\/)$/;

/**
 * The text of one cell as a module of its own, so that what is wrong in one leaves the others alone. In front of the
 * cell's text stands what makes it part of a notebook: imports of the names that other cells declared, unless it
 * declares them again, and exports of its own. A syntax error in the cell's text does not reach what stands before it.
 */
export class CellModule {
  readonly fileName: string;
  /** A module that exports what the cell imports: other cells take it from there, and the cell's own import stays unused. */
  readonly importsFileName: string;
  names: CellNames;
  scriptKind: ts.ScriptKind;
  version = 1;
  text = "";
  /** Length of what stands before the cell's text. */
  shift = 0;
  private source: string;
  private isObject = false;
  private carried: ReadonlyMap<string, Origin> = new Map();
  private readonly carriedAt = new Map<string, number>();

  /** @param path of the module without an extension; its folder is where its imports start */
  constructor(
    readonly uri: string,
    readonly id: string,
    path: string,
    private readonly language: CellLanguage,
    source: string,
  ) {
    const extension = language === "javascript" ? ".js" : ".ts";
    this.fileName = `${path}${extension}`;
    this.importsFileName = `${path}${importsSuffix}.ts`;
    this.source = source;
    const read = this.read();
    this.names = read.names;
    this.scriptKind = read.kind;
  }

  get cellText(): string {
    return this.source;
  }

  /** @returns whether it differs from what the cell was */
  setText(source: string): boolean {
    if (source === this.source) {
      return false;
    }
    this.source = source;
    const { names, kind } = this.read();
    this.names = names;
    this.scriptKind = kind;
    return true;
  }

  /** The text of the module with what the cell imports. */
  get importsText(): string {
    const statements = [...this.names.declared.values()].map(({ reexport }) => reexport ?? "");
    return `${statements.join("\n")}\nexport {};\n`;
  }

  /**
   * Makes the module's text.
   * @param carried the names that other cells give to this one
   * @param usedImports the cell's own imports that other cells use
   */
  link(carried: ReadonlyMap<string, Origin>, usedImports: ReadonlySet<string>): void {
    this.carried = carried;
    const head = this.head(carried, usedImports);
    const text = `${head}${this.isObject ? "(" : ""}${this.source}${this.isObject ? "\n)" : ""}`;
    this.shift = head.length + (this.isObject ? 1 : 0);
    if (text !== this.text) {
      this.text = text;
      this.version += 1;
    }
  }

  /** The part of a span of the module that the cell's text has; undefined where there is none. */
  inCell({ start, length }: ts.TextSpan): ts.TextSpan | undefined {
    const from = start - this.shift;
    return from < 0 || from + length > this.source.length ? undefined : { start: from, length };
  }

  /** Where the name that other cells declared enters the module, if it is not the cell's own. */
  entryOf(name: string): number | undefined {
    return this.carriedAt.get(name);
  }

  originOf(name: string): Origin | undefined {
    return this.carried.get(name);
  }

  /** The name that enters the module at an offset. */
  entryAt(offset: number): string | undefined {
    return offset < this.shift ? [...this.carriedAt].find(([, at]) => at === offset)?.[0] : undefined;
  }

  /** The name of the cell's top level that is declared at an offset of the module. */
  declaredAt(offset: number): string | undefined {
    return [...this.names.declared].find(([, { start }]) => start + this.shift === offset)?.[0];
  }

  private read(): { names: CellNames; kind: ts.ScriptKind } {
    this.isObject = asObjectExpression(this.source, "cell.ts") !== undefined;
    const kind = this.kindOfText();
    return { kind, names: cellNames(parse(this.source, kind)) };
  }

  /** JSX is tried second, as the kernel does, since it makes some TypeScript mean something else: `<T>value`. */
  private kindOfText(): ts.ScriptKind {
    if (this.language === "javascript") {
      return ts.ScriptKind.JS;
    }
    const mayHoldJsx = /<[\w>]/.test(this.source) && /<\/|\/>/.test(this.source);
    return mayHoldJsx && errorsIn(this.source, ts.ScriptKind.TS) > 0 && errorsIn(this.source, ts.ScriptKind.TSX) === 0
      ? ts.ScriptKind.TSX
      : ts.ScriptKind.TS;
  }

  private head(carried: ReadonlyMap<string, Origin>, usedImports: ReadonlySet<string>): string {
    this.carriedAt.clear();
    let head = directives(this.source);
    const add = (name: string, before: string, after: string): void => {
      head += before;
      this.carriedAt.set(name, head.length);
      head += `${name}${after}`;
    };
    for (const [specifier, names] of this.bySpecifier(carried)) {
      head += "import { ";
      names.forEach((name) => add(name, "", ", "));
      head += `} from ${JSON.stringify(specifier)};\n`;
    }
    for (const [name, { module }] of carried) {
      if (this.assigns(name, carried)) {
        add(name, "declare let ", `: typeof import(${JSON.stringify(specifierOf(module))}).${name};\n`);
      }
    }
    const exported = [...this.names.declared].filter(
      ([name, { kind }]) => !this.names.exported.has(name) && (kind !== "import" || usedImports.has(name)),
    );
    // TypeScript indents what follows an export without a module: it might go on. The blank line parts the cell's imports from these.
    return `${head}export { ${exported.map(([name]) => name).join(", ")} };\n;\n\n`;
  }

  private bySpecifier(carried: ReadonlyMap<string, Origin>): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const [name, { module, declaration }] of carried) {
      if (!this.assigns(name, carried)) {
        const specifier = specifierOf(module) + (declaration.kind === "import" ? importsSuffix : "");
        groups.set(specifier, [...(groups.get(specifier) ?? []), name]);
      }
    }
    return groups;
  }

  /** An import cannot be assigned to, and a variable of another cell can. */
  private assigns(name: string, carried: ReadonlyMap<string, Origin>): boolean {
    return this.names.assigned.has(name) && carried.get(name)?.declaration.kind === "let";
  }
}

function specifierOf({ id }: CellModule): string {
  return `${specifierPrefix}${id}`;
}

/** Whether code, or the name of a module, is of the kind that nobody writes. */
export function importsCell(code: string): boolean {
  return code.includes(specifierPrefix) || code.includes(".tritloom-cell-");
}

/** What an import that `CellModule` wrote stands for: the id of a cell, and which of its two modules. */
export function cellOfSpecifier(specifier: string): { id: string; isImports: boolean } | undefined {
  if (!specifier.startsWith(specifierPrefix)) {
    return undefined;
  }
  const isImports = specifier.endsWith(importsSuffix);
  return { id: specifier.slice(specifierPrefix.length, isImports ? -importsSuffix.length : undefined), isImports };
}

function parse(text: string, kind: ts.ScriptKind): ts.SourceFile {
  return ts.createSourceFile(
    "cell",
    text,
    {
      languageVersion: ts.ScriptTarget.ESNext,
      // Without it `await {` at the top level is a name and a block.
      setExternalModuleIndicator: (file) => Object.assign(file, { externalModuleIndicator: true }),
    },
    true,
    kind,
  );
}

/** Where the first error of syntax stands matters not, only whether there is one. */
function errorsIn(text: string, kind: ts.ScriptKind): number {
  return (parse(text, kind) as ts.SourceFile & { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length;
}

function directives(source: string): string {
  const lines: string[] = [];
  for (const line of source.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed !== "" && !trimmed.startsWith("//") && !trimmed.startsWith("/*")) {
      break;
    }
    if (directive.test(trimmed)) {
      lines.push(`${trimmed}\n`);
    }
  }
  return lines.join("");
}
