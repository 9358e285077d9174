import { afterEach, expect, it, vi } from "vitest";
import type { LayerSpec } from "../../src/experiment/spec.js";
import { environmentWithoutCells } from "../../src/jobs/environment.js";
import { chooseBackend } from "../../src/rnn/backend.js";
import { smallSpec } from "../runs/spec.js";

vi.mock("../../src/rnn/backend.js", () => ({ chooseBackend: vi.fn(() => Promise.resolve({ name: "cpu" })) }));
afterEach(() => vi.unstubAllEnvs());

const { layers } = smallSpec();
const rounding = layers.map((layer): LayerSpec => ({ ...layer, state: { hiddenBits: 8, cellBits: 8, cellRange: 4 } }) as LayerSpec);

it("loads TensorFlow.js for a training without cells only where its layers compute with it, or a backend is asked for", async () => {
  vi.stubEnv("TRITLOOM_BACKEND", "");
  const plain = await environmentWithoutCells({ layers });
  expect([plain.backend.name, plain.kernel.name]).toEqual(["none", expect.stringMatching(/^native|^wasm/)]);
  expect(chooseBackend).not.toHaveBeenCalled();
  const rounded = await environmentWithoutCells({ layers: rounding });
  expect([rounded.backend.name, rounded.kernel.name]).toEqual(["cpu", expect.stringMatching(/^tensor/)]);
  expect(chooseBackend).toHaveBeenCalledTimes(1);
  vi.stubEnv("TRITLOOM_BACKEND", "cpu");
  expect((await environmentWithoutCells({ layers })).backend.name).toBe("cpu");
});
