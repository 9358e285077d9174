import { expect, test } from "vitest";
import { contentSecurityPolicy, createNonce, pageHtml } from "../../src/extension/webviews/content.js";

test("the policy allows the page's own script and the extension's files, and nothing else", () => {
  expect(contentSecurityPolicy("https://files.example", "abc")).toBe(
    "default-src 'none'; script-src 'nonce-abc'; style-src https://files.example; font-src https://files.example; " +
      "img-src https://files.example data: blob:",
  );
});

test("the page has one script, with the nonce of its policy, and nothing inline", () => {
  const parts = { cspSource: "https://files.example", title: "Training Curves", script: "curves.js", style: "curves.css" };
  const html = pageHtml({ ...parts, nonce: "abc" });
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain('<script type="module" nonce="abc" src="curves.js"></script>');
  expect(html).toContain(contentSecurityPolicy("https://files.example", "abc"));
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
});

test("every page gets another nonce of at least 128 bits", () => {
  const nonces = Array.from({ length: 100 }, createNonce);
  expect(new Set(nonces).size).toBe(100);
  expect(nonces.every((nonce) => Buffer.from(nonce, "base64url").length >= 16)).toBe(true);
});

test("the page carries how it was looked at last, whatever the words in it", () => {
  const parts = { cspSource: "https://files.example", nonce: "abc", title: "Training Curves", script: "curves.js", style: "curves.css" };
  expect(pageHtml(parts)).toContain("<body>");
  const html = pageHtml({ ...parts, view: { filter: `"><script>&amp;'` } });
  expect(html).toContain("<body data-view=\"{&quot;filter&quot;:&quot;\\&quot;&gt;&lt;script&gt;&amp;amp;'&quot;}\">");
});
