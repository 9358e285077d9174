import { expect, it } from "vitest";
import { hyperparametersOf } from "../../src/runs/hyperparameters.js";
import { smallSpec } from "./spec.js";

const spec = smallSpec();
const valuesByTitle = (of = spec) => Object.fromEntries(hyperparametersOf(of).map(({ title, value }) => [title, value]));

/** What stands in a JSON value at a path with dots. */
function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);
}

it("gives every value of a spec by its place, numbers as numbers", () => {
  const all = hyperparametersOf(spec);
  expect(all.length).toBeGreaterThan(15);
  for (const { path, value } of all) {
    expect(at(spec, path), path).toBe(value);
  }
  expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
  expect(all.map(({ path }) => path).filter((path) => /sha256|source|^name|^version/.test(path))).toEqual([]);
});

it("calls them as a person does", () => {
  expect(valuesByTitle()).toMatchObject({
    text: "whale",
    "batch size": 4,
    "sequence length": 8,
    cell: "lstm",
    units: 16,
    "quantiser recurrent": "ternary",
    optimiser: "adam",
    "learning rate": 0.005,
    "learning rate schedule": "one-cycle",
    seed: 1,
  });
});

it("counts the layers of a stack from 1, as the table of parameters does", () => {
  const [layer] = spec.layers;
  const stack = smallSpec({ layers: [layer!, { ...layer!, units: 24 }] });
  expect(valuesByTitle(stack)).toMatchObject({ "layer 1 units": 16, "layer 2 units": 24 });
});
