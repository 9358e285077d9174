import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forAnyShell, quoted } from "../../src/sweeps/slurm/shell.js";

describe("strings on their way into a shell", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", "!", "%", "(", ")", "&", ";", "|", " ", "*", "~", "-", "0", "1", "a", "é", "\u{1f40b}") }),
  ).map((text) => text.replaceAll("\0", "").toWellFormed());
  const output = (program: string, args: string[]): string => {
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    return stdout;
  };

  it("come out of it as they went in, of this machine and of another one with any shell of this kind", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 20 }), (texts) => {
        const script = `printf '%s\\0' ${texts.map(quoted).join(" ")}`;
        const expected = texts.map((text) => `${text}\0`).join("");
        expect(output("sh", ["-c", script])).toBe(expected);
        expect(output("sh", ["-c", forAnyShell(script)])).toBe(expected);
        expect(output("bash", ["-c", forAnyShell(script)])).toBe(expected);
      }),
      { numRuns: 25 },
    );
  });

  it("hold nothing that shells read in different ways: neither quotes within quotes, nor !, nor ends of lines", () => {
    fc.assert(fc.property(hostile, (text) => /^exec sh -c 'eval "\$\(printf %b "[\w@%+=:,./ \\-]*"\)"'$/.test(forAnyShell(quoted(text)))));
  });
});
