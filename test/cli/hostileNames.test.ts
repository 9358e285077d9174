import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { experimentSpecSchema } from "../../src/experiment/spec.js";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { createRun } from "../../src/runs/runWriter.js";
import { randomDeployedModel } from "../hardware/randomModel.js";
import { smallResult, smallSpec, smallTask, started } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { reported, tritloomIn } from "./program.js";

const root = temporaryFolder();
const execute = promisify(execFile);

/** A name that, taken for code, is Verilog, C, a heading and a row of Markdown, a command of a terminal, and another direction of text. */
const hostile =
  'x\nmodule pwned; initial $system("touch pwned"); endmodule\n*/ int pwned;\n# Pwned\n| pwned | row |\n\u001b[31mred\u009b\u2028\u202e <script>pwned</script>';

/** C0 but for line ends, DEL, C1, separators, overrides and isolates. */
const commands = /[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** With symbols that no terminal should be sent: 9 of them. */
const text = "the \u001bwhale\n".repeat(60);
const corpus = { ...smallTask.corpus, sha256: createHash("sha256").update(text).digest("hex") };
const usual = smallSpec({ name: "usual", task: { ...smallTask, corpus } });

let dir: string;

/** A finished run as a stranger might send it: with names that no experiment of ours can have. */
beforeEach(async () => {
  const writer = await createRun(path.join(root.path, "runs"), usual, { corpusText: text });
  writer.append({ ...started(), computeKernel: hostile, backend: hostile } as never);
  await writer.model(deployedModelToTensors(randomDeployedModel({ units: 4, symbols: 9, precision: "ternary" })));
  await writer.finish({ ...smallResult, choice: hostile });
  dir = writer.dir;
  const spec = { ...usual, name: hostile, task: { ...smallTask, corpus: { ...corpus, name: hostile } } };
  await writeFile(path.join(dir, "spec.json"), JSON.stringify(spec));
});

const tritloom = (...args: string[]) => tritloomIn(root.path, args);

/** Headings and table rows, told by their first characters as CommonMark and GitHub's tables do. */
const headings = (markdown: string): string[] => markdown.split("\n").filter((line) => /^ {0,3}#{1,6}( |$)/.test(line));

async function generated(name: string): Promise<string> {
  const out = path.join(root.path, name);
  const made = await tritloom("rtl", dir, "--out", out, "--macs", "4", "--steps", "3");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  return out;
}

describe("a run with a hostile name", () => {
  it("is refused where an experiment is named", () => {
    for (const name of ["a\nb", "a\u001b[31m", "a\u009b", "a\u2028b", "a\u202eb", "a\tb", "\ud800"]) {
      expect(experimentSpecSchema.safeParse(smallSpec({ name })).error?.issues[0]?.message).toMatch(/one line without control characters/);
    }
    expect(experimentSpecSchema.safeParse(smallSpec({ name: "Größe 模型 👩‍👩‍👧 עברית" })).success).toBe(true);
  });

  it("is one row of the list, and commands no terminal", async () => {
    const { code, stdout, stderr } = await tritloom("runs");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toMatch(commands);
    const rows = stdout.trimEnd().split("\n");
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain("x\\nmodule pwned;");
    const json = await tritloom("runs", "--json");
    expect(json.stdout).not.toMatch(commands);
    expect(reported(json).runs[0].name).toContain("\\u001b[31m");
  });

  it("is a comment of one line in Verilog, which a simulator runs as it runs any other", async () => {
    const [out, other] = [await generated("hostile"), path.join(root.path, "usual")];
    await writeFile(path.join(dir, "spec.json"), JSON.stringify(usual));
    await tritloom("rtl", dir, "--out", other, "--macs", "4", "--steps", "3");
    // Without a top module every module that nobody instantiates would start.
    const sources = (await readdir(path.join(out, "rtl"))).map((file) => path.join("rtl", file));
    await execute("iverilog", ["-g2012", "-o", "simulation.vvp", "testbench.v", ...sources], { cwd: out });
    const { stdout } = await execute("vvp", ["-n", "simulation.vvp"], { cwd: out });
    expect(stdout).toMatch(/^PASS timesteps=3 /m);
    expect(existsSync(path.join(out, "pwned"))).toBe(false);
    const modules = (text: string): number => text.match(/^\s*module\b/gm)!.length;
    const texts = await Promise.all([out, other].map((folder) => readFile(path.join(folder, "rtl", "accelerator.v"), "utf8")));
    expect(modules(texts[0]!)).toBe(modules(texts[1]!));
    for (const name of ["README.md", "rom/README.md"]) {
      const [ours, others] = await Promise.all([out, other].map((folder) => readFile(path.join(folder, name), "utf8")));
      expect(headings(ours!)).toHaveLength(headings(others!).length);
      expect(ours!.split("\n")).toHaveLength(others!.split("\n").length);
      expect(ours!).not.toMatch(/[^\\]<script>/);
    }
  });

  it("stays a value in every format of an export", async () => {
    const formats = "mem,mem-annotated,coe,mif,hex,vhdl,c";
    const { code, stdout, stderr } = await tritloom("export", dir, "--format", formats, "--macs", "4");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toMatch(commands);
    for (const name of await readdir(path.join(dir, "rom"))) {
      if (/\.(mem|coe|mif|hex|vhd|h|md|json|txt)$/.test(name)) {
        const text = await readFile(path.join(dir, "rom", name), "utf8");
        expect(text, name).not.toMatch(commands);
        // As a value it is in the manifest and in the README's title, nowhere else.
        expect(/^\s*(int|module) pwned|^# Pwned|^\| pwned/m.test(text), name).toBe(false);
      }
    }
  });

  it("does no harm in the outputs and errors of the other commands", async () => {
    const words = [["score", dir], ["ngram", dir], ["schedule", dir], ["onnx", dir, "--out", path.join(root.path, "m.onnx")], ["resume", dir], ["report", "\u001b[31mnothing"]];
    for (const args of words) {
      for (const more of args[0] === "ngram" ? [[], ["--json"]] : [[]]) {
        const { stdout, stderr } = await tritloom(...args, ...more);
        expect(`${args[0]}${stdout}${stderr}`).not.toMatch(commands);
        expect(`${stdout}${stderr}`).not.toMatch(/^(# Pwned|module pwned)/m);
      }
    }
  });
});
