import type { CellModule, Origin } from "./cellModule.js";

/**
 * Gives each cell the names that the cells before it declare, the nearest one winning, and those that ran. A cell that
 * declares a name itself has its own.
 * @param cells in the order of the notebook
 * @param gone texts that ran and stand nowhere; of what ran they get what they use
 * @param ran what a kernel has executed
 */
export function linkCells(cells: readonly CellModule[], gone: readonly CellModule[], ran: ReadonlyMap<string, Origin>): void {
  const links = new Map<CellModule, Map<string, Origin>>();
  const before = new Map<string, Origin>();
  for (const module of cells) {
    links.set(module, without(new Map([...ran, ...before]), module));
    for (const [name, declaration] of module.names.declared) {
      before.set(name, { module, declaration });
    }
  }
  for (const module of gone) {
    const used = [...ran].filter(([name]) => module.names.mentioned.has(name));
    links.set(module, without(new Map(used), module));
  }
  const usedImports = importsInUse(links);
  for (const [module, carried] of links) {
    module.link(carried, usedImports.get(module) ?? new Set());
  }
}

function without(names: Map<string, Origin>, module: CellModule): Map<string, Origin> {
  for (const [name, origin] of names) {
    if (module.names.declared.has(name) || origin.module === module) {
      names.delete(name);
    }
  }
  return names;
}

/** For each cell, what it imports and another one uses. */
function importsInUse(links: ReadonlyMap<CellModule, ReadonlyMap<string, Origin>>): Map<CellModule, Set<string>> {
  const used = new Map<CellModule, Set<string>>();
  for (const [user, carried] of links) {
    for (const name of user.names.mentioned) {
      const origin = carried.get(name);
      if (origin?.declaration.kind === "import") {
        used.set(origin.module, (used.get(origin.module) ?? new Set()).add(name));
      }
    }
  }
  return used;
}
