import type { Place } from "../src/variables/contract.js";
import { notDefined } from "./otherKernels.js";

/** Constants may be declared again by a later cell, but not assigned to. */
export type NameKind = "constant" | "variable";

/** Where a name's value comes from when it is imported: read afresh on each use, as module bindings are. */
type Getter = () => unknown;

type Names = Record<string, unknown>;

/**
 * The names that cells share. Cells read and write properties of `names`; what no cell declared is looked up
 * among the globals, so that `names` behaves like the scope around a program.
 */
export class Scope {
  readonly names: Names = Object.create(globalFallback()) as Names;
  readonly kinds = new Map<string, NameKind>();
  /** The cell that last declared a name; imports and the kernel's own names have none. */
  readonly places = new Map<string, Place>();
  /** Hears of each name that a cell declares. */
  onDefine: (name: string) => void = () => {};
  /** Receives writes to constants. */
  readonly constants: Names = new Proxy(this.names, {
    set() {
      throw new TypeError("Assignment to constant variable.");
    },
  });

  define(name: string, value: unknown, kind: NameKind): void {
    this.kinds.set(name, kind);
    Object.defineProperty(this.names, name, { value, writable: true, enumerable: true, configurable: true });
    this.onDefine(name);
  }

  defineImport(name: string, get: Getter): void {
    this.kinds.set(name, "constant");
    this.places.delete(name);
    Object.defineProperty(this.names, name, { get, enumerable: true, configurable: true });
    this.onDefine(name);
  }

  /** The present value of a name that a cell declared; undefined for imports, which are read by their modules' code. */
  valueOf(name: string): unknown {
    return Object.getOwnPropertyDescriptor(this.names, name)?.value;
  }

  /** An object whose assignments declare names, of the cell at `place`; `kinds` says which are constants. */
  declarations(kinds: Record<string, NameKind>, place: Place): Names {
    return new Proxy(Object.create(null) as Names, {
      set: (_target, name, value) => {
        this.define(String(name), value, kinds[String(name)] ?? "variable");
        this.places.set(String(name), place);
        return true;
      },
    });
  }
}

function globalFallback(): object {
  return new Proxy(Object.create(null) as object, {
    has: (_target, name) => name in globalThis,
    get(_target, name) {
      if (name in globalThis || typeof name === "symbol") {
        return Reflect.get(globalThis, name) as unknown;
      }
      throw new ReferenceError(notDefined(name));
    },
    set(_target, name, value) {
      if (!(name in globalThis)) {
        throw new ReferenceError(notDefined(String(name)));
      }
      return Reflect.set(globalThis, name, value);
    },
  });
}
