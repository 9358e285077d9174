import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FromKernel, protocolVersion, toKernelSchema } from "./contract.js";
import { interruptReasonSchema } from "../src/runs/contract.js";
import { endGroup } from "./processGroup.js";
import { Session } from "./session.js";
import { typescript } from "./typescript.js";

/** The kernel process of one notebook: takes messages from its host over IPC until the host goes away. */

const bundleDirectory = fileURLToPath(new URL(".", import.meta.url)).replace(/[\\/]$/, "");

function send(message: FromKernel): void {
  if (process.connected) {
    process.send?.(message);
  }
}

if (!process.send) {
  console.error("This program is the kernel of Tritloom's notebooks; it is started by the editor or by `tritloom run`.");
  process.exit(2);
}

const session = new Session({
  directory: process.cwd(),
  notebookPath: process.env.TRITLOOM_NOTEBOOK,
  bundleDirectory,
  apiDirectory: process.env.TRITLOOM_API_DIR ?? join(bundleDirectory, "api"),
  send,
});

/** What to note in a run whose training the host left behind; the host says so, as it cannot later. */
const hostGone = interruptReasonSchema.catch("kernel-stopped").parse(process.env.TRITLOOM_HOST_GONE);
process.on("disconnect", () => {
  // Nobody else does it. This process gets the signal as well, which must not cut its last words off.
  process.on("SIGTERM", () => {});
  process.once("exit", () => endGroup(process.pid, "SIGTERM"));
  session.hostGone(hostGone);
});
process.on("message", (message) => {
  const parsed = toKernelSchema.safeParse(message);
  if (parsed.success) {
    session.receive(parsed.data);
  } else {
    process.stderr.write(`The kernel got a message that is none of its protocol ${protocolVersion}: ${parsed.error.message}\n`);
  }
});
session.install();
send({ type: "ready", protocol: protocolVersion, node: process.version, pid: process.pid });
// The first cell should find its compiler ready.
setImmediate(typescript);
