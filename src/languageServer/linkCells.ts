import type { CellModule, Link, Origin } from "./cellModule.js";
import { CellScope } from "./cellScope.js";
import { earlierName } from "./earlierName.js";

/**
 * Gives each cell the names that the cells before it declare, the nearest one winning, and those that ran. A cell that
 * declares a name itself has its own.
 * @param cells in the order of the notebook
 * @param gone texts that ran and stand nowhere; of what ran they get what they use
 * @param ran what a kernel has executed
 */
export function linkCells(cells: readonly CellModule[], gone: readonly CellModule[], ran: CellScope): void {
  const links = new Map<CellModule, Link[]>();
  let before = new CellScope();
  for (const module of cells) {
    links.set(module, linksOf(module, before.over(ran)));
    before = before.after(module);
  }
  for (const module of gone) {
    links.set(module, linksOf(module, ran).filter(({ origin: { name } }) => module.names.mentioned.has(name)));
  }
  const usedImports = importsInUse(links);
  for (const [module, own] of links) {
    module.link(own, usedImports.get(module) ?? new Set());
  }
}

function linksOf(module: CellModule, { nearest, values, types }: CellScope): Link[] {
  const { declared } = module.names;
  const from = (origin: Origin | undefined): origin is Origin => origin !== undefined && origin.module !== module;
  const links: Link[] = [...nearest].flatMap(([name, origin]) => (from(origin) && !declared.has(name) ? [{ name, origin, as: "import" }] : []));
  for (const [name, { isValue, isType }] of declared) {
    const value = values.get(name);
    const type = types.get(name);
    const earlier = module.usesBefore.has(name) ? earlierName(name) : undefined;
    if (from(value) && !isValue) {
      links.push({ name, origin: value, as: "value" });
    }
    if (from(type) && !isType) {
      links.push({ name, origin: type, as: "type" });
    }
    if (from(value) && earlier !== undefined) {
      links.push({ name: earlier, origin: value, as: "import" });
    }
  }
  return links;
}

/** For each cell, what it imports and another one uses. */
function importsInUse(links: ReadonlyMap<CellModule, readonly Link[]>): Map<CellModule, Set<string>> {
  const used = new Map<CellModule, Set<string>>();
  for (const [user, own] of links) {
    for (const { origin } of own) {
      if (origin.declaration.kind === "import" && user.names.mentioned.has(origin.name)) {
        used.set(origin.module, (used.get(origin.module) ?? new Set()).add(origin.name));
      }
    }
  }
  return used;
}
