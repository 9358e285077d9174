import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server.js";

/** The process of the language server: it speaks over standard input and output, or over the channel of the editor that started it. */
const connection = process.argv.includes("--node-ipc")
  ? createConnection(ProposedFeatures.all)
  : createConnection(ProposedFeatures.all, process.stdin, process.stdout);

// What a timer or a forgotten promise throws costs one answer, not the server.
process.on("uncaughtException", (error) => connection.console.error(error.stack ?? error.message));
process.on("unhandledRejection", (reason) => connection.console.error(String(reason)));

startServer(connection, __dirname);
