import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A real Redis on a free port of this machine, in a folder of its own; it keeps nothing on the disk. */
export class TestRedis {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly args: readonly string[],
  ) {}

  static async start(folder: string, { password, tls = false }: { readonly password?: string; readonly tls?: boolean } = {}): Promise<TestRedis> {
    const port = await freePort();
    const server = new TestRedis(port, [
      ...(tls ? ["--port", "0", "--tls-port", String(port), ...certificate(folder)] : ["--port", String(port)]),
      ...["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"],
      ...(password === undefined ? [] : ["--requirepass", password]),
    ]);
    await server.run();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** The server with nothing in it. */
  async run(): Promise<void> {
    const child = spawn("redis-server", this.args, { stdio: ["ignore", "pipe", "inherit"] });
    this.child = child;
    for await (const line of createInterface(child.stdout)) {
      if (line.includes("Ready to accept connections")) {
        child.stdout.resume();
        return;
      }
    }
    throw new Error("redis-server did not start");
  }

  /** Ends it as a crash would: at once, with all that it held. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A certificate for 127.0.0.1 that no authority has signed. */
function certificate(folder: string): string[] {
  const [key, file] = ["redis.key", "redis.crt"].map((name) => path.join(folder, name)) as [string, string];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", file, "-days", "2", ...subject], { stdio: "ignore" });
  return ["--tls-cert-file", file, "--tls-key-file", key, "--tls-auth-clients", "no"];
}

const workerFile = fileURLToPath(new URL("redisWorkerProgram.mjs", import.meta.url));

export interface TestWorker {
  readonly pid: number;
  /** What it has said so far. */
  said(): string;
  /** Resolves when it has said so. */
  says(pattern: RegExp): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** A process that trains one trial at a time, and is taken for dead after two seconds. */
export function startWorker(url: string, settings: object = {}, env: Readonly<Record<string, string>> = {}): TestWorker {
  const child = spawn(process.execPath, [workerFile, JSON.stringify({ url, ...settings })], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return {
    pid: child.pid!,
    said: () => said,
    says: async (pattern) => {
      while (!pattern.test(said)) {
        await once(child.stderr, "data");
      }
    },
    signal: (signal) => void child.kill(signal),
    end: async (signal = "SIGTERM") => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGCONT");
        child.kill(signal);
        await once(child, "exit");
      }
    },
  };
}
