import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** The anchor that GitHub and VS Code give a heading: lower case, without punctuation, blanks as hyphens. */
const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");

const glossary = readFileSync("docs/glossary.md", "utf8");
const anchors = [...glossary.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
const pages = ["README.md", ...readdirSync("docs").filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];

it("the glossary has each word once, and explains those of the figures and of the hardware", () => {
  expect(new Set(anchors).size).toBe(anchors.length);
  for (const word of ["trit", "w0", "fold", "saturated", "author-style", "deployable", "bit-plane", "latent-weight", "mac-unit", "columns-per-cycle", "delta-update", "perplexity", "logits", "n-gram"]) {
    expect(anchors).toContain(word);
  }
  const empty = glossary.split(/^### /m).slice(1).filter((entry) => entry.split("\n").slice(1).join("").trim() === "");
  expect(empty).toEqual([]);
});

it.each(pages)("%s links only to words that the glossary has", (page) => {
  const own = page === "docs/glossary.md" ? /\]\(#([^)]+)\)/g : /glossary\.md#([^)]+)\)/g;
  const linked = [...readFileSync(page, "utf8").matchAll(own)].map(([, anchor]) => anchor!);
  expect(linked.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});
