import type { CellError } from "./contract.js";

/** What people know from other notebook kernels, and what there is here instead. */

const display = 'display({ "text/html": "…" }) shows HTML here; "text/markdown", "image/png" and "image/svg+xml" likewise';
const node = "cells run in Node.js";
const inTerminal = "cells are TypeScript: run commands in a terminal";

const remedies = new Map<string, string>([
  ["tslab", display],
  ["$$", display],
  ["Deno", `${node}, not in Deno; instead of Deno.jupyter, ${display}`],
  ["Bun", `${node}, not in Bun`],
  ["document", `${node}, not in a page; ${display}`],
  ["window", `${node}, not in a page; the global object is globalThis`],
  ["IPython", `${node}; ${display}`],
  ["print", "console.log(value) prints here"],
  ["True", "cells are TypeScript: true"],
  ["False", "cells are TypeScript: false"],
  ["None", "cells are TypeScript: null"],
  // The line ls -l is TypeScript too: it subtracts a variable.
  ...["cat", "cd", "git", "ls", "mkdir", "npm", "npx", "pip", "pwd"].map((command) => [command, inTerminal] as const),
]);

/** The message of a ReferenceError, with a remedy for names of other kernels and languages. */
export function notDefined(name: string): string {
  const remedy = remedyOf(name);
  return `${name} is not defined${remedy === undefined ? "" : `: ${remedy}`}`;
}

/** What there is here instead of a name of another kernel or language. */
export function remedyOf(name: string): string | undefined {
  return remedies.get(name);
}

/** A line that is a negation or a remainder for TypeScript, and does nothing: "!make", "!jupyter-lab --version", "!df / | sort". */
const readableCommand = /^(?:!{1,2}|%{1,2})[ \t]?(([A-Za-z_$][\w$]*)(?:-[\w-]+)*(?:[ \t]+(?:[-/*~<>]|\|(?!\|)).*)?);?[ \t]*$/;

/**
 * The remedy where a line of the cell begins as a command does, with a name that is not defined for TypeScript: "!make". Lines of code begin so
 * too, `!ready && start()`, and have none.
 */
export function commandRemedy(name: string, source: string): string | undefined {
  const [, command] = source.split(/\r?\n/).map((line) => readableCommand.exec(line)).find((found) => found?.[2] === name) ?? [];
  return command === undefined ? undefined : `${inTerminal}: ${command}`;
}

/** An error of a cell, with the remedy where a command of a shell is what failed. */
export function withCommandRemedy(error: CellError, source: string): CellError {
  const [, name] = (error.name === "ReferenceError" && /^([\w$]+) is not defined/.exec(error.message)) || [];
  const remedy = name === undefined ? undefined : commandRemedy(name, source);
  return remedy === undefined ? error : { ...error, message: `${name} is not defined: ${remedy}` };
}

/** Packages that other kernels bring along. */
export function packageRemedy(specifier: string): string | undefined {
  return specifier === "tslab" ? display : undefined;
}

const python = [
  /^\s*from\s+[\w.]+\s+import\s/m,
  /^\s*import\s+[\w.]+(\s+as\s+\w+)?(\s*,\s*[\w.]+(\s+as\s+\w+)?)*\s*$/m,
  /^\s*(async\s+)?def\s+\w+\s*\(.*$/m,
  /^\s*(class|if|elif|else|for|while|with|try|except|finally|lambda)\b[^{}\n]*:\s*(#.*)?$/m,
  /^\s*print\s+["'\w]/m,
  /^\s*#(\s|$)/m,
  /^\s*(assert|del|global|nonlocal|raise|pass)\b[^(\n]*$/m,
];

/** A sentence for a cell that does not parse because it is in another language; "" for what looks like TypeScript. */
export function languageHint(source: string): string {
  return python.some((pattern) => pattern.test(source))
    ? " This looks like Python; cells of this kernel are TypeScript. For Python choose another kernel."
    : "";
}
