import ts from "typescript";
import { type ForeignLines, foreignLines } from "../../kernel/foreignLines.js";
import { asObjectExpression } from "../../kernel/transpile.js";
import { type CellNames, cellNames, type Declaration } from "./cellNames.js";
import { asWritten } from "./earlierName.js";
import { errorsIn, parse } from "./parse.js";
import { usesBefore } from "./usesBefore.js";

/** This says where a name comes from that a cell does not declare by itself. */
export interface Origin {
  readonly module: CellModule;
  readonly name: string;
  readonly declaration: Declaration;
}

/** How a name of another cell enters a module. */
export interface Link {
  /** What the module calls it. */
  readonly name: string;
  readonly origin: Origin;
  /** Beside what the cell declares itself under the same name, the other one of its two meanings. */
  readonly as: "import" | "value" | "type";
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
  /** The places where the cell uses names of an earlier cell that it declares anew. */
  usesBefore: ReturnType<typeof usesBefore>;
  scriptKind: ts.ScriptKind;
  version = 1;
  text = "";
  /** Length of what stands before the cell's text. */
  shift = 0;
  /** Lines that the kernel does not understand. */
  foreign: ForeignLines | undefined;
  private source: string;
  private isObject = false;
  private links: ReadonlyMap<string, Link> = new Map();
  private readonly enters = new Map<string, number>();

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
    this.usesBefore = read.uses;
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
    const { names, uses, kind } = this.read();
    this.names = names;
    this.usesBefore = uses;
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
   * @param links the names that other cells give to this one
   * @param usedImports the cell's own imports that other cells use
   */
  link(links: readonly Link[], usedImports: ReadonlySet<string>): void {
    this.links = new Map(links.map((link) => [link.name, link]));
    const head = this.head(links, usedImports);
    const text = `${head}${this.isObject ? "(" : ""}${this.body(links)}${this.isObject ? "\n)" : ""}`;
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

  /** Finds where a name that another cell declared enters the module. */
  entriesOf(declarer: CellModule, name: string): number[] {
    const links = [...this.links.values()].filter(({ origin }) => origin.module === declarer && origin.name === name);
    return links.map((link) => this.enters.get(link.name)!);
  }

  originOf(name: string): Origin | undefined {
    return this.links.get(name)?.origin;
  }

  /** Finds where the name comes from that enters the module at an offset. */
  originAt(offset: number): Origin | undefined {
    const name = offset < this.shift ? [...this.enters].find(([, at]) => at === offset)?.[0] : undefined;
    return name === undefined ? undefined : this.originOf(name);
  }

  /** The name of the cell's top level that is declared at an offset of the module. */
  declaredAt(offset: number): string | undefined {
    return [...this.names.declared].find(([, { start }]) => start + this.shift === offset)?.[0];
  }

  private get code(): string {
    return this.foreign?.text ?? this.source;
  }

  private read() {
    this.foreign = foreignLines(this.source);
    const kind = this.kindOf(this.code);
    this.isObject = isObject(this.code, kind);
    const file = parse(this.code, kind);
    return { kind, names: cellNames(file), uses: usesBefore(file) };
  }

  /** JSX is tried second, as the kernel does, since it makes some TypeScript mean something else: `<T>value`. */
  private kindOf(text: string): ts.ScriptKind {
    if (this.language === "javascript") {
      return ts.ScriptKind.JS;
    }
    const mayHoldJsx = /<[\w>]/.test(text) && /<\/|\/>/.test(text);
    return mayHoldJsx && errorsIn(text, ts.ScriptKind.TS) > 0 && errorsIn(text, ts.ScriptKind.TSX) === 0
      ? ts.ScriptKind.TSX
      : ts.ScriptKind.TS;
  }

  /** The cell's text, with the names of earlier cells that it declares anew by what this module calls them. */
  private body(links: readonly Link[]): string {
    let text = this.code;
    for (const { name } of links) {
      for (const start of this.usesBefore.get(asWritten(name)) ?? []) {
        text = `${text.slice(0, start)}${name}${text.slice(start + name.length)}`;
      }
    }
    return text;
  }

  private head(links: readonly Link[], usedImports: ReadonlySet<string>): string {
    this.enters.clear();
    let head = directives(this.source);
    const add = (name: string, before: string, after: string): void => {
      head += before;
      this.enters.set(name, head.length);
      head += `${name}${after}`;
    };
    const declared = links.filter((link) => link.as !== "import" || this.assigns(link));
    for (const [specifier, imported] of bySpecifier(links.filter((link) => !declared.includes(link)))) {
      head += "import { ";
      imported.forEach(({ name, origin }) => add(name, name === origin.name ? "" : `${origin.name} as `, ", "));
      head += `} from ${JSON.stringify(specifier)};\n`;
    }
    for (const { name, origin, as } of declared) {
      const place = `import(${JSON.stringify(specifierOf(origin))}).${origin.name}`;
      const { kind, typeParameters = "" } = origin.declaration;
      if (as === "type") {
        add(name, "type ", `${typeParameters} = ${place}${namesOfParameters(typeParameters)};\n`);
      } else {
        add(name, `declare ${kind === "let" ? "let" : "const"} `, `: typeof ${place};\n`);
      }
    }
    const exported = [...this.names.declared].filter(
      ([name, { kind }]) => !this.names.exported.has(name) && (kind !== "import" || usedImports.has(name)),
    );
    // TypeScript indents what follows an export without a module: it might go on. The blank line parts the cell's imports from these.
    return `${head}export { ${exported.map(([name]) => name).join(", ")} };\n;\n\n`;
  }

  /** An import cannot be assigned to, and a variable of another cell can. */
  private assigns({ name, origin }: Link): boolean {
    return this.names.assigned.has(name) && origin.declaration.kind === "let";
  }
}

function bySpecifier(links: readonly Link[]): Map<string, Link[]> {
  const groups = new Map<string, Link[]>();
  for (const link of links) {
    const specifier = specifierOf(link.origin);
    groups.set(specifier, [...(groups.get(specifier) ?? []), link]);
  }
  return groups;
}

/** Arguments for all of `<T extends object, U = T>`. */
function namesOfParameters(parameters: string): string {
  const names = parse(`type Any${parameters} = 1`, ts.ScriptKind.TS).statements.filter(ts.isTypeAliasDeclaration).flatMap((one) => one.typeParameters ?? []);
  return names.length === 0 ? "" : `<${names.map(({ name }) => name.text).join(", ")}>`;
}

function specifierOf({ module, declaration }: Origin): string {
  return `${specifierPrefix}${module.id}${declaration.kind === "import" ? importsSuffix : ""}`;
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

/** Does as the kernel does: what is no object, and is a block, is a block. */
function isObject(source: string, kind: ts.ScriptKind): boolean {
  const expression = asObjectExpression(source, "cell.ts");
  return expression !== undefined && (errorsIn(expression, kind) === 0 || errorsIn(source, kind) > 0);
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
