import { type CellLanguage, CellModule, type Origin } from "./cellModule.js";

/**
 * What a kernel has executed: for each name, the text that declared it last. A text that still stands in its cell is that
 * cell; another one is a module of its own, which lives as long as one of its names does.
 */
export class RanTexts {
  private readonly declarers = new Map<string, CellModule>();
  private count = 0;

  /** @param path of the cell's module without an extension */
  add(uri: string, path: string, language: CellLanguage, text: string): void {
    const known = [...this.declarers.values()].find((one) => one.uri === uri && one.cellText === text);
    this.count += 1;
    const module = known ?? new CellModule(uri, `ran-${this.count}`, `${path}.ran-${this.count}`, language, text);
    for (const name of module.names.declared.keys()) {
      this.declarers.set(name, module);
    }
  }

  clear(): void {
    this.declarers.clear();
  }

  /** Modules of texts that do not stand in their cells any more. */
  gone(live: ReadonlyMap<string, CellModule>): CellModule[] {
    return [...new Set(this.declarers.values())].filter((module) => standing(module, live) === module);
  }

  /** What every cell knows, whatever stands before it. */
  origins(live: ReadonlyMap<string, CellModule>): Map<string, Origin> {
    const origins = new Map<string, Origin>();
    for (const [name, ran] of this.declarers) {
      const module = standing(ran, live);
      const declaration = module.names.declared.get(name);
      if (declaration) {
        origins.set(name, { module, declaration });
      }
    }
    return origins;
  }
}

function standing(ran: CellModule, live: ReadonlyMap<string, CellModule>): CellModule {
  const cell = live.get(ran.uri);
  return cell?.cellText === ran.cellText ? cell : ran;
}
