/** Which room may import which (see the house plan in CONTRIBUTING.md); checked by dependency-cruiser in `npm run lint`. */

const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|kernel|webview)/", pathNot: `${allowed}|^src/(text|numbers|files|programs)/` },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
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
    only("quantisers-arrows", "^src/quantisers/", "^src/(quantisers|experiment)/|^src/rnn/shipping/deployedModel\\.ts$", "a quantiser knows a matrix, not a network"),
    only("data-is-a-leaf", "^src/data/", "^src/(data|experiment)/", "data knows nothing of models"),
    only("text-is-a-leaf", "^src/text/", "^src/text/", "every room writes names with it"),
    only("experiment-is-a-leaf", "^src/experiment/", "^src/experiment/", "the spec is a plain value"),
    only("rnn-arrows", "^src/rnn/", "^src/(rnn|quantisers|experiment)/|^src/data/contract\\.ts$", "of data only the batch type"),
    only(
      "hardware-arrows",
      "^src/hardware/",
      "^src/hardware/|^src/rnn/shipping/(deployedModel|matrixSize)\\.ts$|^src/experiment/",
      "of the engine only the trained weights and their size",
    ),
    only(
      "interop-arrows",
      "^src/interop/",
      "^src/interop/|^src/rnn/(shipping/deployedModel|fixedState|kernels/contract)\\.ts$|^src/experiment/",
      "of the engine only the trained weights and the formats of states",
    ),
    only(
      "runs-arrows",
      "^src/runs/",
      "^src/(runs|experiment|data)/|^src/rnn/shipping/(deployedModel|deployedModelFile)\\.ts$|^webview/contract\\.ts$",
      "a run stores values, it does not compute them",
    ),
    only(
      "kernel-and-cli-without-editor",
      "^(kernel/|src/cli(\\.ts$|/))",
      "^(?!src/extension)",
      "the same jobs without an editor",
    ),
    only("webview-arrows", "^webview/", "^webview/|^src/hardware/(schedule/|cells/|(chipOptions|fixModel|lookUpTable|fixedModel)\\.ts$)|^src/runs/(curveSvg|decimate|measures)\\.ts$", "views get plain values"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"], extensions: [".ts", ".js"] },
  },
};
