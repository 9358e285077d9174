import { describe, expect, it } from "vitest";
import { foreignLines } from "../../kernel/foreignLines.js";
import { commandRemedy } from "../../kernel/otherKernels.js";

/** The lines of a cell that are no TypeScript. */
const found = (source: string): string[] => (foreignLines(source)?.spans ?? []).map(({ start, length }) => source.slice(start, start + length));

describe("a line that TypeScript cannot mean", () => {
  it.each([
    "!pip install d3",
    "!jupyter lab",
    "!tritloom train 'my spec.json'",
    "!./train.sh",
    "!~/bin/train.sh --fast",
    "!CUDA_VISIBLE_DEVICES=0 python train.py",
    "!!ls *.csv",
    "%time fit()",
    "%matplotlib inline",
    "npm install d3",
    "export PATH=/opt/bin",
    "$ git log --oneline",
  ])("%s is a command, wherever it stands", (line) => {
    expect(found(line)).toEqual([line]);
    expect(found(`const a = 1;\n  ${line}\na.toFixed();`)).toEqual([line]);
  });

  // Indented, it may go on with what an expression of the line before began.
  it.each(["!ls -la", "!nvidia-smi -q"])("%s at the beginning of a line is a command", (line) => {
    expect(found(`const a = 1;\n${line}\na.toFixed();`)).toEqual([line]);
  });

  it.each([
    "!ready",
    "!ready && start()",
    "!ready in names",
    "const rest = a\n  % b",
    "`\n!pip install d3\n`",
    // Wrong, and TypeScript all the same.
    "export const x = ;",
    "!ready && start(;",
    "!await load(;",
    "total\n  % size(;",
  ])("%j is none", (source) => {
    expect(found(source)).toEqual([]);
  });
});

describe("a command that TypeScript reads as a negation of a name that is not defined", () => {
  it.each([
    ["make", "!make", "make"],
    ["make", "const a = 1;\r\n!make -j;\r\n", "make -j;"],
    ["nvidia", "!nvidia-smi", "nvidia-smi"],
    ["df", "! df / | sort", "df / | sort"],
    ["pwd", "a\n%pwd", "pwd"],
  ])("%s of %j has a remedy", (name, source, command) => {
    expect(commandRemedy(name, source)).toBe(`cells are TypeScript: run commands in a terminal: ${command}`);
  });

  it.each(["!make && start()", "!make.ready", "!make(1)", "!maker", "a &&\n  !make", "!other", "make"])("in %j there is none", (source) => {
    expect(commandRemedy("make", source)).toBeUndefined();
  });
});
