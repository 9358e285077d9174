import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { QuantiserSpec } from "../../src/quantisers/quantiserSpec.js";
import { makeQuantiser } from "../../src/quantisers/make.js";
import { contextFor, normalMatrix, quantised, quantisedSpecs, specName } from "./quantiserProblem.js";

interface Golden {
  readonly rows: number;
  readonly columns: number;
  readonly latent: number[];
  readonly scales: number[];
  readonly upstream: number[];
  readonly ttqScaleGradient: number[];
  readonly dorefaGradients: { readonly bits: number; readonly latent: number[] }[];
}

const golden = JSON.parse(readFileSync(new URL("../rnn/golden/quantisers_pytorch.json", import.meta.url), "utf8")) as Golden;
const { rows, columns } = golden;
const latent = Float32Array.from(golden.latent);
const upstream = Float32Array.from(golden.upstream);

function gradients(spec: QuantiserSpec, scales?: Float32Array): { latent: Float32Array; scales: Float32Array } {
  const { quantiser } = quantised(spec, latent, rows, columns, scales && { scales });
  const gradient = upstream.slice();
  const ofScales = quantiser.backward(latent, gradient);
  return { latent: gradient, scales: ofScales };
}

const ownGradient = (spec: QuantiserSpec): boolean => spec.kind === "ttq" || (spec.kind === "dorefa" && spec.bits > 1);
const straightThrough = quantisedSpecs.filter((spec) => !ownGradient(spec));

it.each(straightThrough.map((spec) => ({ spec, name: specName(spec) })))("$name is straight-through", ({ spec }) => {
  expect(gradients(spec)).toEqual({ latent: upstream, scales: new Float32Array(0) });
});

describe("DoReFa", () => {
  it.each(golden.dorefaGradients)("$bits bits: PyTorch's gradient with a detached rounding", ({ bits, latent: expected }) => {
    const found = gradients({ kind: "dorefa", bits });
    expect(found.scales.length).toBe(0);
    expected.forEach((value, index) => expect(found.latent[index]).toBeCloseTo(value, 5));
  });

  it("is the slope of tanh(w) / max |tanh w|, by finite differences", () => {
    const surrogate = (weights: number[]): number => {
      const squashed = weights.map(Math.tanh);
      const largest = Math.max(...squashed.map(Math.abs));
      return squashed.reduce((sum, value, index) => sum + (upstream[index]! * value) / largest, 0);
    };
    const found = gradients({ kind: "dorefa", bits: 3 }).latent;
    const step = 1e-5;
    latent.forEach((_, index) => {
      const moved = (by: number): number[] => [...latent].map((weight, place) => (place === index ? weight + by : weight));
      expect(found[index]).toBeCloseTo((surrogate(moved(step)) - surrogate(moved(-step))) / (2 * step), 4);
    });
  });
});

describe("TTQ", () => {
  const spec = { kind: "ttq", threshold: 0.05 } as const;
  const scales = Float32Array.from(golden.scales);

  it("has PyTorch's gradient of the scales, as finite differences have it too", () => {
    const found = gradients(spec, scales).scales;
    const loss = (moved: Float32Array): number =>
      quantised(spec, latent, rows, columns, { scales: moved }).values.reduce((sum, value, index) => sum + value * upstream[index]!, 0);
    const step = 1 / 64;
    golden.ttqScaleGradient.forEach((expected, index) => {
      expect(found[index]).toBeCloseTo(expected, 5);
      const moved = (by: number): Float32Array => scales.map((scale, place) => (place === index ? scale + by : scale));
      expect((loss(moved(step)) - loss(moved(-step))) / (2 * step)).toBeCloseTo(expected, 4);
    });
  });

  it("multiplies the latent gradient by Wp, 1 or Wn of the weight's set (equation 8)", () => {
    const found = gradients(spec, scales).latent;
    const delta = 0.05 * Math.max(...latent.map(Math.abs));
    latent.forEach((weight, index) => {
      const factor = weight > delta ? scales[0]! : weight < -delta ? scales[1]! : 1;
      expect(found[index]).toBeCloseTo(factor * upstream[index]!, 6);
    });
  });

  it("starts its scales at the mean magnitude of each set", () => {
    const weights = Float32Array.of(1, 0.5, 0.01, -0.2, -0.4, -0.04);
    const start = makeQuantiser(spec, 2, 3).initialScales(weights);
    expect(start[0]).toBeCloseTo(0.75, 6);
    expect(start[1]).toBeCloseTo(0.3, 6);
    const positive = makeQuantiser(spec, 1, 3).initialScales(Float32Array.of(1, 0.5, 0.3));
    expect(positive[1]).toBeCloseTo(0.6, 6);
  });

  it("asks for its scales by number", () => {
    const quantiser = makeQuantiser(spec, rows, columns);
    const context = { ...contextFor(quantiser, latent), scales: new Float32Array(3) };
    expect(() => quantiser.quantise(latent, context)).toThrow("TTQ has 2 learned scales, but was given 3.");
    expect(() => quantiser.quantise(latent, { stream: context.stream })).toThrow("TTQ has 2 learned scales, but was given none.");
  });

  it("learns scales of its own sign", () => {
    const negative = Float32Array.of(-0.5, -0.25);
    const weights = normalMatrix(6, 1);
    const { values } = quantised(spec, weights, 2, 3, { scales: negative });
    values.forEach((value, index) => expect(Math.abs(value)).toBe(weights[index]! > 0 ? 0.5 : 0.25));
  });
});
