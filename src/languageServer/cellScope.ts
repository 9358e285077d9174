import type { CellModule, Origin } from "./cellModule.js";

/**
 * What names mean at one place of a notebook. A value and a type of one name may come from two cells, as they may when the
 * notebook runs: types are gone by then, and replace nothing.
 */
export class CellScope {
  constructor(
    /** The module that declared each name last; it gives both meanings, as it has the other one from before. */
    readonly nearest: ReadonlyMap<string, Origin> = new Map(),
    readonly values: ReadonlyMap<string, Origin> = new Map(),
    readonly types: ReadonlyMap<string, Origin> = new Map(),
  ) {}

  /** The scope after a module. */
  after(module: CellModule): CellScope {
    const origins = [...module.names.declared].map(([name, declaration]): [string, Origin] => [name, { module, name, declaration }]);
    return new CellScope(
      new Map([...this.nearest, ...origins]),
      new Map([...this.values, ...origins.filter(([, { declaration }]) => declaration.isValue)]),
      new Map([...this.types, ...origins.filter(([, { declaration }]) => declaration.isType)]),
    );
  }

  /** This scope, and behind it another one. */
  over({ nearest, values, types }: CellScope): CellScope {
    return new CellScope(new Map([...nearest, ...this.nearest]), new Map([...values, ...this.values]), new Map([...types, ...this.types]));
  }

  /** The modules that give anything. */
  modules(): ReadonlySet<CellModule> {
    return new Set([...this.values.values(), ...this.types.values()].map(({ module }) => module));
  }
}
