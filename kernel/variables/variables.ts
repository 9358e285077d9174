import type { Look, ValueView, VariableList, VariableRow } from "../../src/variables/contract.js";
import type { VariablesAnswer, VariablesQuestion } from "../contract.js";
import { textOf } from "../foreignValue.js";
import type { Scope } from "../scope.js";
import { leaksOf, type Roots } from "./leaks.js";
import { isObject, isReadable, ownValue } from "./read.js";
import { wholeText } from "./shortText.js";
import { summaryOf } from "./summary.js";
import { TensorLedger } from "./tensorLedger.js";
import { viewOf } from "./view.js";

/** Where TensorFlow.js keeps its tables of operations. */
const librariesGlobals = ["_tfGlobals"];

/** Variables that one list shows. */
const mostRows = 400;

export interface VariablesOptions {
  readonly scope: Scope;
  /** Packages that were imported: large, and of no cell. */
  libraries(): Iterable<object>;
  /** What cells imported of the user's own files. */
  ownModules(): Iterable<object>;
  /** Number of the cell that the running code belongs to. */
  runningCell(): number | undefined;
}

/** What the cells of a notebook have declared, for a person to look at. Nothing here runs code of a cell. */
export class Variables {
  private readonly ledger: TensorLedger;
  /** Globals that are not of cells. */
  private firstGlobals: ReadonlySet<string> = new Set();

  constructor(private readonly options: VariablesOptions) {
    this.ledger = new TensorLedger(options.runningCell);
  }

  /** Follows tensors from now on; call before the first cell, after all globals of the kernel's own are there. */
  install(): void {
    this.ledger.install();
    this.firstGlobals = new Set([...Object.getOwnPropertyNames(globalThis), ...librariesGlobals]);
  }

  /** Never throws: a backend, for example, may not be able to read its tensors. */
  answer(question: VariablesQuestion): VariablesAnswer {
    try {
      return this.answerTo(question);
    } catch (error) {
      return { about: "problem", text: error instanceof Error ? error.message : textOf(error, 1000) };
    }
  }

  private answerTo(question: VariablesQuestion): VariablesAnswer {
    switch (question.about) {
      case "variables":
        return { about: "variables", list: this.list() };
      case "value":
        return { about: "value", view: this.view(question.look) ?? null };
      case "text":
        return { about: "text", text: wholeText(this.options.scope.valueOf(question.name), this.ledger.engine) };
    }
  }

  /** All variables of cells in a few words each, and the tensors that none of them leads to. */
  list(): VariableList {
    const { scope } = this.options;
    const passedOver = this.passedOver();
    const all = [...scope.places];
    const rows = all.slice(0, mostRows).map(([name, place]): VariableRow => ({ name, place, ...summaryOf(scope.valueOf(name), this.ledger, passedOver) }));
    return { rows, omitted: all.length - rows.length, leaks: leaksOf(this.ledger, this.roots(), passedOver) };
  }

  /** @returns undefined where there is no such variable, or no such part of it */
  view(look: Look): ValueView | undefined {
    const { scope } = this.options;
    return scope.places.has(look.name) ? viewOf(scope.valueOf(look.name), look, this.ledger) : undefined;
  }

  /** Whatever a cell could name. */
  private roots(): Roots {
    const { scope } = this.options;
    const globals = Object.getOwnPropertyNames(globalThis).filter((key) => !this.firstGlobals.has(key));
    const declared = [...scope.places.keys()].map((name) => scope.valueOf(name));
    return { variables: [...declared, ...this.options.ownModules()], globals: globals.map((key) => ownValue(globalThis, key)) };
  }

  /** What a walk need not look into: the kernel's own objects, and libraries with what they export. */
  private passedOver(): Set<object> {
    const { scope } = this.options;
    const { engine } = this.ledger;
    const passed = new Set<object>([globalThis, scope.names, scope.constants, ...(engine ? [engine, engine.state] : [])]);
    for (const library of this.options.libraries()) {
      passed.add(library);
      exportsOf(library).forEach((exported) => passed.add(exported));
    }
    return passed;
  }
}

/** A CommonJS package that is imported has its exports in `default`. */
function exportsOf(library: object): object[] {
  const exported = partsOf(library);
  return [...exported, ...partsOf(ownValue(library, "default"))];
}

function partsOf(whole: unknown): object[] {
  return isReadable(whole) ? Reflect.ownKeys(whole).map((key) => ownValue(whole, key)).filter(isObject) : [];
}
