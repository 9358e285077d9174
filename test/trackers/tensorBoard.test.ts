import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exportRuns, followIntoTensorBoard } from "../../src/trackers/exportRuns.js";
import { fileVersion, scalars } from "../../src/trackers/tensorBoard/events.js";
import { crc32c, tfRecord } from "../../src/trackers/tensorBoard/records.js";
import { smallResult, smallTask, smallTensors, started, stepEvent } from "../runs/spec.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { nameOf, newRun, resumedLosses, resumedRun, validation, weights } from "./exampleRuns.js";
import { readByTensorBoard } from "./witness.js";

const folder = temporaryFolder();

it("computes CRC-32C as RFC 3720 and the catalogue of CRCs say", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

describe("event files", () => {
  it("are read by TensorBoard: curves without what a resume did again, histograms, and the HPARAMS tab", async () => {
    const finished = await resumedRun(path.join(folder.path, "runs"));
    const words = { ...smallTask, kind: "word-model", vocabulary: { minimumCount: 1, size: null }, embedding: 4, embeddingDropout: 0.5 } as const;
    const training = await newRun(path.join(folder.path, "runs"), { name: "words", task: words, stopAfter: 3, seed: 7 });
    [started(), stepEvent(1, { bpc: 5000 }), stepEvent(2)].forEach((event) => training.append(event));
    await training.flush();
    const out = path.join(folder.path, "tensorboard");
    await exportRuns([finished, training.dir], { to: "tensorboard", out });
    await training.interrupted(2);

    const [{ runs, sessions } = { runs: {}, sessions: {} }] = await readByTensorBoard(out);
    const run = runs[nameOf(finished)]!;
    expect(run.scalars["loss/train"]).toEqual(resumedLosses.map(([step, loss]) => [step, [0, 1001, 1002, 2001.125, 2002][step], loss]));
    expect(run.scalars["bpc/train"]!.at(-1)).toEqual([4, 2002, Math.fround(2 / Math.LN2)]);
    expect(run.scalars["bpc/validation"]).toEqual([[4, 1004.5, 3]]);
    expect(run.scalars["accuracy/validation"]).toEqual([[4, 1004.5, 0.25]]);
    expect(run.scalars["weights/layer 1 recurrent/zero"]).toEqual([[4, 1004.75, 0.5]]);
    expect(run.scalars["bpc/test"]).toEqual([[4, expect.any(Number), 3.25]]);
    expect(Object.keys(run.scalars)).not.toContain("weights/layer 1 recurrent/saturation");
    // Bins over [-2, 2] with middles -1.5, -0.5, 0.5 and 1.5.
    const [sum, squares] = [0.125 * -1.5 + 0.25 * -0.5 + 0.5 * 0.5 + 0.125 * 1.5, 0.25 * 2.25 + 0.75 * 0.25];
    expect(run.histograms["weights/layer 1 recurrent"]).toEqual([[4, -2, 2, 1, sum, squares, [-1, 0, 1, 2], [0.125, 0.25, 0.5, 0.125]]]);

    const other = runs[nameOf(training.dir)]!;
    expect(other.scalars["perplexity/train"]!.map(([, , value]) => value)).toEqual(["inf", expect.closeTo(Math.E ** 2, 5)]);

    expect(sessions[nameOf(finished)]).toMatchObject({ status: "STATUS_SUCCESS", start: 1000, metrics: expect.arrayContaining(["bpc/validation", "loss/train"]) });
    expect(sessions[nameOf(finished)]!.hparams).toMatchObject({ "task.kind": "character-model", "layers.0.units": expect.any(Number), "optimiser.learningRate.peak": 0.005, seed: 1 });
    expect(sessions[nameOf(training.dir)]).toMatchObject({ status: "STATUS_UNKNOWN", hparams: { "task.embeddingDropout": 0.5, stopAfter: 3, seed: 7 } });
    expect(sessions[nameOf(training.dir)]!.end ?? null).toBeNull();
  });

  it("keep NaN, infinities, and names of any script and length, also such as differ in capital letters alone", async () => {
    const values = { nan: NaN, more: Infinity, less: -Infinity, tiny: 1e-42, huge: 1e300, "größe/重み 🐋": 1, Loss: 2, loss: 3, ["long ".repeat(100)]: 4 };
    const named = Object.entries(values).map(([name, value]) => ({ name, value }));
    await mkdir(path.join(folder.path, "out", "run"), { recursive: true });
    const records = [fileVersion(1.5), scalars({ time: 1.5, step: 2 ** 40 }, named)].map(tfRecord);
    await writeFile(path.join(folder.path, "out", "run", "events.out.tfevents.1"), Buffer.concat(records));
    const [reading] = await readByTensorBoard(path.join(folder.path, "out"));
    const read = reading!.runs["run"]!.scalars;
    const words: Readonly<Record<string, number | string>> = { nan: "nan", more: "inf", less: "-inf", huge: "inf" };
    expect(Object.keys(read).toSorted()).toEqual(Object.keys(values).toSorted());
    named.forEach(({ name, value }) => expect(read[name], name).toEqual([[2 ** 40, 1.5, words[name] ?? Math.fround(value)]]));
  });

  it("grow while their run trains, and forget what a resume does again", async () => {
    const writer = await newRun(path.join(folder.path, "runs"));
    [started(), stepEvent(1, { loss: 3 }), stepEvent(2, { loss: 2.5 })].forEach((event) => writer.append(event));
    await writer.checkpoint(smallTensors, 2);
    const out = path.join(folder.path, "tensorboard");
    const following = new AbortController();
    const written = later();
    const followed = followIntoTensorBoard([writer.dir], { to: "tensorboard", out }, { signal: following.signal, onWritten: written.resolve });
    await written.promise;
    writer.append(stepEvent(3, { loss: 99 }));
    await writer.flush();
    await expect.poll(async () => (await readByTensorBoard(out))[0]!.runs[nameOf(writer.dir)]!.scalars["loss/train"]!.length).toBe(3);
    // As in the log of a run that is resumed so quickly that nobody sees it rest.
    [started(2, 2000), stepEvent(3, { loss: 2.25, time: 2001.125 }), stepEvent(4, { loss: 2, time: 2002 }), validation(4, 3), weights(4)].forEach((event) => writer.append(event));
    await writer.finish({ ...smallResult, steps: 4 });
    await followed;
    const [{ runs, sessions } = { runs: {}, sessions: {} }] = await readByTensorBoard(out);
    const { scalars: read } = runs[nameOf(writer.dir)]!;
    expect(read["loss/train"]!.map(([step, , loss]) => [step, loss])).toEqual(resumedLosses);
    expect(read["bpc/validation"]!.map(([step]) => step)).toEqual([4]);
    expect(sessions[nameOf(writer.dir)]!.status).toBe("STATUS_SUCCESS");
    expect(await readdir(out)).toEqual([nameOf(writer.dir)]);
  });
});

function later() {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
