import { writeFile } from "node:fs/promises";
import path from "node:path";
import { strToU8, zipSync } from "fflate";

/** The name under which the kernel picker shows it. */
export const otherKernel = "Somebody's TypeScript";

const manifest = {
  name: "other-kernel",
  publisher: "somebody",
  version: "1.0.0",
  displayName: "Somebody's Notebooks",
  engines: { vscode: "^1.95.0" },
  main: "./extension.js",
  activationEvents: ["onNotebook:jupyter-notebook"],
};

const program = `
exports.activate = ({ subscriptions }) => {
  const { notebooks } = require("vscode");
  const controller = notebooks.createNotebookController("another", "jupyter-notebook", ${JSON.stringify(otherKernel)});
  controller.supportedLanguages = ["typescript"];
  controller.executeHandler = () => {};
  subscriptions.push(controller);
};
`;

/** Writes an extension that has a kernel for TypeScript notebooks, as several do. @returns the VSIX's path */
export async function writeOtherKernel(folder: string): Promise<string> {
  const file = path.join(folder, "other-kernel.vsix");
  const files = { "extension/package.json": JSON.stringify(manifest), "extension/extension.js": program };
  await writeFile(file, zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));
  return file;
}
