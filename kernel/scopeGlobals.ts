import type { Scope } from "./scope.js";

/**
 * While a debugger is attached, names that cells share are global variables too: a watch, a hover, a condition and the console
 * ask the engine for a name, and the engine does not know the scope that cells are rewritten to. Names of the engine's own stay.
 */
export class ScopeGlobals {
  private readonly shown = new Set<string>();

  constructor(private readonly scope: Scope) {}

  show(): void {
    this.scope.onDefine = (name) => this.showName(name);
    [...this.scope.kinds.keys()].forEach((name) => this.showName(name));
  }

  hide(): void {
    this.scope.onDefine = () => {};
    this.shown.forEach((name) => Reflect.deleteProperty(globalThis, name));
    this.shown.clear();
  }

  private showName(name: string): void {
    if (name in globalThis) {
      return;
    }
    const { names, constants, kinds } = this.scope;
    const set = (value: unknown) => Reflect.set(kinds.get(name) === "constant" ? constants : names, name, value);
    const isShown = Reflect.defineProperty(globalThis, name, { get: () => names[name], set, configurable: true, enumerable: false });
    if (isShown) {
      this.shown.add(name);
    }
  }
}
