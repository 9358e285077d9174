import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeTokens } from "../../src/notebooks/codeTokens.js";
import { staticMarkup } from "../../src/notebooks/html/staticMarkup.js";
import { source } from "./notebookArbitrary.js";

describe("pieces of code", () => {
  it("together are the text, whatever it is", () => {
    fc.assert(fc.property(source, (code) => void expect(codeTokens(code).map(({ text }) => text).join("")).toBe(code)), { numRuns: 1000 });
  });

  it("are what TypeScript makes of them", () => {
    const kinds = (code: string) => codeTokens(code).filter(({ kind }) => kind !== "space").map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds("const r = /[/]\\/x/g, s = a / b / c; // end")).toEqual([
      "keyword const", "name r", "sign =", "regexp /[/]\\/x/g", "sign ,", "name s", "sign =", "name a", "sign /", "name b", "sign /", "name c", "sign ;", "comment // end",
    ]);
    expect(kinds("`a ${b ? `}${1}` : {}} \\` c` + 0x1f_ffn")).toEqual(["string `a ${b ? `}${1}` : {}} \\` c`", "sign +", "number 0x1f_ffn"]);
    expect(kinds("/* a\nb */ 'it\\'s' \"open\n1e-3")).toEqual(["comment /* a\nb */", "string 'it\\'s'", 'string "open', "number 1e-3"]);
  });

  it("are found in time that grows with the text", () => {
    expect(codeTokens("`${".repeat(50_000))).toHaveLength(1);
    expect(codeTokens("/".repeat(50_000))).toHaveLength(1);
    expect(codeTokens('"\\'.repeat(50_000)).length).toBeGreaterThan(0);
  });
});

describe("markup that only shows something", () => {
  it("is kept, each element closed", () => {
    expect(staticMarkup('<table class="x" style="color:red"><tr><td>1 &lt; 2<td>b</table> a<br/>b > c <!-- no --><b>open')).toBe(
      '<table style="color:red"><tr><td>1 &lt; 2<td>b</td></td></tr></table> a<br>b &gt; c <b>open</b>',
    );
    expect(staticMarkup('<svg viewBox="0 0 1 1"><rect width="1" height="1" fill="#fff"/></svg>')).toBe('<svg viewBox="0 0 1 1"><rect width="1" height="1" fill="#fff"></rect></svg>');
    expect(staticMarkup('<a href="https://example.com/?a=1&amp;b">x</a></div>')).toBe('<a href="https://example.com/?a=1&amp;b" rel="noopener noreferrer">x</a>');
  });

  it.each([
    "<script>x</script>", "<SCRIPT>x", "<style>a{}</style>", "<iframe>", "<form>", "<img src=x>", "<img src='http://a/b.png'>", '<a href="javascript:x">', '<a href="&#106;avascript:x">',
    '<p onclick="x">', '<p style="position:fixed">', '<p style="background:url(x)">', '<p style="background:u\\72l(x)">', '<rect fill="url(#a)">', '<rect fill="&#117;rl(http://x)">', "<use href='#a'>",
    "<!DOCTYPE html>", "<p", "<a href", "< p>", "<svg><foreignObject>", "<math>", "<td\u0000>",
  ])("%j is not", (html) => {
    expect(staticMarkup(html)).toBeUndefined();
  });
});
