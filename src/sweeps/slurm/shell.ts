import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { withLeftover } from "../../files/leftovers.js";
import { findProgram } from "../../programs/findProgram.js";
import { printableLines } from "../../text/printable.js";

/** A command of the cluster failed; the message is what it said. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/** Runs scripts of the POSIX shell where the cluster's commands are. */
export interface Shell {
  /**
   * @param script in which every foreign string is `quoted`
   * @param input what the script reads
   * @returns what it printed
   * @throws ClusterError when it fails, or takes longer than two minutes
   */
  run(script: string, input?: string | Uint8Array): Promise<Buffer>;
  /** Ends what is left of connections. */
  close(): Promise<void>;
}

const timeoutMilliseconds = 120_000;
const keptErrorCharacters = 2000;

/** A word of a command of the POSIX shell that stands for the text, whatever is in it; a shell knows no NUL. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command for the login shell of another machine, which may be of any kind, that hands a script to the POSIX shell there: what such shells
 * read in different ways is written as octal numbers.
 */
export function forAnyShell(script: string): string {
  const encoded = Array.from(Buffer.from(script), (byte) => {
    const character = String.fromCharCode(byte);
    return /[\w@%+=:,./ -]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, "0")}`;
  });
  return `exec sh -c 'eval "$(printf %b "${encoded.join("")}")"'`;
}

/** This machine's shell. */
export class LocalShell implements Shell {
  run(script: string, input?: string | Uint8Array): Promise<Buffer> {
    return output("sh", ["-c", script], input, "The cluster's commands are called with the POSIX shell.");
  }

  async close(): Promise<void> {}
}

/** The shell of a host, over one connection that all commands share. */
export class SshShell implements Shell {
  private sockets: Promise<string> | undefined;

  constructor(private readonly host: string) {}

  async run(script: string, input?: string | Uint8Array): Promise<Buffer> {
    // A folder that nobody else can enter: whoever can connect to the socket commands the connection.
    this.sockets ??= mkdtemp(path.join(tmpdir(), "tritloom-ssh-"));
    const options = ["BatchMode=yes", "ConnectTimeout=20", "ServerAliveInterval=15", "ControlMaster=auto", `ControlPath=${path.join(await this.sockets, "%C")}`, "ControlPersist=60"];
    const args = [...options.flatMap((option) => ["-o", option]), "--", this.host, forAnyShell(script)];
    return output("ssh", args, input, "The cluster is reached with OpenSSH.");
  }

  async close(): Promise<void> {
    if (this.sockets === undefined) {
      return;
    }
    const folder = await this.sockets;
    await output("ssh", ["-o", `ControlPath=${path.join(folder, "%C")}`, "-O", "exit", "--", this.host], undefined, "").catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The output of a program, which is killed when this process ends. @throws ClusterError, MissingToolError */
async function output(program: string, args: readonly string[], input: string | Uint8Array | undefined, remedy: string): Promise<Buffer> {
  const child = spawn(findProgram(program, remedy), args, { stdio: "pipe" });
  const parts: Buffer[] = [];
  let said = "";
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-keptErrorCharacters);
  });
  // A script that reads nothing may have ended before all was written: how it ended says whether that matters.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const kill = (): void => void child.kill("SIGKILL");
  const timer = setTimeout(kill, timeoutMilliseconds);
  try {
    await withLeftover(kill, () =>
      new Promise<void>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code, signal) => (code === 0 ? resolve() : reject(new ClusterError(printableLines(said).trim() || `${program} ended with ${signal ?? `exit code ${code}`}`))));
      }),
    );
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(parts);
}
