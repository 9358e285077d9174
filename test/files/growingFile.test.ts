import { execFileSync } from "node:child_process";
import { appendFile, mkdir, open, rename, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { GrowingFile, type LineTaker } from "../../src/files/growingFile.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
let files = 0;
const newFile = (): string => path.join(root.path, `${files++}.txt`);

/** Lines that count by now. */
class Lines implements LineTaker {
  texts: string[] = [];
  positions: number[] = [];
  restarts = 0;
  restart(): void {
    [this.texts, this.positions] = [[], []];
    this.restarts += 1;
  }
  line(bytes: Buffer, start: number, end: number, position: number): void {
    this.texts.push(bytes.toString("utf8", start, end));
    this.positions.push(position);
  }
  pieceEnd(): void {}
}

/** Text with bytes of no newline after it, so many, which take no place on the disk. */
async function writeWithGap(file: string, before: string, gap: number, after: string): Promise<void> {
  await writeFile(file, before);
  await truncate(file, Buffer.byteLength(before) + gap);
  await appendFile(file, after);
}

it("gives every whole line once and its place, wherever the writes and the reads were cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" })), fc.array(fc.nat({ max: 400 }), { maxLength: 6 }), async (texts, cuts) => {
      const file = newFile();
      const bytes = Buffer.from(texts.map((text) => `${text.replaceAll("\n", "")}\n`).join(""));
      const [growing, lines] = [new GrowingFile(file), new Lines()];
      let written = 0;
      for (const end of [...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]) {
        await appendFile(file, bytes.subarray(written, end));
        written = end;
        await growing.read(lines);
        const whole = end === 0 ? "" : bytes.toString("utf8", 0, bytes.lastIndexOf("\n", end - 1) + 1);
        expect(lines.texts).toEqual(whole.split("\n").slice(0, -1));
      }
      expect(lines.positions).toEqual(lines.texts.map((_, index) => Buffer.byteLength(lines.texts.slice(0, index).join("\n") + (index > 0 ? "\n" : ""))));
      expect(lines.restarts).toBe(0);
    }),
    { numRuns: 60 },
  );
});

it("gives lines across the ends of pieces", async () => {
  const file = newFile();
  const texts = Array.from({ length: 4_000 }, (_, index) => `${index} ${"x".repeat(index % 700)}`);
  await writeFile(file, `${texts.join("\n")}\n`);
  const lines = new Lines();
  await new GrowingFile(file).read(lines);
  expect(lines.texts).toEqual(texts);
});

it("holds a line of a megabyte, and passes over one of a hundred, however it grew", async () => {
  const file = newFile();
  const long = "y".repeat(1_000_000);
  await writeWithGap(file, `first\n${long}\n`, 100_000_000, "end of the gap");
  const [growing, lines] = [new GrowingFile(file), new Lines()];
  await growing.read(lines);
  expect(lines.texts).toEqual(["first", long]);
  await appendFile(file, " and more\nlast\n");
  await growing.read(lines);
  expect(lines.texts).toEqual(["first", long, "last"]);
});

it.each([
  ["shorter", (file: string) => writeFile(file, "new\n")],
  ["of the same length", (file: string) => writeFile(file, "NEW\ntwo\n")],
  ["longer, in the same file", (file: string) => writeFile(file, "new\nother and longer\n")],
  ["another one moved to its place", async (file: string) => {
    await writeFile(`${file}.new`, "one\ntwo\nnew\n");
    await rename(`${file}.new`, file);
  }],
])("begins anew when the file is %s", async (_, replace) => {
  const file = newFile();
  await writeFile(file, "one\ntwo\n");
  const [growing, lines] = [new GrowingFile(file), new Lines()];
  await growing.read(lines);
  await replace(file);
  await growing.read(lines);
  expect([lines.restarts, lines.texts.length]).toEqual([1, expect.any(Number)]);
  expect(lines.texts.join(" ")).toMatch(/new/i);
});

it("opens no pipe, no device, no folder and no missing file, and says what it found", async () => {
  const [pipe, device, folder, missing] = [newFile(), newFile(), newFile(), newFile()];
  execFileSync("mkfifo", [pipe]);
  await symlink("/dev/zero", device);
  await mkdir(folder);
  const reading = (file: string) => new GrowingFile(file).read(new Lines());
  await expect(reading(pipe)).rejects.toThrow(`${pipe} is a pipe, not a file: move it away`);
  await expect(reading(device)).rejects.toThrow(`${device} is a device, not a file`);
  await expect(reading(folder)).rejects.toThrow(`${folder} is a folder, not a file`);
  await expect(reading(missing)).rejects.toThrow(/ENOENT/);
  // Nothing is left open that would keep the pipe from ending.
  await expect(open(pipe, "r+").then((handle) => handle.close())).resolves.toBeUndefined();
});
