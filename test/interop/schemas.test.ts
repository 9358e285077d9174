import { readFile } from "node:fs/promises";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { summariseNetwork } from "../../src/hardware/schedule/network.js";
import { summarise } from "../../src/hardware/schedule/schedule.js";
import { forShapes, networks } from "../hardware/shapes.js";

/** The JSON schemas of docs/schemas/, with ajv as an independent validator. */

let validate: ValidateFunction;
beforeAll(async () => {
  const schema = JSON.parse(await readFile(new URL("../../docs/schemas/schedule.schema.json", import.meta.url), "utf8"));
  // `if` may name what the schema around it defines.
  validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(schema);
});

type Json = Record<string, unknown>;

/** A summary as it reads in JSON. */
function summary(shape: Parameters<typeof summarise>[0]): Json {
  return JSON.parse(JSON.stringify(summarise(shape))) as Json;
}

const gru = { cell: "gru", reset: "after", inputs: 5, inputKind: "one-hot", units: 7, macUnits: 4, precision: "binary", clockMegahertz: 400 } as const;

describe("the network's schema", () => {
  let validateNetwork: ValidateFunction;
  beforeAll(async () => {
    const [schedule, network] = await Promise.all(
      ["schedule", "network"].map(async (name) => JSON.parse(await readFile(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), "utf8")) as object),
    );
    validateNetwork = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).addSchema(schedule!, "schedule.schema.json").compile(network!);
  });

  it("takes the summary of every stack, requires every field, and knows no others", () => {
    fc.assert(
      fc.property(networks, (shapes) => {
        const good = JSON.parse(JSON.stringify(summariseNetwork(shapes))) as Json;
        validateNetwork(good);
        expect(validateNetwork.errors).toBeNull();
        for (const field of Object.keys(good)) {
          expect(validateNetwork(Object.fromEntries(Object.entries(good).filter(([key]) => key !== field)))).toBe(false);
        }
        expect(validateNetwork({ ...good, more: 1 })).toBe(false);
        expect(validateNetwork({ ...good, layers: [] })).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});

describe("the schedule's schema", () => {
  it("takes the summary of every shape", () => {
    forShapes((shape) => {
      validate(summary(shape));
      expect(validate.errors).toBeNull();
    });
  });

  it("has figures per second exactly where there is a clock", () => {
    const { clockMegahertz: _clock, ...unclocked } = gru;
    const perCycle = summary(unclocked);
    expect(validate(perCycle)).toBe(true);
    for (const name of ["latencyMicroseconds", "timestepsPerSecond", "throughputGops"]) {
      expect(perCycle).not.toHaveProperty(name);
      expect(validate({ ...perCycle, [name]: summary(gru)[name] })).toBe(false);
    }
  });

  it("requires every field, and knows no others", () => {
    const good = summary(gru);
    const objects = Object.entries(good).filter(([, value]) => typeof value === "object") as [string, Json][];
    const inside = (name: string, change: Json): Json => ({ ...good, [name]: change });
    const without = (object: Json, field: string): Json => Object.fromEntries(Object.entries(object).filter(([key]) => key !== field));
    const wrong = [
      ...Object.keys(good).map((field) => without(good, field)),
      { ...good, more: 1 },
      { ...good, shape: without(good["shape"] as Json, "clockMegahertz") },
      ...objects.flatMap(([name, object]) => [
        ...Object.keys(object).filter((field) => field !== "clockMegahertz").map((field) => inside(name, without(object, field))),
        inside(name, { ...object, more: 1 }),
      ]),
    ];
    expect(wrong.length).toBeGreaterThan(30);
    wrong.forEach((value) => expect(validate(value), JSON.stringify(value)).toBe(false));
  });

  it.each<[string, (good: Json) => Json]>([
    ["a fraction of a cycle", (good) => ({ ...good, cyclesPerTimestep: 1.5 })],
    ["more use than there is", (good) => ({ ...good, utilisation: 1.01 })],
    ["negative stalls", (good) => ({ ...good, stalls: { ...(good.stalls as Json), recurrence: -1 } })],
    ["an LSTM that resets", (good) => ({ ...good, shape: { ...gru, cell: "lstm" } })],
    ["another precision", (good) => ({ ...good, shape: { ...gru, precision: "int8" } })],
  ])("refuses %s", (_, change) => {
    expect(validate(change(summary(gru)))).toBe(false);
  });
});
