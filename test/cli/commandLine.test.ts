import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { commonOptions } from "../../src/cli/command.js";
import { commands } from "../../src/cli/commands.js";
import { commandLineReference } from "../../src/cli/reference.js";

it("docs/command-line.md is what the commands' own table says", async () => {
  await expect(commandLineReference()).toMatchFileSnapshot("../../docs/command-line.md");
});

it("has a section for every command, with each of its operands and options", () => {
  const sections = readFileSync("docs/command-line.md", "utf8").split(/^## /m).slice(1);
  expect(sections.map((section) => section.split("\n")[0])).toEqual(["run", ...Object.keys(commands)]);
  for (const [name, { operands, options }] of Object.entries(commands)) {
    const own = sections.find((section) => section.startsWith(`${name}\n`))!;
    const terms = [...own.matchAll(/^\| `((?:[^`\\]|\\.)+)` \|/gm)].map(([, term]) => term!.replaceAll("\\|", "|").split(" ")[0]);
    expect(terms).toEqual([...operands.map((operand) => operand.name), ...Object.keys({ ...options, ...commonOptions }).map((option) => `--${option}`)]);
  }
});
