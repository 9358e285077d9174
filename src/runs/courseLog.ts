import { createHash } from "node:crypto";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { weightShareSchema } from "./contract.js";
import { Course, type CurvePoint, type SeriesPoint, type WeightPoint } from "./course.js";
import type { GrowingCurve } from "./growingCurve.js";
import { isSameStamp, type Stamp, stampOf, stampSchema } from "./keptFile.js";
import { KeptLog, type LogForm, readKeptLog } from "./keptLog.js";
import { type JudgedSpec, judgedSpecSchema, Outline, outlineStateSchema } from "./outline.js";
import { runFiles } from "./runFiles.js";

/**
 * A course in a file: SHA-256 of all that follows, the length of the header (8 bytes, little endian), the header as JSON, filled up with
 * blanks to a multiple of 8 bytes, and then 8-byte floats, little endian: of each curve the lengths of the lists of its state, then its
 * points column by column. To be raised with any change of what a course keeps of a log.
 */
const version = 2;
const digestBytes = 32;
const headerStart = digestBytes + 8;
const numberBytes = 8;

/** Lists in the state of a curve. */
const listCount = z.number().int().min(0);
const headerSchema = z.object({
  version: z.literal(version),
  log: stampSchema,
  judged: judgedSpecSchema,
  outline: outlineStateSchema,
  matrices: z.array(weightShareSchema),
  lists: z.object({ train: listCount, validation: listCount, learningRate: listCount, gradientNorm: listCount, itemsPerSecond: listCount, weights: listCount }),
});
type CurveName = keyof z.infer<typeof headerSchema>["lists"];

type Columns = readonly Float64Array[];

/** How a point stands in columns. */
interface PointForm<Point> {
  readonly columns: readonly ((point: Point) => number)[];
  point(columns: Columns, index: number): Point;
}

const curvePoint: PointForm<CurvePoint> = {
  columns: [({ step }) => step, ({ seconds }) => seconds, ({ loss }) => loss, ({ figure }) => figure],
  point: ([step, seconds, loss, figure], index) => ({ step: step![index]!, seconds: seconds![index]!, loss: loss![index]!, figure: figure![index]! }),
};
const seriesPoint: PointForm<SeriesPoint> = {
  columns: [({ step }) => step, ({ value }) => value],
  point: ([step, value], index) => ({ step: step![index]!, value: value![index]! }),
};
const weightPoint: PointForm<WeightPoint> = {
  columns: [({ step }) => step, ({ minus }) => minus, ({ zero }) => zero, ({ plus }) => plus, ({ flips }) => flips, ({ saturation }) => saturation ?? NaN],
  point: ([step, minus, zero, plus, flips, saturation], index) => ({
    step: step![index]!,
    minus: minus![index]!,
    zero: zero![index]!,
    plus: plus![index]!,
    flips: flips![index]!,
    saturation: Number.isNaN(saturation![index]!) ? null : saturation![index]!,
  }),
};

/** A curve of a course, with how its points stand in columns. */
interface CurveForm {
  lists(course: Course): number;
  numbers(course: Course): number[];
  /** Fills the curve from numbers that `take` gives, so many at a time. */
  restore(course: Course, lists: number, take: (count: number) => Float64Array): void;
}

function formOf<Point>(curveOf: (course: Course) => GrowingCurve<Point>, { columns, point }: PointForm<Point>): CurveForm {
  return {
    lists: (course) => curveOf(course).state().length,
    numbers: (course) => {
      const state = curveOf(course).state();
      const points = state.flat();
      return [...state.map(({ length }) => length), ...columns.flatMap((column) => points.map(column))];
    },
    restore: (course, count, take) => {
      const lengths = take(count);
      const all = lengths.reduce((sum, length) => sum + length, 0);
      const taken = columns.map(() => take(all));
      curveOf(course).restore(() => listsOf(lengths, (index) => point(taken, index)));
    },
  };
}

/** So many points in each list, one after the other. */
function listsOf<Point>(lengths: Float64Array, point: (index: number) => Point): Point[][] {
  const lists: Point[][] = [];
  let next = 0;
  for (const length of lengths) {
    const list: Point[] = [];
    for (const end = next + length; next < end; next++) {
      list.push(point(next));
    }
    lists.push(list);
  }
  return lists;
}

const curveForms: Readonly<Record<CurveName, CurveForm>> = {
  train: formOf(({ train }) => train, curvePoint),
  validation: formOf(({ validation }) => validation, curvePoint),
  learningRate: formOf(({ learningRate }) => learningRate, seriesPoint),
  gradientNorm: formOf(({ gradientNorm }) => gradientNorm, seriesPoint),
  itemsPerSecond: formOf(({ itemsPerSecond }) => itemsPerSecond, seriesPoint),
  weights: formOf(({ weights }) => weights, weightPoint),
};
const curveNames = Object.keys(curveForms) as CurveName[];

function encode(course: Course, log: Stamp): Uint8Array {
  const { state: outline, matrices, spec } = course;
  const counts = Object.fromEntries(curveNames.map((name) => [name, curveForms[name].lists(course)]));
  const json = Buffer.from(JSON.stringify({ version, log, judged: judgedSpecSchema.parse(spec), outline, matrices, lists: counts }));
  const header = Buffer.alloc(Math.ceil(json.length / numberBytes) * numberBytes, " ");
  json.copy(header);
  const length = Buffer.alloc(headerStart - digestBytes);
  length.writeBigUInt64LE(BigInt(header.length));
  const numbers = curveNames.flatMap((name) => curveForms[name].numbers(course));
  const body = Buffer.concat([length, header, new Uint8Array(Float64Array.from(numbers).buffer)]);
  return Buffer.concat([digestOf(body), body]);
}

/** @param spec of the run, where it is known: a course is judged by the spec that it was made with */
function decode(bytes: Uint8Array, stamp: Stamp, spec?: JudgedSpec): Course | undefined {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerEnd = headerStart + Number(whole.readBigUInt64LE(digestBytes));
  const { log, judged, outline, matrices, lists: counts } = headerSchema.parse(JSON.parse(whole.toString("utf8", headerStart, headerEnd)));
  if (!isSameStamp(log, stamp) || (spec !== undefined && !isDeepStrictEqual(judged, judgedSpecSchema.parse(spec)))) {
    return undefined;
  }
  if (!digestOf(whole.subarray(digestBytes)).equals(whole.subarray(0, digestBytes))) {
    throw new RangeError("The file is damaged.");
  }
  const course = new Course(judged);
  Outline.restore(course, outline);
  course.matrices = matrices;
  const numbers = new Float64Array(new Uint8Array(whole.subarray(headerEnd)).buffer);
  let at = 0;
  const take = (count: number): Float64Array => numbers.subarray(at, (at += count));
  curveNames.forEach((name) => curveForms[name].restore(course, counts[name], take));
  return course;
}

/**
 * The curves of a run at rest as they were kept, without a look at its spec.
 * @returns undefined where they were not kept, or the log is not as it was then
 */
export async function readKeptCourse(dir: string): Promise<Course | undefined> {
  const stamp = await stampOf(path.join(dir, runFiles.events));
  return stamp && readKeptLog(path.join(dir, runFiles.curves), (bytes) => decode(bytes, stamp));
}

function digestOf(body: Uint8Array): Buffer {
  return createHash("sha256").update(body).digest();
}

/** The curves of a run's log. */
export class CourseLog extends KeptLog<Course> {
  constructor(dir: string, spec: JudgedSpec) {
    const form: LogForm<Course> = { file: runFiles.curves, encode, decode: (bytes, stamp) => decode(bytes, stamp, spec) };
    super(dir, form, () => new Course(spec));
  }
}
