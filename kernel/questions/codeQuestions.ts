import { inspect as inspectValue } from "node:util";
import { asText } from "../display.js";
import { attempt, propertyOf, shortened, textOf } from "../foreignValue.js";
import { projectOptions } from "../projectOptions.js";
import type { Scope } from "../scope.js";
import { completeness } from "./completeness.js";
import type { CodeAnswer, CodeQuestion, Completion } from "./contract.js";
import { memberNames, memberOf, type Reached } from "./livingValues.js";
import { CodeNames } from "./namedPath.js";
import { startingWith } from "./startingWith.js";

const keywords =
  "abstract async await break case catch class const continue default delete do else enum export extends false finally for from function if implements import in instanceof interface let new null of return satisfies static super switch this throw true try type typeof undefined using var void while yield".split(
    " ",
  );

/** Characters of a value or a function's source in the answer to `inspect`. */
const valueCharacters = 10_000;
const reasonCharacters = 500;

/** Answers what a host asks about code that is being written; runs nothing of it. */
export class CodeQuestions {
  /** @param directory the notebook's folder, whose tsconfig.json says how cells are compiled */
  constructor(
    private readonly scope: Scope,
    private readonly directory: string,
  ) {}

  /** Never throws. */
  answer(question: CodeQuestion): CodeAnswer {
    try {
      return this.answerTo(question);
    } catch (error) {
      return { kind: "failed", message: textOf(propertyOf(error, "message") ?? error, reasonCharacters) };
    }
  }

  private answerTo(question: CodeQuestion): CodeAnswer {
    switch (question.kind) {
      case "complete":
        return this.complete(question.code, question.cursor);
      case "inspect":
        return { kind: "inspect", text: this.inspect(question.code, question.cursor, question.isDetailed) };
      case "completeness":
        return completeness(question.code, {
          file: "tritloom-question",
          shown: "the code",
          known: this.scope.kinds,
          project: projectOptions(this.directory),
        });
    }
  }

  private complete(code: string, cursor: number): CodeAnswer {
    const names = new CodeNames(code, cursor);
    const path = names.before();
    if (path === undefined) {
      return { kind: "complete", completions: [], start: cursor, end: cursor };
    }
    const { owner, name, start, end } = path;
    const completions = owner.length > 0 ? this.members(owner, name) : name === "" ? [] : this.names(name, names.others());
    return { kind: "complete", completions, start, end };
  }

  private members(owner: readonly string[], prefix: string): Completion[] {
    const reached = this.reach(owner);
    return reached === undefined
      ? []
      : startingWith(prefix, memberNames(reached.value)).map((text) => ({ text, kind: kindOf(memberOf(reached.value, text), "property") }));
  }

  /** What cells have defined stands first, then what the code itself names, the globals and the language's words. */
  private names(prefix: string, written: Set<string>): Completion[] {
    const defined = Object.keys(this.scope.names).sort();
    const values = new Set([...defined, ...[...written].sort(), ...memberNames(globalThis)]);
    return startingWith(prefix, [...new Set([...values, ...keywords])]).map((text) => ({
      text,
      kind: Object.hasOwn(this.scope.names, text)
        ? kindOf(this.reach([text]), "constant")
        : kindOf(memberOf(globalThis, text), values.has(text) ? "constant" : "keyword"),
    }));
  }

  private inspect(code: string, cursor: number, isDetailed: boolean): string | null {
    const path = new CodeNames(code, cursor).at();
    const whole = path && [...path.owner, path.name];
    const reached = whole && this.reach(whole);
    return reached === undefined ? null : described(whole!.join("."), reached.value, isDetailed);
  }

  /** Getters of names themselves are bindings of imports, or Node's own. */
  private reach([first, ...members]: readonly string[]): Reached | undefined {
    const root = first !== undefined && first in this.scope.names ? attempt(() => ({ value: this.scope.names[first] }), undefined) : undefined;
    return members.reduce<Reached | undefined>((reached, name) => reached && memberOf(reached.value, name), root);
  }
}

function kindOf(reached: Reached | undefined, other: Completion["kind"]): Completion["kind"] {
  if (reached === undefined) {
    return other;
  }
  if (typeof reached.value === "function") {
    return isClass(reached.value) ? "class" : "function";
  }
  return typeof reached.value === "object" && reached.value !== null ? "instance" : other;
}

function sourceOf(value: object): string {
  return attempt(() => Function.prototype.toString.call(value), "");
}

function isClass(value: object): boolean {
  return /^class\b/.test(sourceOf(value));
}

function described(name: string, value: unknown, isDetailed: boolean): string {
  if (typeof value !== "function") {
    return `${name}: ${typeName(value)}\n${shortened(asText(value), valueCharacters)}`;
  }
  const source = sourceOf(value);
  const head = isClass(value) ? inspectValue(value, { depth: 0 }) : `function ${name}${parametersOf(source)}`;
  return isDetailed ? `${head}\n\n${shortened(source, valueCharacters)}` : head;
}

function typeName(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return value === null ? "null" : typeof value;
  }
  const made = memberOf(value, "constructor")?.value;
  const name = typeof made === "function" ? memberOf(made, "name")?.value : undefined;
  return typeof name === "string" && name !== "" ? name : "object";
}

/** From the first parenthesis to its partner; strings with parentheses in default values are rare enough. */
function parametersOf(source: string): string {
  const start = source.indexOf("(");
  const arrow = source.indexOf("=>");
  if (start < 0 || (arrow >= 0 && arrow < start)) {
    return arrow < 0 ? "()" : `(${source.slice(0, arrow).replace(/^async\s/, "").trim()})`;
  }
  let depth = 0;
  for (let index = start; index < source.length; index += 1) {
    depth += source[index] === "(" ? 1 : source[index] === ")" ? -1 : 0;
    if (depth === 0) {
      return source.slice(start, index + 1).replace(/\s+/g, " ");
    }
  }
  return "()";
}
