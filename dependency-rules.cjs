/** Which room may import which (see the house plan in CONTRIBUTING.md); checked by dependency-cruiser in `npm run lint`. */

const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|kernel|webview)/", pathNot: `${allowed}|^src/(text|numbers|files|programs|normalisers)/` },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "vscode-only-in-extension",
      severity: "error",
      from: { pathNot: "^src/extension(\\.ts$|/)" },
      to: { path: "^vscode$|@types/vscode/" },
    },
    {
      name: "no-node-in-webview",
      severity: "error",
      from: { path: "^webview/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "one-toolkit-file",
      comment: "The webview UI toolkit is unmaintained: one file to replace.",
      severity: "error",
      from: { pathNot: "^webview/shared/controls\\.ts$" },
      to: { path: "@vscode/webview-ui-toolkit" },
    },
    only("numbers-is-a-leaf", "^src/numbers/", "^src/numbers/", "every room draws from it"),
    only("files-is-a-leaf", "^src/files/", "^src/files/", "every room writes durable files with it"),
    only("programs-is-a-leaf", "^src/programs/", "^src/programs/", "every room runs other programs with it"),
    only("quantisers-is-a-leaf", "^src/quantisers/", "^src/quantisers/|^src/experiment/(customFunction|faults|optionNames)\\.ts$", "a quantiser knows a matrix, not a network, and its options, not an experiment"),
    only("normalisers-arrows", "^src/normalisers/", "^src/normalisers/|^src/experiment/(faults|optionNames)\\.ts$", "every room asks it; it knows numbers and the words of errors"),
    only("data-is-a-leaf", "^src/data/", "^src/(data|experiment)/", "data knows nothing of models"),
    only("rom-formats-is-a-leaf", "^src/romFormats/", "^src/romFormats/", "a format knows words, not weights"),
    only("text-is-a-leaf", "^src/text/", "^src/text/", "every room writes names with it"),
    only("experiment-arrows", "^src/experiment/", "^src/(experiment|cells|quantisers)/", "the spec is a plain value, made of what the methods declare"),
    only("cells-arrows", "^src/cells/", "^src/(cells|quantisers)/|^src/experiment/(faults|optionNames|shown)\\.ts$", "a cell declares itself and knows no room that iterates over it"),
    only("rnn-arrows", "^src/rnn/", "^src/(rnn|cells|quantisers|experiment)/|^src/data/contract\\.ts$", "of data only the batch type"),
    only(
      "hardware-arrows",
      "^src/hardware/",
      "^src/(hardware|romFormats|cells|quantisers|experiment)/|^src/rnn/shipping/(deployedModel|matrixSize)\\.ts$",
      "of the engine only the trained weights and their size",
    ),
    only(
      "interop-arrows",
      "^src/interop/",
      "^src/interop/|^src/rnn/(shipping/deployedModel|activationRounding|fixedState|kernels/contract)\\.ts$|^src/(cells|experiment)/",
      "of the engine only the trained weights and the formats of states",
    ),
    only(
      "runs-arrows",
      "^src/runs/",
      "^src/(runs|cells|experiment|quantisers|data)/|^src/rnn/shipping/(deployedModel|deployedModelFile)\\.ts$",
      "a run stores values, it does not compute them",
    ),
    only("display-arrows", "^src/display/", "^src/(display|experiment)/|^src/data/(contract|classFigures)\\.ts$|^src/hardware/chipOptions\\.ts$", "pictures of plain values"),
    only(
      "notebooks-arrows",
      "^src/notebooks/",
      "^src/notebooks/|^kernel/(contract|skippedCell|mimeContent|wellFormed)\\.ts$|^webview/(contract|protocol)\\.ts$|^src/hardware/schedule/|^src/runs/(curveSvg|runViews)\\.ts$",
      "a notebook's file, cells and outputs as plain values, with the pictures that views draw too",
    ),
    only("jobs-without-places", "^src/jobs/", "^(?!src/(api|cli|extension)|kernel/)", "what cells, command line and editor all do"),
    only("kernel-without-editor", "^kernel/", "^(?!src/(extension|api|cli))", "a cell imports the API, the kernel does not"),
    {
      name: "cli-without-editor",
      comment: "the same jobs without an editor; a training loads the API as a cell does",
      severity: "error",
      from: { path: "^src/cli(\\.ts$|/)" },
      to: { path: "^src/(extension|api)/", dependencyTypesNot: ["type-only"] },
    },
    only("editor-arrows", "^src/extension", "^(?!src/(api|cli))", "the editor does jobs, or starts the command line"),
    only("webview-arrows", "^webview/", "^webview/|^src/hardware/(schedule/|cells/|(chipOptions|fixModel|lookUpTable|fixedModel)\\.ts$)|^src/runs/(atAGlance|curveSvg|curvesIncrement|decimate|measures|runViews)\\.ts$", "views get plain values"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"], extensions: [".ts", ".js"] },
  },
};
