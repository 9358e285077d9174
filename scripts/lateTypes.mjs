import ts from "typescript";

/**
 * Modules of Node that few cells import: the language server reads their declarations when one does. Until then their names alone
 * are known, for the completion of an import.
 */
const late = /\/@types\/node\/(?:cluster|diagnostics_channel|domain|http2|https|inspector\.generated|punycode|repl|sea|test|trace_events|v8|wasi)\.d\.ts$/;
const index = /\/@types\/node\/index\.d\.ts$/;

/**
 * Takes the late modules out of the declarations that are read at once.
 * @param texts of all files, by their paths; changed in place
 * @throws Error when what is read at once needs a late module
 */
export function separateLateModules(texts) {
  const lateFiles = [...texts.keys()].filter((file) => late.test(file));
  const named = lateFiles.flatMap((file) => modulesOf(file, texts.get(file)).map((name) => ({ name, file: file.split("/").at(-1) })));
  const names = named.map(({ name }) => name).join("|");
  for (const [file, text] of texts) {
    if (!late.test(file) && file.includes("/@types/node/")) {
      // What `process.getBuiltinModule` gives.
      const kept = text.replace(new RegExp(`typeof import\\("(?:${names})"\\)`, "g"), "any").replace(/^\/\/\/ <reference path="(.*)" \/>\n/gm, (line, path) => (late.test(`/@types/node/${path}`) ? "" : line));
      const needed = new RegExp(`(?:from |import\\()"(?:${names})"`).exec(kept);
      if (needed) {
        throw new Error(`${file} needs a module that is read late: ${needed[0]}`);
      }
      texts.set(file, index.test(file) ? `${kept}/// <reference path="late.d.ts" />\n` : kept);
    }
  }
  const folder = [...texts.keys()].find((file) => index.test(file)).replace("index.d.ts", "");
  texts.set(`${folder}late.d.ts`, named.map(({ name, file }) => `declare module "${name}" {} // ${file}\n`).join(""));
}

function modulesOf(file, text) {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ESNext).statements.filter(ts.isModuleDeclaration).map(({ name }) => name.text);
}
