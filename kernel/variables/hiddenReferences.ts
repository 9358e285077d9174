import { type Runtime, Session } from "node:inspector";
import { cellParameters } from "../cellNames.js";

const shelfKey = Symbol.for("tritloom.hiddenReferences");

/** Where expressions that the inspector evaluates find and leave values. */
interface Shelf {
  readonly holders: readonly object[];
  readonly found: unknown[];
  readonly scopes: { readonly kind: string; readonly scope: { readonly object: Readonly<Record<string, unknown>> } }[];
}

/** Variables of a cell's scopes, and of modules that the kernel compiled, that are the kernel's own. */
const ownNames = new Set<string>(cellParameters);

/** Properties of the engine's own that lead to nothing of a program. */
const uninteresting = new Set(["[[Scopes]]", "[[Prototype]]", "[[FunctionLocation]]", "[[IsRevoked]]", "[[PromiseState]]", "[[GeneratorState]]"]);

/**
 * What objects refer to without a property that shows it: variables of closures, private fields, the result of a promise, entries of
 * weak maps, the target of a proxy. V8's inspector tells it, which runs no code of the program.
 * @returns undefined where this Node has no inspector
 */
export function hiddenReferences(holders: readonly object[]): unknown[] | undefined {
  const shelf: Shelf = { holders, found: [], scopes: [] };
  const session = connected();
  if (session === undefined) {
    return undefined;
  }
  Object.defineProperty(globalThis, shelfKey, { value: shelf, configurable: true });
  try {
    new Search(session).run(holders.length);
  } finally {
    Reflect.deleteProperty(globalThis, shelfKey);
    session.disconnect();
  }
  return [...shelf.found, ...shelf.scopes.flatMap(({ kind, scope }) => variablesOf(kind, scope.object))];
}

/** A function of a cell does not see so many variables around it; one of a library that is a single file does. */
const mostVariables = 300;

/** Of modules only those that the kernel compiled: what lies in the variables of a package is the package's own matter. */
function variablesOf(kind: string, scope: Readonly<Record<string, unknown>>): unknown[] {
  const names = Object.keys(scope);
  const isForeign = kind === "Module" && !names.some((name) => ownNames.has(name));
  const values = names.filter((name) => !ownNames.has(name)).map((name) => scope[name]);
  // The scope that has this function is the kernel's bundle.
  return isForeign || names.length > mostVariables || values.includes(hiddenReferences) ? [] : values;
}

/** Node's types are behind the protocol, which has private fields too. */
type WithPrivate = Runtime.GetPropertiesReturnType & { privateProperties?: { name: string; value?: Runtime.RemoteObject }[] };

function connected(): Session | undefined {
  try {
    const session = new Session();
    session.connect();
    return session;
  } catch {
    return undefined;
  }
}

class Search {
  private readonly shelf: string;
  /** Scripts whose module scope has been looked at: it is one for all functions of a module. */
  private readonly modules = new Set<string>();

  constructor(private readonly session: Session) {
    const { result } = this.post<Runtime.EvaluateReturnType>("Runtime.evaluate", { expression: `globalThis[Symbol.for(${JSON.stringify(shelfKey.description)})]` });
    this.shelf = result.objectId!;
  }

  run(holders: number): void {
    for (let index = 0; index < holders; index++) {
      const holder = this.call("function (index) { return this.holders[index]; }", { value: index });
      if (holder.objectId !== undefined) {
        this.searchIn(holder.objectId);
        this.post("Runtime.releaseObject", { objectId: holder.objectId });
      }
    }
  }

  private searchIn(objectId: string): void {
    const { internalProperties = [], privateProperties = [] } = this.propertiesOf(objectId) as WithPrivate;
    const valueOf = (wanted: string): Runtime.RemoteObject | undefined => internalProperties.find(({ name }) => name === wanted)?.value;
    const location = valueOf("[[FunctionLocation]]")?.value as { scriptId?: string } | undefined;
    this.takeScopes(valueOf("[[Scopes]]")?.objectId, location?.scriptId ?? "");
    const others = internalProperties.filter(({ name }) => !uninteresting.has(name));
    [...others, ...privateProperties].forEach(({ value }) => this.take(value));
  }

  private takeScopes(objectId: string | undefined, script: string): void {
    const scopes = objectId === undefined ? [] : this.propertiesOf(objectId).result;
    for (const { value } of scopes) {
      const kind = /^\w*/.exec(value?.description ?? "")![0];
      if (value?.objectId !== undefined && this.isLookedAt(kind, script)) {
        this.call("function (scope, kind) { this.scopes.push({ kind, scope }); }", { objectId: value.objectId }, { value: kind });
      }
    }
  }

  private isLookedAt(kind: string, script: string): boolean {
    if (kind === "Module") {
      const isNew = !this.modules.has(script);
      this.modules.add(script);
      return isNew;
    }
    return kind !== "Global" && kind !== "Script" && kind !== "";
  }

  private take(value: Runtime.RemoteObject | undefined): void {
    if (value?.objectId !== undefined) {
      this.call("function (value) { this.found.push(value); }", { objectId: value.objectId });
    }
  }

  private call(functionDeclaration: string, ...values: Runtime.CallArgument[]): Runtime.RemoteObject {
    const call = { objectId: this.shelf, functionDeclaration, arguments: values };
    return this.post<Runtime.CallFunctionOnReturnType>("Runtime.callFunctionOn", call).result;
  }

  private propertiesOf(objectId: string): Runtime.GetPropertiesReturnType {
    return this.post("Runtime.getProperties", { objectId, ownProperties: true, generatePreview: false });
  }

  /** Answers of a session on its own thread come before `post` returns. */
  private post<Answer>(method: string, parameters: object): Answer {
    let answer: Answer | undefined;
    this.session.post(method, parameters, (error, result) => {
      if (error) {
        throw new Error(`${method}: ${error.message}`);
      }
      answer = result as Answer;
    });
    return answer!;
  }
}
