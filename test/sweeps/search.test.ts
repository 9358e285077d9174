import fc from "fast-check";
import { describe, expect, expectTypeOf, it, test } from "vitest";
import { asha } from "../../src/sweeps/asha.js";
import { nextPoint, plannedPoints, type Search } from "../../src/sweeps/nextPoint.js";
import { parzenOf, weightsOf } from "../../src/sweeps/parzen.js";
import { checkGrid, pointKey } from "../../src/sweeps/points.js";
import { grid, random, tpe } from "../../src/sweeps/searches.js";
import { checkedSpace, choice, guardedParameters, integer, labelsAt, logUniform, type ParametersOf, parametersAt, type Point, type SearchSpace, uniform } from "../../src/sweeps/space.js";
import type { Observation } from "../../src/sweeps/tpe.js";

/** All points of a search whose objective is a function of the parameters. */
function searched(search: Search, loss: (parameters: Record<string, number>) => number): Observation[] {
  const history: Observation[] = [];
  const chosen = new Set<string>();
  for (let point: Point | undefined; (point = nextPoint(search, chosen, history)) !== undefined; ) {
    chosen.add(pointKey(point));
    history.push({ point, loss: loss(parametersAt(search.space, point) as Record<string, number>), resource: 1 });
  }
  return history;
}

const unknown = () => 0;
const wrong = (value: unknown): never => value as never;
const pointsOf = (search: Omit<Search, "space"> & { space: SearchSpace }) => searched({ ...search, space: checkedSpace(search.space) }, unknown).map(({ point }) => point);

describe("a space", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["bounds the wrong way round", () => uniform(2, 1), /tl\.uniform\(2, 1\) has its bounds the wrong way round: write tl\.uniform\(1, 2\)/],
    ["orders of magnitude from zero", () => logUniform(0, 1), /tl\.logUniform\(\) needs bounds above 0, .*its lower one is 0/],
    ["a text for a bound", () => uniform(wrong("1"), 2), /tl\.uniform\(low, high\) takes two numbers, not '1'/],
    ["half an integer", () => integer(1, 2.5), /tl\.integer\(\) takes whole numbers, not 2\.5.*tl\.uniform/],
    ["no choice", () => choice([]), /tl\.choice\(\) needs a list of at least one value, not an empty list/],
    ["no list", () => checkedSpace({ units: wrong(64) }), /units in space of tl\.sweep\(\) is 64: give a list of values/],
    ["an empty list", () => checkedSpace({ units: [] }), /units in space of tl\.sweep\(\) needs a list/],
    ["a value twice", () => checkedSpace({ units: [1, 2, 1] }), /units in space of tl\.sweep\(\) has 1 twice/],
    ["an object twice", () => checkedSpace({ q: [{ kind: "a" }, { kind: "a" }] }), /q in space of tl\.sweep\(\) has the object \{ kind \} twice/],
    ["nothing that varies", () => checkedSpace({}), /space of tl\.sweep\(\) is empty/],
    ["no space", () => checkedSpace(wrong([1])), /space of tl\.sweep\(\) is an object of what varies/],
    ["a grid without an end", () => checkGrid(checkedSpace({ units: [1, 2], rate: uniform(0, 1) })), /tl\.grid\(\) cannot try every value of rate.*tl\.random\(50\)/],
    ["a grid without measure", () => checkGrid(checkedSpace({ a: integer(1, 1000), b: integer(1, 1000) })), /has 1,000,000 points/],
    ["no number of trials", () => random(0), /^tl\.random\(\) is 0: give a number of trials/],
    ["no whole number of trials", () => tpe(wrong("50")), /^tl\.tpe\(\) is "50": give a number of trials/],
    ["a first rung of nothing", () => asha({ min: 0 }), /min of tl\.asha\(\) is 0: give the steps/],
    ["a misspelt option", () => asha(wrong({ min: 1, eta: 3 })), /tl\.asha\(\) has no option "eta"; its options are min, reduction/],
  ])("%s", (_, mistake, message) => {
    expect(mistake).toThrow(message);
  });

  it("gives the trial function its types, and names a parameter that it does not have", () => {
    const typed = <const Space extends SearchSpace>(space: Space): ParametersOf<Space> => parametersAt(checkedSpace(space), { units: 0, rate: 1, layers: 1, kind: 1 }) as ParametersOf<Space>;
    const parameters = typed({ units: [64, 128], rate: logUniform(1e-3, 1e-2), layers: integer(1, 2), kind: choice(["a", "b"]) });
    expect(parameters).toEqual({ units: 64, rate: 1, layers: 1, kind: "b" });
    expectTypeOf(parameters).toEqualTypeOf<{ units: 64 | 128; rate: number; layers: number; kind: "a" | "b" }>();
    expect(() => guardedParameters({ units: 64, rate: 1 })["unit"]).toThrow(/has no "unit"; it has units, rate\. Did you mean units\?/);
  });

  it("shows choices in a word, and in full where words would be alike", () => {
    const labels = (values: unknown[]) => values.map((_, index) => labelsAt(checkedSpace({ q: values }), { q: index })["q"]);
    expect(labels([{ kind: "ternary", clip: true }, { kind: "binary" }, 3])).toEqual(["ternary", "binary", 3]);
    expect(labels([{ kind: "ternary", clip: true }, { kind: "ternary" }])).toEqual(['{"kind":"ternary","clip":true}', '{"kind":"ternary"}']);
  });
});

describe("a search", () => {
  it("goes through a grid, the last dimension fastest", () => {
    const points = pointsOf({ space: { a: ["x", "y"], b: integer(5, 7) }, search: grid(), seed: 1 });
    expect(points).toEqual([0, 1].flatMap((a) => [5, 6, 7].map((b) => ({ a, b }))));
  });

  it("draws at random by its seed, within the bounds and none twice, until a finite space is used up", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom("random", "tpe"), (seed, trials, kind) => {
        const space = { a: integer(1, 3), b: integer(1, 100, { log: true }), c: [true, false], d: logUniform(1e-4, 1e-1) };
        const finite = { a: integer(1, 3), c: [true, false] };
        const search = kind === "random" ? random(trials) : tpe(trials);
        const [once, again] = [pointsOf({ space, search, seed }), pointsOf({ space, search, seed })];
        expect(again).toEqual(once);
        expect(once).toHaveLength(trials);
        for (const { a, b, c, d } of once) {
          expect([1, 2, 3].includes(a!) && Number.isInteger(b) && b! >= 1 && b! <= 100 && [0, 1].includes(c!) && d! >= 1e-4 && d! <= 0.1).toBe(true);
        }
        const few = pointsOf({ space: finite, search, seed }).map(pointKey);
        expect(new Set(few).size).toBe(Math.min(trials, 6));
        expect(plannedPoints({ space: checkedSpace(finite), search })).toBe(few.length);
      }),
      { numRuns: 15 },
    );
  });

  it("draws other points by another seed, spread evenly over orders of magnitude", () => {
    const space = { rate: logUniform(1e-4, 1) };
    const rates = (seed: number) => pointsOf({ space, search: random(400), seed }).map(({ rate }) => rate!);
    expect(rates(1)).not.toEqual(rates(2));
    const counts = [0, 1, 2, 3].map((order) => rates(1).filter((rate) => Math.floor(-Math.log10(rate)) === order).length);
    // Binomial with n 400, p 1/4: standard deviation 8.7, and five of them either way.
    counts.forEach((count) => expect(Math.abs(count - 100)).toBeLessThan(44));
  });
});

describe("a Parzen estimator", () => {
  it("weighs old observations less, as Optuna does", () => {
    // optuna.samplers._tpe.sampler.default_weights(28): np.linspace(1/28, 1, 3) and 25 ones.
    expect(weightsOf(28).slice(0, 4)).toEqual([1 / 28, expect.closeTo((1 / 28 + 1) / 2, 12), 1, 1]);
    expect(weightsOf(24)).toEqual(new Array(24).fill(1));
  });

  it("has densities that sum to 1", () => {
    const whole = integer(1, 40, { log: true });
    const sum = (values: number[], estimator: ReturnType<typeof parzenOf>) => values.reduce((total, value) => total + Math.exp(estimator.logDensity(value)), 0);
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
    expect(sum(upTo(40).map((index) => index + 1), parzenOf(whole, [3, 3, 20]))).toBeCloseTo(1, 5);
    expect(sum(upTo(4), parzenOf(choice(["a", "b", "c", "d"]) as never, [0, 2, 2]))).toBeCloseTo(1, 12);
    const real = parzenOf(uniform(-5, 10), [-4.9, 0, 9]);
    // The rule of midpoints: its error is below h² f''/24 times the range, here 1e-5.
    expect(sum(upTo(4000).map((index) => -5 + (15 * (index + 0.5)) / 4000), real) * (15 / 4000)).toBeCloseTo(1, 4);
  });
});

/** Dixon and Szegő 1978; its minimum is 0.397887. */
function branin({ x, y }: Record<string, number>): number {
  return (y! - (5.1 / (4 * Math.PI ** 2)) * x! ** 2 + (5 / Math.PI) * x! - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x!) + 10;
}

const hartmannA = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
const hartmannP = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991], [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]];

/** Hartmann 6, from the same book; its minimum is -3.32237. */
function hartmann(point: Record<string, number>): number {
  const x = Object.values(point);
  const inner = hartmannA.map((row, i) => row.reduce((sum, a, j) => sum + a * (x[j]! - hartmannP[i]![j]! / 1e4) ** 2, 0));
  return -[1, 1.2, 3, 3.2].reduce((sum, alpha, i) => sum + alpha * Math.exp(-inner[i]!), 0);
}

const median = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[sorted.length / 2 - 1]! + sorted[sorted.length / 2]!) / 2;
};

describe("tl.tpe() beats tl.random() at an equal budget (median of 20 seeds)", () => {
  test.each([
    ["Branin", branin, { x: uniform(-5, 10), y: uniform(0, 15) }, 60],
    ["Hartmann 6", hartmann, Object.fromEntries("abcdef".split("").map((name) => [name, uniform(0, 1)])), 50],
  ] as const)("on %s", (_, objective, space, trials) => {
    const best = (search: ReturnType<typeof tpe>) =>
      Array.from({ length: 20 }, (_each, seed) => Math.min(...searched({ space: checkedSpace(space), search, seed }, objective).map(({ loss }) => loss)));
    expect(objective === branin ? objective({ x: Math.PI, y: 2.275 }) : objective({ a: 0.20169, b: 0.150011, c: 0.476874, d: 0.275332, e: 0.311652, f: 0.6573 })).toBeCloseTo(
      objective === branin ? 0.397887 : -3.32237,
      4,
    );
    const [ofTpe, ofRandom] = [median(best(tpe(trials))), median(best(random(trials)))];
    expect(ofTpe).toBeLessThan(ofRandom);
  });
});
