import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { decodeText } from "../../../src/data/alphabet.js";
import { corpusFromSpec, loadText, splitCorpus, textDatasets, type TextTask } from "../../../src/data/corpus.js";
import { loadTextDataset } from "../../../src/data/datasets/loadText.js";
import { downloadedTexts, type TextDataset } from "../../../src/data/datasets/texts.js";
import { decodeWords } from "../../../src/data/words.js";
import { temporaryFolder } from "../../temporaryFolder.js";

const root = temporaryFolder();

/** A data set whose files are these ones, in the user's folder. */
async function loadFrom(name: string, contents: readonly string[]) {
  const dataset = downloadedTexts[name]!;
  const files = dataset.files.map(({ name, url }) => ({ name, url }));
  await Promise.all(files.map((file, i) => writeFile(path.join(root.path, file.name), contents[i]!)));
  const places = { own: [root.path], cache: path.join(root.path, "none") };
  return loadTextDataset(name, { ...dataset, files: files as unknown as TextDataset["files"] }, { places });
}

const characters: TextTask = { kind: "character-model", split: "canonical", sequenceLength: 1, batchSize: 1 };
const words: TextTask = { ...characters, kind: "word-model" };

describe("the texts by name", () => {
  it("are those that reproduce the paper's rows, each with source, licence and, but for one, a checksum", () => {
    expect(textDatasets).toEqual(["moby-dick", "war-and-peace", "linux-kernel", "ptb-char", "ptb-word", "text8", "wikitext-2"]);
    const files = Object.values(downloadedTexts).flatMap((dataset) => dataset.files);
    expect(files.filter(({ sha256 }) => sha256 === undefined).map(({ name }) => name)).toEqual(["linux-kernel.txt"]);
    expect(files.every(({ url, sha256 }) => URL.canParse(url) && url.startsWith("https://") && /^[0-9a-f]{64}$/.test(sha256 ?? "0".repeat(64)))).toBe(true);
    expect(Object.values(downloadedTexts).every(({ licence }) => licence.length > 10)).toBe(true);
  });

  it("name the others when one is not known", async () => {
    await expect(loadText("ptb")).rejects.toThrow(/There is no text "ptb"; there is moby-dick, war-and-peace, linux-kernel/);
    await expect(loadText("toString")).rejects.toThrow(/There is no text "toString"/);
  });

  it("are not downloaded to open a run", async () => {
    vi.stubEnv("TRITLOOM_CACHE", path.join(root.path, "cache"));
    vi.stubEnv("TRITLOOM_DATA", "");
    const spec = { name: "text8", source: { kind: "dataset" } as const, sha256: "0".repeat(64) };
    await expect(corpusFromSpec(spec, root.path)).rejects.toThrow(/text8\.zip is not there: load the data set by name once/);
    vi.unstubAllEnvs();
  });

  it("are read from TRITLOOM_DATA, and found again for a run", async () => {
    await mkdir(path.join(root.path, "data"));
    await writeFile(path.join(root.path, "data", "linux-kernel.txt"), "int main(void)\r\n{\r\n}\r\n".repeat(10));
    vi.stubEnv("TRITLOOM_DATA", path.join(root.path, "data"));
    const corpus = await loadText("linux-kernel");
    expect(corpus.text).toBe("int main(void)\n{\n}\n".repeat(10));
    expect(corpus.notes).toEqual([
      expect.stringMatching(/linux-kernel\.txt was not checked/),
      expect.stringMatching(/It has 14 distinct characters, the paper's code 101/),
    ]);
    expect(corpus).toMatchObject({ source: { kind: "dataset" }, parts: { train: 152, validation: 19, test: 19 } });
    expect(await corpusFromSpec(corpus, "/nowhere")).toEqual(corpus);
    await expect(corpusFromSpec({ ...corpus, sha256: "0".repeat(64) }, "/nowhere")).rejects.toThrow(/"linux-kernel" .* has changed/);
    vi.unstubAllEnvs();
  });
});

describe("Penn Treebank", () => {
  const parts = [" a b <unk> \n c N \n", " a c \n b \n", " N <unk> \n a \n"];

  it("has, for characters, no leading blanks but newlines, and its own parts", async () => {
    const corpus = await loadFrom("ptb-char", parts);
    const { symbols, train, validation, test } = splitCorpus(corpus, characters);
    expect(symbols).toEqual(["\n", " ", "<", ">", "N", "a", "b", "c", "k", "n", "u"]);
    expect([train, validation, test].map((part) => decodeText(part, symbols))).toEqual([
      "a b <unk> \nc N \n",
      "a c \nb \n",
      "N <unk> \na \n",
    ]);
  });

  it("has, for words, one <eos> per line, and the vocabulary of the training part", async () => {
    const corpus = await loadFrom("ptb-word", parts);
    const { symbols, train, validation, test } = splitCorpus(corpus, words);
    expect(symbols).toEqual(["<eos>", "a", "b", "<unk>", "c", "N"]);
    expect([train, validation, test].map((part) => Array.from(part, (id) => symbols[id]).join(" "))).toEqual([
      "a b <unk> <eos> c N <eos>",
      "a c <eos> b <eos>",
      "N <unk> <eos> a <eos>",
    ]);
    expect(decodeWords(train, symbols)).toBe("a b <unk>\nc N\n");
  });
});

describe("text8", () => {
  it("is cut 90/5/5", async () => {
    const corpus = await loadFrom("text8", ["abcdefghij ".repeat(20).slice(0, 200)]);
    const { train, validation, test } = splitCorpus(corpus, characters);
    expect([train.length, validation.length, test.length]).toEqual([180, 10, 10]);
  });
});

describe("WikiText-2", () => {
  it("takes blank lines for sentences, and knows unknown words of the other parts as <unk>", async () => {
    const corpus = await loadFrom("wikitext-2", [" \n = A = \n \n <unk> a \n", " \n b a \n", " = a = \n"]);
    const { symbols, train, validation, test } = splitCorpus(corpus, words);
    expect([train, validation, test].map((part) => Array.from(part, (id) => symbols[id]).join(" "))).toEqual([
      "<eos> = A = <eos> <eos> <unk> a <eos>",
      "<eos> <unk> a <eos>",
      "= a = <eos>",
    ]);
  });
});
