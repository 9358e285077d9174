import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { learnedScales, levelsOf, makeQuantiser, needsSecondMoment } from "../../src/quantisers/make.js";
import * as table from "../../src/quantisers/quantisers.js";
import type { Quantiser } from "../../src/quantisers/contract.js";
import { quantiserSchema, type QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { allSpecs, contextFor, nearestOfFive, normalMatrix, specName } from "./quantiserProblem.js";

const words = table as unknown as Readonly<Record<string, () => QuantiserSpec>>;
const shared = (place: string): string => readFileSync(new URL(`../../${place}`, import.meta.url), "utf8");

describe("each kind of the table", () => {
  test.each(table.quantiserKinds.map(({ kind, word }) => [kind, word] as const))("%s", (kind, word) => {
    const name = word.replace("tl.", "");
    const spec = kind === "custom" ? nearestOfFive : words[name]!();
    expect(spec.kind, "its word makes it").toBe(kind);
    expect(quantiserSchema.parse(spec)).toEqual(spec);
    expect(allSpecs.map((one) => one.kind), "and the properties of all quantisers are tested of it").toContain(kind);
    expect(shared("docs/engine.md"), "docs").toMatch(new RegExp(`^\\| \`${name}\\(`, "m"));
    expect(shared("docs/experiment.md"), "the words of an experiment").toContain(`\`${word}(`);
  });
});

/** What the matrix turns out to be when it ships, beside what the table says. */
function shippedLevels(quantiser: Quantiser): string {
  const shipped = quantiser.ship();
  return shipped.kind === "full-precision" ? "full" : shipped.planes.length === 1 ? shipped.planes[0]!.levels : "planes";
}

describe("what the table says is what the quantiser does", () => {
  test.each(allSpecs)("%o", (spec) => {
    const latent = normalMatrix(24, 0.3);
    const quantiser = makeQuantiser(spec, 6, 4);
    quantiser.quantise(latent, contextFor(quantiser, latent));
    expect(levelsOf(spec), specName(spec)).toBe(shippedLevels(quantiser));
    expect(learnedScales(spec)).toBe(quantiser.initialScales(latent).length);
    const plain = quantiser.quantise(latent, contextFor(quantiser, latent)).slice();
    const weighted = quantiser.quantise(latent, contextFor(quantiser, latent, { secondMoment: latent.map((value) => value * value) }));
    expect(needsSecondMoment(spec)).toBe(plain.some((value, index) => value !== weighted[index]));
  });
});
