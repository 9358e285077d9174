import { expect, test } from "vitest";
import { cells as descriptors } from "../../src/cells/cells.js";
import { cells as hardware } from "../../src/hardware/cells/cells.js";

test("a cell has one name, the same gates, states and vectors in the engine and in hardware", () => {
  expect(Object.keys(hardware).sort()).toEqual(Object.keys(descriptors).sort());
  for (const [cell, { title, gates, states, vectors, matrices }] of Object.entries(descriptors)) {
    const silicon = hardware[cell as keyof typeof hardware];
    expect(silicon.name).toBe(title);
    expect(silicon.gates).toEqual(gates.map(({ letter }) => letter));
    expect([...silicon.states].sort()).toEqual(states.map((state) => (state === "cell" ? "c" : "h")).sort());
    expect(silicon.hasRecurrentWeights).toBe((matrices as readonly string[]).includes("recurrent"));
    const names = (list: readonly { readonly shipped: string; readonly rom: string }[]) => list.map(({ shipped, rom }) => `${shipped} ${rom}`).sort();
    expect(names(silicon.vectors.map(({ key, image }) => ({ shipped: key, rom: image })))).toEqual(names(vectors));
  }
});
