import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/**
 * Arrays spread into the arguments of functions that take any number of them. A spread of some hundred thousand overflows the stack,
 * so each of these spreads an array whose length does not come from data: options, columns, layers, gates, lanes, lines of a message, cells, requests, samples, draws, runs of a file.
 */
const bounded = [
  "kernel/stack.ts", "src/cli/command.ts", "src/data/csv/delimiter.ts", "src/cli/ngram.ts", "src/cli/verify.ts", "src/data/datasets/loadText.ts", "src/data/labelledSequences.ts",
  "src/data/ngram.ts", "src/experiment/optionNames.ts", "src/hardware/interval.ts", "src/hardware/report/arrayOperands.ts", "src/hardware/report/driveLimits.ts",
  "src/hardware/report/reportText.ts", "src/romFormats/c/declaration.ts", "src/hardware/schedule/network.ts", "src/hardware/schedule/traces/kanata.ts",
  "src/hardware/schedule/traces/tracedNetwork.ts", "src/rnn/inference/deployedNetwork.ts", "src/rnn/inference/packed/packedModel.ts", "src/rnn/inference/packed/typescriptEngine.ts", "src/rnn/inference/packed/wasmEngine.ts",
  "src/display/histogram.ts", "src/jupyter/kernelBridge.ts", "src/languageServer/notebookSync.ts", "src/languageServer/sameName.ts", "kernel/variables/tables.ts", "webview/curves/matrixPictures.ts", "webview/shared/contrast.ts",
  "src/cli/import.ts", "src/sweeps/parzen.ts", "src/sweeps/tpe.ts",
];

const variadic = /^(Math\.(max|min|hypot)|String\.from(CharCode|CodePoint)|.*\.(push|unshift|splice|concat))$/s;

function spreads(file: string): boolean {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  let found = false;
  const visit = (node: ts.Node): void => {
    found ||= ts.isCallExpression(node) && variadic.test(node.expression.getText()) && node.arguments.some((argument) => ts.isSpreadElement(argument));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test("arrays as long as data are never spread into arguments", () => {
  const files = ["src", "webview", "kernel"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts")).map((file) => path.posix.join(folder, file)),
  );
  expect(files.filter(spreads).filter((file) => !bounded.includes(file))).toEqual([]);
});
