/** The chapters of the API reference, by the source files that declare their words; `typedoc.json` has their order. */
const chapters = {
  "Experiments and runs": [
    "api/experiment",
    "api/run",
    "api/customFunctions",
    "jobs/stepCallback",
    "api/classWeights",
    "api/importModel",
    "api/quantiseOptions",
    "api/importedInputs",
    "api/startFrom",
    "api/distillation",
    "rnn/sourceWeights",
    "api/startedRun",
    "api/exportedRuns",
    "api/importedCurves",
    "trackers/",
    "experiment/spec",
  ],
  Sweeps: ["sweeps/", "api/sweep", "api/tradeOff", "jobs/tradeOff"],
  "Data and tasks": ["api/data", "api/dataOptions", "api/tasks", "data/arraySequences", "data/csv", "jobs/sequences", "jobs/text.", "experiment/taskSpec"],
  Layers: ["cells/", "api/layers", "api/bidirectional"],
  Quantisers: ["quantisers/"],
  Normalisers: ["normalisers/"],
  "Training and what ships": ["api/optimisers", "rnn/training/schedule"],
  "Figures and predictions": [
    "jobs/evaluation",
    "jobs/classificationReport",
    "data/classFigures",
    "jobs/givenData",
    "jobs/sequencePredictions",
    "jobs/textPredictions",
    "jobs/trace",
    "jobs/ngram",
    "api/ngram",
    "api/candidates",
    "api/generatedText",
    "api/sizeTable",
    "api/weights",
    "rnn/inference/score",
    "jobs/environment",
  ],
  "Hardware and files": ["api/import", "rnn/sourceWeights", "api/accelerator", "api/hardwareReport", "api/verification", "api/onnx", "hardware/", "jobs/integerEvaluation"],
};

/** Specs are declared in files of many parts; their names say where they belong. */
const named = { NormaliserSpec: "Normalisers", LstmSpec: "Layers", GruSpec: "Layers", MinGruSpec: "Layers" };

/**
 * @param {string} name of a word that cells import
 * @param {string} file that declares it
 * @throws Error for a word of no chapter: give its file one
 */
export function chapterOf(name, file) {
  const [, place] = /\/src\/(.*)$/.exec(file) ?? [];
  const found = named[name] ?? Object.keys(chapters).find((chapter) => chapters[chapter].some((start) => place?.startsWith(start)));
  if (found === undefined) {
    throw new Error(`"${name}" of ${file} is in no chapter of the API reference: add the file to scripts/typedocCategories.mjs`);
  }
  return found;
}
