import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { encodingNames } from "../../../src/hardware/rom/encoding.js";
import { romFormatNames, romFormats } from "../../../src/romFormats/romFormats.js";
import { allGateOrders } from "../../../src/hardware/rom/layout.js";
import { romRules } from "../../../src/romFormats/reading/rules.js";

test("docs/rom-formats.md names every format with its file, every rule, encoding and gate order, and no other rule", async () => {
  const text = await readFile("docs/rom-formats.md", "utf8");
  const words = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word));
  const names = [...romFormatNames, ...romFormatNames.map((format) => `.${romFormats[format].extension}`), ...Object.keys(romRules), ...encodingNames, ...allGateOrders];
  expect(names.filter((name) => !words.has(name))).toEqual([]);
  const rows = text.slice(text.indexOf("## What the linter")).split("\n").filter((line) => /^\| `/.test(line));
  const rules = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([a-z0-9-]+)`/g)].map(([, rule]) => rule!));
  expect(rules.toSorted()).toEqual(Object.keys(romRules).toSorted());
});
