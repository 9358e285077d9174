import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { csvRows } from "../../src/data/csv/rows.js";
import { commentText, identifierText } from "../../src/text/code.js";
import { csvField } from "../../src/text/csv.js";
import { markdownText } from "../../src/text/markdown.js";
import { escapeHtml } from "../../src/text/markup.js";
import { isPrintableLine, jsonLine, printableLine, printableLines } from "../../src/text/printable.js";

/** Any characters, those that do harm more often than by chance. */
const hostile = fc.array(fc.oneof(fc.constantFrom(..."\n\r\t\0\x1b\x7f\x9b\u2028\u2029\u202e\u2066\ud800`|*/<>&\"'=+-@#\\".split(""), "*/", "]("), fc.string({ unit: "binary", maxLength: 3 }))).map((parts) => parts.join(""));

/** Code points that do harm, as the Unicode Standard lists them: not by the classes of a regular expression. */
const harmful: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x2028, 0x2029],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  [0xd800, 0xdfff],
  [0xfffe, 0xffff],
];

function isHarmless(character: string): boolean {
  const point = character.codePointAt(0)!;
  return harmful.every(([from, to]) => point < from || point > to);
}

const holds = (check: (text: string) => void): void => fc.assert(fc.property(hostile, check), { numRuns: 500 });

describe("a printable line", () => {
  it("spells out what would break it, and leaves all else as it is", () => {
    expect(printableLine("a\nb\r\t\u001b[31m\u009b\u2028\u202e")).toBe("a\\nb\\r\\t\\u001b[31m\\u009b\\u2028\\u202e");
    expect(printableLine("Größe 模型 👩‍👩‍👧 عربي \\n")).toBe("Größe 模型 👩‍👩‍👧 عربي \\n");
    expect(printableLine("\ud800")).toBe("\\ud800");
  });

  it("holds no character that does harm, whatever the text", () => {
    holds((text) => {
      const line = printableLine(text);
      expect([...line].every(isHarmless)).toBe(true);
      expect(isPrintableLine(line)).toBe(true);
      expect(isPrintableLine(text)).toBe([...text].every(isHarmless));
    });
  });

  it("is the same as several lines, but for their ends and tabs", () => {
    expect(printableLines("one\r\ntwo\n\tthree\rfour\u001b")).toBe("one\ntwo\n\tthree\\rfour\\u001b");
  });
});

describe("JSON for a terminal", () => {
  it("is one printable line with the same value", () => {
    holds((text) => {
      const line = jsonLine({ text });
      expect(isPrintableLine(line)).toBe(true);
      expect(JSON.parse(line)).toEqual({ text });
    });
  });
});

describe("text in code", () => {
  it("ends no comment of either kind", () => {
    expect(commentText("a */ b /* c\nd")).toBe("a * / b / * c\\nd");
    holds((text) => {
      expect(isPrintableLine(commentText(text))).toBe(true);
      expect(`/* ${commentText(text)} */`.indexOf("*/")).toBe(commentText(text).length + 4);
      expect(commentText(text)).not.toMatch(/\\$/);
    });
  });

  it("is an identifier of Verilog, VHDL and C", () => {
    expect(identifierText("input_weights_bank0")).toBe("input_weights_bank0");
    expect(identifierText("0-weights (1)")).toBe("rom_0_weights_1");
    holds((text) => {
      expect(identifierText(text)).toMatch(/^[A-Za-z]([A-Za-z0-9]|_(?=[A-Za-z0-9]))*$/);
    });
  });
});

describe("text in Markdown", () => {
  it("is no markup", () => {
    expect(markdownText("a|b **c** `d` [e](f) <g> _h_ #")).toBe("a\\|b \\*\\*c\\*\\* \\`d\\` \\[e\\](f) \\<g\\> \\_h\\_ \\#");
  });
});

describe("text in CSV", () => {
  it("begins no formula, numbers stay", () => {
    expect(["=1+1", "+x", "-x", "@x", " =x", "\t=x", "a=1"].map(csvField)).toEqual(["'=1+1", "'+x", "'-x", "'@x", "' =x", "\\t=x", "a=1"]);
    expect(csvField(-1.5)).toBe("-1.5");
  });

  it("is one field to a reader of CSV", () => {
    holds((text) => {
      const [row, ...more] = [...csvRows(`${csvField(text)},end\n`)];
      expect(more).toEqual([]);
      expect(row!.fields).toHaveLength(2);
      expect([printableLine(text), `'${printableLine(text)}`]).toContain(row!.fields[0]);
      expect(row!.fields[0]).not.toMatch(/^\s*[=+\-@]/);
    });
  });
});

describe("text in HTML and SVG", () => {
  it("is no markup and only characters that XML 1.0 has", () => {
    expect(escapeHtml(`<b title="'&">\u0000\n`)).toBe("&lt;b title=&quot;&#39;&amp;&quot;&gt;\\u0000\n");
  });

  it("is read by an XML parser as the same printable text, and as no element", () => {
    const texts = fc.sample(hostile, { numRuns: 300, seed: 1 });
    const svg = `<svg>${texts.map((text) => `<text name="${escapeHtml(text)}">${escapeHtml(text)}</text>`).join("")}</svg>`;
    const program = "import json,sys,xml.etree.ElementTree as e; print(json.dumps([[t.text or '', len(t)] for t in e.fromstring(sys.stdin.buffer.read())]))";
    const read = JSON.parse(execFileSync("python3", ["-c", program], { input: svg, encoding: "utf8" })) as [string, number][];
    expect(read).toEqual(texts.map((text) => [printableLines(text), 0]));
  });
});
