import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { codeServer, codeServerEnvironment, installVsix, nodeForCodeServer } from "./codeServer.js";
import { writeOtherKernel } from "./otherKernel.js";
import { familyOf, kill, living } from "./processes.js";

/** A real VS Code server (code-server) on a free loopback port, with throw-away state and the built VSIX installed. */

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** Settings that keep VS Code quiet, and a file changed only when a test says so. */
const settings = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "workbench.colorTheme": "Default Dark Modern",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "files.autoSave": "off",
  "files.hotExit": "off",
  "files.simpleDialog.enable": true,
  "window.commandCenter": false,
  // Without an answer the workspace stays untrusted.
  "security.workspace.trust.startupPrompt": "never",
  "notebook.confirmDeleteRunningCell": false,
};

export interface ServerOptions {
  readonly trust?: boolean;
  readonly otherKernel?: boolean;
}

export interface CodeServer {
  readonly url: string;
  /** A folder of the test's own, open in the workbench. */
  readonly workspace: string;
  /** Where extensions are installed. */
  readonly extensions: string;
  /** The extension's own storage, for all workspaces. */
  readonly storage: string;
  readonly pid: number;
  /** What `tritloom kernels` prints of the kernels that its windows have started, which outlive it. */
  kernels(...args: string[]): string;
  stop(): Promise<void>;
}

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    const read = (chunk: Buffer) => {
      log += chunk;
      const url = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (url) {
        resolve(url);
      }
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("exit", (code) => reject(new Error(`code-server ended with exit code ${code}:\n${log}`)));
  });
}

/** Stops the server and waits until all that it started has ended too: extension hosts and TypeScript go on writing for a while. */
async function stopServer(server: ChildProcess): Promise<void> {
  const family = server.exitCode === null ? familyOf(server.pid!) : new Set<number>();
  server.kill("SIGTERM");
  for (let tenths = 0; living(family).length > 0; tenths++) {
    if (tenths === 50) {
      living(family).forEach(kill);
    }
    await setTimeout(100);
  }
}

/** Sockets of the kernels are in the server's temporary folder. */
function kernelsOf(folder: string, args: readonly string[]): string {
  const program = path.join(repository, "dist/cli.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "kernels", ...args], { env: { ...process.env, TMPDIR: folder }, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`tritloom kernels ${args.join(" ")}: ${stderr}`);
  }
  return stdout;
}

/**
 * Starts the server on a fresh workspace folder.
 * @param options.trust whether VS Code's workspace trust is switched on, so that the folder starts untrusted
 * @param options.otherKernel whether another extension has a kernel for TypeScript notebooks too
 */
export async function startCodeServer(options: ServerOptions = {}): Promise<CodeServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "tritloom-e2e-"));
  const user = path.join(folder, "user");
  const extensions = path.join(folder, "extensions");
  const workspace = path.join(folder, "workspace");
  const config = path.join(folder, "config.yaml");
  await Promise.all([path.join(user, "User"), workspace].map((dir) => mkdir(dir, { recursive: true })));
  await writeFile(config, "");
  const allSettings = { ...settings, "security.workspace.trust.enabled": options.trust ?? false };
  await writeFile(path.join(user, "User/settings.json"), JSON.stringify(allSettings));

  // Extensions are found relative to their folder.
  await cp(inject("extensions"), extensions, { recursive: true });
  const state = ["--config", config, "--user-data-dir", user, "--extensions-dir", extensions];
  const env = codeServerEnvironment(folder);
  if (options.otherKernel) {
    installVsix(await writeOtherKernel(folder), state, env);
  }
  const flags = ["--bind-addr", "127.0.0.1:0", "--auth", "none", "--reconnection-grace-time", "1", "--disable-telemetry"];
  const quiet = ["--disable-update-check", "--disable-getting-started-override", "--disable-proxy"];
  const trust = options.trust ? [] : ["--disable-workspace-trust"];
  const server = spawn(nodeForCodeServer(), [codeServer, ...state, ...flags, ...quiet, ...trust, workspace], { env, stdio: ["ignore", "pipe", "pipe"] });
  const log = createWriteStream(path.join(folder, "server.log"));
  server.stdout.pipe(log);
  server.stderr.pipe(log);
  const url = await listening(server);
  return {
    url,
    workspace,
    extensions,
    storage: path.join(user, "User/globalStorage/tritloom.tritloom"),
    pid: server.pid!,
    kernels: (...args) => kernelsOf(folder, args),
    stop: async () => {
      await stopServer(server);
      kernelsOf(folder, ["stop", "--all", "--yes"]);
      await rm(folder, { recursive: true });
    },
  };
}
