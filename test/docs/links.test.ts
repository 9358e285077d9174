import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import MarkdownIt from "markdown-it";
import { expect, it } from "vitest";
import { anchorOf } from "./anchor.js";

/** Every document of the project; transcripts and fixtures of tests, and Verilog's README template, are none. */
const pages = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { encoding: "utf8" })
  .stdout.split("\n")
  .filter((file) => /^(\w+\.md|(docs|native|bench|examples)\/.*\.md)$/.test(file) && existsSync(file));

const markdown = new MarkdownIt({ html: true });

interface Links {
  /** Where the links and pictures of a page lead. */
  readonly targets: readonly string[];
  readonly anchors: ReadonlySet<string>;
}

function linksOf(page: string): Links {
  const tokens = markdown.parse(readFileSync(page, "utf8"), {});
  const inline = tokens.flatMap(({ children }) => children ?? []);
  const targets = inline.flatMap((token) => [token.attrGet("href"), token.attrGet("src")]).filter((target) => typeof target === "string");
  const html = [...tokens, ...inline].filter(({ type }) => type.startsWith("html_")).map(({ content }) => content);
  const named = html.flatMap((text) => [...text.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id]) => id!));
  const headings = tokens.flatMap((token, index) => (token.type === "heading_open" ? [textOf(tokens[index + 1]!.children ?? [])] : []));
  return { targets, anchors: new Set([...numbered(headings.map(anchorOf)), ...named]) };
}

function textOf(children: readonly { type: string; content: string }[]): string {
  return children.filter(({ type }) => ["text", "code_inline"].includes(type)).map(({ content }) => content).join("");
}

/** The second heading of the same words gets "-1", the third "-2". */
function numbered(anchors: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return anchors.map((anchor) => {
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

const linked = new Map<string, Links>();

function known(page: string): Links {
  linked.set(page, linked.get(page) ?? linksOf(page));
  return linked.get(page)!;
}

function isBroken(page: string, target: string): boolean {
  if (/^(https?|mailto|data):/.test(target)) {
    return false;
  }
  const [file = "", anchor] = decodeURI(target).split("#");
  const place = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
  return !existsSync(place) || (anchor !== undefined && place.endsWith(".md") && !known(place).anchors.has(anchor));
}

it.each(pages)("every link and picture of %s leads to a file and a heading that are there", (page) => {
  expect(known(page).targets.filter((target) => isBroken(page, target))).toEqual([]);
});

it("finds links and headings at all", () => {
  expect(known("README.md").targets.length).toBeGreaterThan(10);
  expect(known("docs/glossary.md").anchors.has("bpc-bits-per-character")).toBe(true);
  expect(isBroken("README.md", "docs/glossary.md#no-such-word")).toBe(true);
  expect(isBroken("README.md", "docs/gone.md")).toBe(true);
});
