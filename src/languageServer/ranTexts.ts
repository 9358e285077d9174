import { type CellLanguage, CellModule } from "./cellModule.js";
import { CellScope } from "./cellScope.js";

/**
 * What a kernel has executed: for each name, the text that declared it last. A text that still stands in its cell is that
 * cell; another one is a module of its own, which lives as long as one of its names does.
 */
export class RanTexts {
  /** The one that ran last stands last. */
  private modules: CellModule[] = [];
  private count = 0;

  /** @param path of the cell's module without an extension */
  add(uri: string, path: string, language: CellLanguage, text: string): void {
    const known = this.modules.find((one) => one.uri === uri && one.cellText === text);
    this.count += 1;
    const module = known ?? new CellModule(uri, `ran-${this.count}`, `${path}.ran-${this.count}`, language, text);
    const all = [...this.modules.filter((one) => one !== known), module];
    const needed = scopeAfter(all).modules();
    this.modules = all.filter((one) => needed.has(one));
  }

  clear(): void {
    this.modules = [];
  }

  /** Modules of texts that do not stand in their cells any more. */
  gone(live: ReadonlyMap<string, CellModule>): CellModule[] {
    return this.modules.filter((module) => standing(module, live) === module);
  }

  /** What every cell knows, whatever stands before it. */
  scope(live: ReadonlyMap<string, CellModule>): CellScope {
    return scopeAfter(this.modules.map((module) => standing(module, live)));
  }
}

function scopeAfter(modules: readonly CellModule[]): CellScope {
  return modules.reduce((scope, module) => scope.after(module), new CellScope());
}

function standing(ran: CellModule, live: ReadonlyMap<string, CellModule>): CellModule {
  const cell = live.get(ran.uri);
  return cell?.cellText === ran.cellText ? cell : ran;
}
