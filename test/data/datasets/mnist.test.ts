import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadMnist, type MnistFiles } from "../../../src/data/datasets/mnist.js";
import { temporaryFolder } from "../../temporaryFolder.js";

const root = temporaryFolder();

/** An IDX file of bytes, written by its definition. */
function idx(sizes: readonly number[], data: readonly number[]): Buffer {
  const header = [0, 0, 8, sizes.length, ...sizes.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255])];
  return Buffer.from([...header, ...data]);
}

const files: MnistFiles = Object.fromEntries(
  ["trainImages", "trainLabels", "testImages", "testLabels"].map((name) => [
    name,
    { name, url: `http://127.0.0.1:1/${name}.gz`, packed: { name: `${name}.gz`, kind: "gzip" } },
  ]),
) as unknown as MnistFiles;

const pixels = Array.from({ length: 12 * 6 }, (_, i) => (i * 51) % 256);
const contents = {
  trainImages: idx([12, 2, 3], pixels),
  trainLabels: idx([12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]),
  testImages: idx([2, 2, 3], pixels.slice(0, 12)),
  testLabels: idx([2], [7, 2]),
};

async function load(changes: Partial<Record<keyof MnistFiles, Buffer>> = {}) {
  await mkdir(root.path, { recursive: true });
  for (const [name, content] of Object.entries({ ...contents, ...changes })) {
    await writeFile(path.join(root.path, `${name}.gz`), gzipSync(content));
  }
  return loadMnist({ places: { own: [root.path], cache: path.join(root.path, "none") } }, files);
}

describe("MNIST", () => {
  it("is sequences of pixels from 0 to 1, the last sixth of the training images for validation", async () => {
    const { name, source, data, sha256 } = await load();
    expect([name, source]).toEqual(["mnist", { kind: "dataset" }]);
    expect(data).toMatchObject({ kind: "sequences", timesteps: 6, width: 1, classes: [..."0123456789"] });
    expect([data.train, data.validation, data.test].map(({ labels }) => [...labels])).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [0, 1],
      [7, 2],
    ]);
    const expected = pixels.map((pixel) => Math.fround(pixel / 255));
    expect([...data.train.values, ...data.validation.values]).toEqual(expected);
    expect([...data.test.values]).toEqual(expected.slice(0, 12));
    expect(Math.max(...data.train.values)).toBe(1);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is downloaded from an encrypted source", async () => {
    const nowhere = { own: [], cache: path.join(root.path, "none") };
    await expect(loadMnist({ places: nowhere, download: false })).rejects.toThrow(/which downloads https:\/\//);
  });

  it("is refused when a file is cut short, of another kind, or does not belong to the others", async () => {
    await expect(load({ testImages: contents.testImages.subarray(0, 20) })).rejects.toThrow(/testImages\.gz is no IDX file of images, or is cut/);
    await expect(load({ testImages: contents.testLabels })).rejects.toThrow(/testImages\.gz is no IDX file of images/);
    await expect(load({ trainLabels: Buffer.from("<html>") })).rejects.toThrow(/trainLabels\.gz is no IDX file of labels/);
    await expect(load({ testLabels: contents.trainLabels })).rejects.toThrow(/has 2 images, .* 12 labels/);
  });
});
