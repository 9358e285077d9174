import { runCommandLine } from "./cli/commands.js";
import { exitCodeOf } from "./files/leftovers.js";

/** The command `tritloom`: the same product without an editor. */

/** A reader that has seen enough, as `head` has, and a terminal that was closed: what is under way goes on without them. */
const readerIsGone = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!readerIsGone.has(error.code ?? "")) {
      throw error;
    }
  });
}

if (process.channel) {
  // The editor that started this program wants no answer any more, or is gone: the one way to say so on Windows.
  process.on("disconnect", () => process.exit(exitCodeOf("SIGTERM")));
  process.channel.unref();
}

void runCommandLine(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
