import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";

/** Times of the language server with one notebook of 50 cells that use TensorFlow.js. */

const cells = 50;
const keystrokes = 100;

/** Cells that each use what those before them declare. */
function texts() {
  const first = 'import * as tf from "@tensorflow/tfjs";\nimport * as tl from "tritloom";\nconst layer0 = tf.zeros([4, 4]);';
  const others = Array.from({ length: cells - 1 }, (_, index) => {
    const cell = index + 1;
    return [
      `const layer${cell} = layer${index}.matMul(tf.ones([4, 4])).add(tf.scalar(${cell})).relu();`,
      `const cell${cell} = tl.lstm({ units: ${cell} });`,
      `function describe${cell}(value: tf.Tensor): string { return \`\${value.shape.join()} ${cell}\`; }`,
      `console.log(describe${cell}(layer${cell}));`,
    ].join("\n");
  });
  return [first, ...others];
}

/**
 * @param serverPath the bundle
 * @param folder of the notebook
 * @returns seconds from opening to the first answer, seconds of each completion after a keystroke, bytes of memory at the end
 */
export async function languageServerTimes(serverPath, folder) {
  const child = spawn(process.execPath, [serverPath, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  let diagnosed = 0;
  connection.onNotification("textDocument/publishDiagnostics", () => (diagnosed += 1));
  connection.listen();
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: "bench" }];
  await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {}, workspaceFolders });
  await connection.sendNotification("initialized", {});
  const notebook = pathToFileURL(join(folder, "bench.ipynb")).href;
  const documents = texts().map((text, index) => ({ uri: `vscode-notebook-cell:/bench.ipynb#${index}`, languageId: "typescript", version: 1, text }));
  const last = documents.at(-1);
  const line = last.text.split("\n").length;
  const complete = async (word) => {
    const { items } = await connection.sendRequest("textDocument/completion", {
      textDocument: { uri: last.uri },
      position: { line, character: word.length },
    });
    if (!items.some(({ label }) => label === "layer7" || label === "matMul")) {
      throw new Error(`The completion of ${word} lacks what it should have`);
    }
  };
  const type = async (word, version) => {
    const document = { uri: last.uri, version };
    const change = { cells: { textContent: [{ document, changes: [{ text: `${last.text}\n${word}` }] }] } };
    await connection.sendNotification("notebookDocument/didChange", { notebookDocument: { uri: notebook, version }, change });
  };
  const opened = performance.now();
  await connection.sendNotification("notebookDocument/didOpen", {
    notebookDocument: { uri: notebook, notebookType: "jupyter-notebook", version: 1, cells: documents.map(({ uri }) => ({ kind: 2, document: uri })) },
    cellTextDocuments: documents,
  });
  await type("layer", 2);
  await complete("layer");
  const first = (performance.now() - opened) / 1000;
  while (diagnosed < cells) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const completions = [];
  for (let stroke = 0; stroke < keystrokes; stroke++) {
    const word = stroke % 2 === 0 ? "layer7." : "layer".slice(0, 1 + (stroke % 5));
    await type(word, stroke + 3);
    const start = performance.now();
    await complete(word);
    completions.push((performance.now() - start) / 1000);
  }
  const memory = await residentBytes(child.pid);
  child.stdin.end();
  connection.dispose();
  return { first, completions, memory };
}

/** The memory that a process has in use; Linux tells it. */
async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
