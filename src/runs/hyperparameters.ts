import type { ExperimentSpec } from "../experiment/spec.js";
import type { Hyperparameter } from "./runViews.js";

/** The name is no parameter, and of data and given weights nobody compares where they lie and their checksums. */
const untold = /^(version|name)$|\.(source|sha256)(\.|$)/;

/** Fields that a person calls by another name than the spec does. */
const shortTitles: readonly (readonly [path: RegExp, title: string])[] = [
  [/^task\.corpus\.name$/, "text"],
  [/^task\.data\.name$/, "data"],
  [/^task\.kind$/, "task"],
  // Each schedule has one rate that it is known by.
  [/^optimiser\.learningRate\.(rate|peak|from)$/, "learning rate"],
  [/^optimiser\.learningRate\.kind$/, "learning rate schedule"],
];

/** Every value of a spec as it is, number, word or truth value, in the order of the spec; a field that is null is left out. */
export function hyperparametersOf(spec: ExperimentSpec): Hyperparameter[] {
  const isStack = spec.layers.length > 1;
  return [...leavesOf(spec, "")].map(({ path, value }) => ({ path, title: titleOf(path, isStack), value }));
}

function* leavesOf(value: unknown, path: string): Generator<Omit<Hyperparameter, "title">> {
  if (untold.test(path)) {
    return;
  }
  if (typeof value === "object" && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      yield* leavesOf(field, path === "" ? name : `${path}.${name}`);
    }
  } else if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    yield { path, value };
  }
}

/** "units", "layer 2 quantiser recurrent", "batch size": the group that a field is in goes without saying. */
function titleOf(path: string, isStack: boolean): string {
  const short = shortTitles.find(([place]) => place.test(path));
  if (short) {
    return short[1];
  }
  const [group, ...rest] = path.replace(/\.kind$/, "").split(".");
  const names = ["task", "optimiser"].includes(group!) && rest.length > 0 ? rest : group === "layers" ? layerNames(rest, isStack) : [group!, ...rest];
  return names.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()).join(" ");
}

function layerNames([index, ...names]: readonly string[], isStack: boolean): readonly string[] {
  return isStack ? ["layer", String(Number(index) + 1), ...names] : names;
}
