import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { anchorOf } from "./anchor.js";

const glossary = readFileSync("docs/glossary.md", "utf8");
const anchors = [...glossary.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));

it("the glossary has each word once, and explains those of the figures and of the hardware", () => {
  expect(new Set(anchors).size).toBe(anchors.length);
  for (const word of ["trit", "w0", "fold", "saturated", "author-style", "deployable", "bit-plane", "latent-weight", "mac-unit", "columns-per-cycle", "delta-update", "perplexity", "logits", "n-gram"]) {
    expect(anchors).toContain(word);
  }
  const empty = glossary.split(/^### /m).slice(1).filter((entry) => entry.split("\n").slice(1).join("").trim() === "");
  expect(empty).toEqual([]);
});
