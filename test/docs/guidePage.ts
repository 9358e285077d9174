import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { KernelClient } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import { program } from "../cli/program.js";
import type { GuideBlock } from "./guideBlocks.js";

/** How a block ended, and all that a reader sees of it as text. */
export interface BlockEnd {
  readonly ok: boolean;
  readonly output: string;
}

/** A folder in which a reader follows one page: the kernel of its notebook, and a terminal that has the command `tritloom`. */
export class GuidePage {
  private kernel: Promise<KernelClient> | undefined;
  private cells = 0;

  private constructor(private readonly root: string) {}

  static async open(): Promise<GuidePage> {
    const root = await realpath(await mkdtemp(path.join(tmpdir(), "tritloom-guide-")));
    const page = new GuidePage(root);
    await mkdir(page.folder);
    await mkdir(page.programs);
    const shim = path.join(page.programs, "tritloom");
    await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(shim, 0o755);
    return page;
  }

  async close(): Promise<void> {
    await (await this.kernel)?.dispose();
    await rm(this.root, { recursive: true, force: true });
  }

  async follow(block: Exclude<GuideBlock, { kind: "not-run" }>): Promise<BlockEnd> {
    switch (block.kind) {
      case "cell":
        return this.runCell(block.code);
      case "shell":
        return this.runCommands(block.code);
      case "file":
        return this.writeFile(block.name, block.content);
    }
  }

  private get folder(): string {
    return path.join(this.root, "notebooks");
  }

  private get programs(): string {
    return path.join(this.root, "bin");
  }

  private get env(): Record<string, string> {
    const { TRITLOOM_RUNS: _elsewhere, ...env } = process.env as Record<string, string>;
    return { ...env, PATH: `${this.programs}${path.delimiter}${env.PATH}` };
  }

  private async runCell(code: string): Promise<BlockEnd> {
    this.kernel ??= KernelClient.start({ cwd: this.folder, kernelPath: path.resolve("dist/kernel.js"), env: { TRITLOOM_RUNS: path.join(this.folder, "runs") } });
    const kernel = await this.kernel;
    this.cells += 1;
    let output = "";
    const status = await kernel.execute(code, { cell: this.cells, executionCount: this.cells }, (message) => {
      output += shownText(message);
    });
    return { ok: status === "ok", output };
  }

  private async runCommands(code: string): Promise<BlockEnd> {
    // One stream, as a terminal shows both.
    const shell = spawn("bash", ["-euo", "pipefail", "-c", `exec 2>&1\n${code}`], { cwd: this.folder, env: this.env, stdio: ["ignore", "pipe", "ignore"] });
    const [output] = await Promise.all([text(shell.stdout), once(shell, "close")]);
    return { ok: shell.exitCode === 0, output };
  }

  private async writeFile(name: string, content: string): Promise<BlockEnd> {
    const file = path.join(this.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return { ok: true, output: "" };
  }
}

function shownText(message: FromKernel): string {
  switch (message.type) {
    case "stream":
      return message.text;
    case "result":
    case "display":
      return `${message.data["text/plain"] ?? ""}\n`;
    case "error":
      return `${message.error.name}: ${message.error.message}\n`;
    default:
      return "";
  }
}
