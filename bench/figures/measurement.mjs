import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/**
 * A measurement is a file of docs/measurements: the command that was run, the commit and machine that it ran on, and the JSON that it
 * printed, as it was. `npm run measure` writes them.
 */

const units = /^(1\/)?(.*?)(?:([*/])(\d+))?$/;

/** @returns measurements by name */
export async function readMeasurements(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const entries = names.map(async (name) => [path.basename(name, ".json"), JSON.parse(await readFile(path.join(folder, name), "utf8"))]);
  return Object.fromEntries(await Promise.all(entries));
}

/** One step of a path: a property, an index, or the element of a list whose fields have the values of `a=1&b=x`, or hold the text of `b~x`. */
function stepInto(value, key) {
  if (!/[=~]/.test(key)) {
    return value?.[key];
  }
  const wanted = key.split("&").map((condition) => /^(.*?)([=~])(.*)$/.exec(condition).slice(1));
  const fits = (element) => wanted.every(([field, sign, text]) => (sign === "=" ? String(element[field]) === text : String(element[field]).includes(text)));
  return Array.isArray(value) ? value.find(fits) : undefined;
}

/**
 * The number that a reference names: "NAME:path.to.it" in the output of measurement NAME. A step of the path is a property, an
 * index, or conditions on the fields of a list's elements ("rows.workload=a&engine~eager.ratio"; "~" where a field holds the text). "1/" before the reference takes the
 * reciprocal, "*1000" or "/8192" behind it another unit.
 * @throws Error that names the measurement, or the step that leads nowhere
 */
export function valueOf(measurements, reference) {
  const [, reciprocal, place, operator, number = "1"] = units.exec(reference);
  const [name, steps] = place.split(":");
  if (measurements[name] === undefined || steps === undefined) {
    throw new Error(`<!--=${reference}-->: there is no docs/measurements/${name}.json; npm run measure -- ${name} makes it.`);
  }
  const value = steps.split(".").reduce(stepInto, measurements[name].output);
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Error(`<!--=${reference}-->: "${steps}" leads to ${JSON.stringify(value)} in the output of docs/measurements/${name}.json, not to a number.`);
  }
  const base = reciprocal ? 1 / value : value;
  return operator === "/" ? base / Number(number) : base * Number(number);
}
