import { className, isReadable, ownValue } from "./read.js";
import { numberText } from "./numberText.js";

/** What to tell first of an object of ours: the paths to properties, in order, with a word for each. */
const telling: Readonly<Record<string, readonly (readonly [word: string, path: string])[]>> = {
  Run: [["", "spec.name"], ["steps", "spec.steps"], ["in", "dir"]],
  Experiment: [["", "spec.name"], ["steps", "spec.steps"]],
  Text: [["", "corpus.name"], ["characters", "corpus.characters"], ["symbols", "corpus.symbols"]],
  Sequences: [["", "corpus.name"]],
  Evaluation: [["", "part"], ["predictions", "count"], ["BPC", "deployable.bpc"], ["accuracy", "deployable.accuracy"]],
  DataEvaluation: [["", "name"], ["predictions", "count"], ["BPC", "score.bpc"], ["accuracy", "score.accuracy"]],
  Accelerator: [["", "source.name"], ["cycles", "summary.cyclesPerTimestep"]],
  Schedule: [["", "chip.name"], ["cycles", "summary.cyclesPerTimestep"]],
};

/** One line for objects that cells get from "tritloom"; undefined for others, and where the properties are not as ours are. */
export function ownText(value: unknown): string | undefined {
  const paths = isReadable(value) ? telling[className(value) ?? ""] : undefined;
  const words = (paths ?? []).flatMap(([word, path]) => {
    const found = path.split(".").reduce(ownValue, value);
    const text = typeof found === "string" ? found : typeof found === "number" ? numberText(found) : undefined;
    return text === undefined ? [] : [word === "" ? text : `${word} ${text}`];
  });
  return words.length > 0 ? words.join(", ") : undefined;
}
