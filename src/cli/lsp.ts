import { createRequire } from "node:module";
import type { Command, Report } from "./command.js";

export const lspCommand: Command = {
  summary: "Serves the Language Server Protocol for notebooks over standard input and output, for any editor.",
  operands: [],
  options: { stdio: { description: "speak over standard input and output, which is done anyway; editors give it" } },
  work: serve,
};

/** The server ends the process when its input does. */
function serve(): Promise<Report> {
  const load = createRequire(import.meta.url);
  load("./language-server.js");
  return new Promise(() => {});
}
