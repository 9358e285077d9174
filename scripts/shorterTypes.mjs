import ts from "typescript";

/** Declarations of packages with less to read: the language server parses all of them before its first answer. */

/**
 * Files of packages that cells have no use for: the compiler's own, which are copied apart, and the graphics of web pages, of which
 * Node.js has none.
 */
export const unneeded = /^node_modules\/(?:typescript|@webgpu)/;

const licenceComment = /\/\*\*(?:(?!\*\/)[^])*@license(?:(?!\*\/)[^])*\*\//g;
const unheeded = /^\/\/\/ <(?:amd-module name|reference types="@webgpu)[^\n]*\n/gm;

/**
 * A declaration file in which the comment of its licence is one line, since the texts lie in THIRD_PARTY_LICENSES.txt. What only
 * other module loaders and web pages need is left out.
 */
export function shorterDeclarations(file, text) {
  const isTensorFlow = file.startsWith("node_modules/@tensorflow/");
  return isTensorFlow ? text.replace(licenceComment, shortNotice).replace(unheeded, "") : text;
}

function shortNotice(comment) {
  const holders = comment.match(/Copyright.*/g) ?? [];
  return `// ${[...holders, "The licence is in THIRD_PARTY_LICENSES.txt. Shortened."].join(" ")}`;
}

const chainedOps = /^(.*\/@tensorflow\/tfjs-core\/dist\/public\/chained_ops\/)(.*)\.d\.ts$/;

/**
 * The methods of tensors stand in a file each, over a hundred: one file has them all.
 * @param texts of all files, by their paths; changed in place
 * @throws Error when a file has something else in it
 */
export function mergeChainedOps(texts) {
  const imports = new Map();
  const bodies = new Map();
  let merged;
  for (const [file, text] of [...texts]) {
    const [, folder, name] = chainedOps.exec(file) ?? [];
    if (folder === undefined) {
      continue;
    }
    texts.delete(file);
    merged = `${folder}register_all_chained_ops.d.ts`;
    if (`${folder}${name}.d.ts` !== merged) {
      readChainedOp(file, text, imports, bodies);
    }
  }
  const lines = [...imports].map(([from, names]) => `import { ${[...names].sort().join(", ")} } from ${from};\n`);
  texts.set(merged, [...lines, ...[...bodies].map(([name, parts]) => `declare module ${name} {\n${parts.join("\n")}\n}\n`)].join(""));
}

function readChainedOp(file, text, imports, bodies) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext);
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const from = statement.moduleSpecifier.getText(source);
      const names = statement.importClause.namedBindings.elements.map((element) => element.getText(source));
      imports.set(from, new Set([...(imports.get(from) ?? []), ...names]));
    } else if (ts.isModuleDeclaration(statement)) {
      const name = statement.name.getText(source);
      const parts = statement.body.statements.map((part) => part.getFullText(source));
      bodies.set(name, [...(bodies.get(name) ?? []), ...parts]);
    } else {
      throw new Error(`${file} has another statement than an import and a module of methods: ${statement.getText(source)}`);
    }
  }
}
