import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mobyDick } from "../../scripts/corpus.mjs";
import { corpusFromText, splitCorpus } from "../../src/data/corpus.js";
import { ngramBitsPerCharacter, NgramModels } from "../../src/data/ngram.js";
import { discountsFrom } from "../../src/data/ngramSmoothing.js";
import { ngramYardstick } from "../../src/data/ngramYardstick.js";

/** Chen and Goodman's formulas read off the page: counts by searching the text, sums over the whole vocabulary. */
class Definition {
  constructor(
    private readonly train: readonly number[],
    private readonly order: number,
    private readonly vocabulary: number,
  ) {}

  /** Where an n-gram begins in the text. */
  private places(ngram: readonly number[]): number[] {
    const starts = this.train.map((_, at) => at).filter((at) => at + ngram.length <= this.train.length);
    return starts.filter((at) => ngram.every((symbol, index) => this.train[at + index] === symbol));
  }

  /** Occurrences at the highest order, below it the different symbols before, the text's start (undefined) among them. */
  private count(ngram: readonly number[]): number {
    const places = this.places(ngram);
    return ngram.length === this.order ? places.length : new Set(places.map((at) => this.train[at - 1])).size;
  }

  private discounts(length: number): readonly number[] {
    const all = new Set(this.train.flatMap((_, at) => (at + length <= this.train.length ? [this.train.slice(at, at + length).join()] : [])));
    const counts = [...all].map((ngram) => this.count(ngram.split(",").map(Number)));
    const [n1, n2, n3, n4] = [1, 2, 3, 4].map((k) => counts.filter((count) => count === k).length) as [number, number, number, number];
    const y = n1 / (n1 + 2 * n2);
    const found = [1 - 2 * y * (n2 / n1), 2 - 3 * y * (n3 / n2), 3 - 4 * y * (n4 / n3)];
    const isUsable = found.every((discount, index) => Number.isFinite(discount) && discount > 1e-12 && discount <= index + 1);
    return isUsable ? found : [0.5, 1, 1.5];
  }

  probability(context: readonly number[], symbol: number): number {
    const shorter = (): number => (context.length === 0 ? 1 / this.vocabulary : this.probability(context.slice(1), symbol));
    const counts = Array.from({ length: this.vocabulary }, (_, each) => this.count([...context, each]));
    const total = counts.reduce((sum, count) => sum + count);
    if (total === 0) {
      return shorter();
    }
    const d = this.discounts(context.length + 1);
    const discountOf = (count: number): number => (count === 0 ? 0 : d[Math.min(count, 3) - 1]!);
    const left = counts.reduce((sum, count) => sum + discountOf(count), 0) / total;
    return (counts[symbol]! - discountOf(counts[symbol]!)) / total + left * shorter();
  }
}

const vocabulary = 3;
const texts = fc.array(fc.nat({ max: vocabulary - 1 }), { minLength: 1, maxLength: 40 });
const orders = fc.integer({ min: 1, max: 5 });
/** Long enough for discounts of its own at the lower orders, with a fourth symbol that never occurs. */
const patterned = Array.from({ length: 400 }, (_, at) => Math.floor(Math.abs(Math.sin(at * at * 1.7)) * 2.999));

function reading(models: NgramModels, context: readonly number[]) {
  const reader = models.reader();
  context.forEach((symbol) => reader.read(symbol));
  return reader;
}

describe("the n-gram models", () => {
  it("equal their definition, order by order", () => {
    fc.assert(
      fc.property(texts, texts, orders, (train, test, order) => {
        const reader = new NgramModels(Int32Array.from(train), order, vocabulary).reader();
        test.forEach((symbol, at) => {
          const found = reader.read(symbol);
          for (let n = 1; n <= order; n++) {
            const context = test.slice(Math.max(0, at - n + 1), at);
            const defined = new Definition(train, n, vocabulary).probability(context, symbol);
            // The start of a test text has contexts shorter than n - 1, which are those of a lower order.
            expect(found[n - 1]).toBeCloseTo(defined, 12);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it("equal it with discounts that the text itself gives", () => {
    const models = new NgramModels(Int32Array.from(patterned), 4, 4);
    const definition = new Definition(patterned, 4, 4);
    for (const context of [[], [0], [2, 1], [0, 1, 2], [2, 2, 2], [1, 0, 0]]) {
      for (const symbol of [0, 1, 2, 3]) {
        const found = reading(models, context).probabilities(symbol)[3];
        expect(found).toBeCloseTo(definition.probability(context, symbol), 12);
        expect(found).toBeGreaterThan(0);
      }
    }
  });

  it("give probabilities that sum to 1 after any context, at every order", () => {
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 12 }), (train, context, order) => {
        const models = new NgramModels(Int32Array.from(train), order, vocabulary + 1);
        const reader = reading(models, context);
        const sums = new Float64Array(order);
        for (let symbol = 0; symbol <= vocabulary; symbol++) {
          reader.probabilities(symbol).forEach((probability, index) => {
            expect(probability).toBeGreaterThan(0);
            sums[index]! += probability;
          });
        }
        sums.forEach((sum) => expect(sum).toBeCloseTo(1, 12));
      }),
    );
  });

  it("know orders beyond the text's length, words by the thousand, and a text of nothing", () => {
    const train = Int32Array.of(0, 1, 0, 1, 1);
    const bits = new NgramModels(train, 255, 2).bitsPerSymbol(Int32Array.of(1, 0, 1, 1, 0));
    expect(bits[254]).toBe(bits[6]);
    const words = Int32Array.from({ length: 20_000 }, (_, at) => (at * at) % 9973);
    expect(new NgramModels(words, 9, 10_000).bitsPerSymbol(words)[8]).toBeLessThan(4);
    expect(ngramBitsPerCharacter(new Int32Array(0), Int32Array.of(0, 3), 3, 4)).toBe(2);
  });

  it("refuse symbols outside the vocabulary, orders that are none, and a text without a symbol", () => {
    expect(() => new NgramModels(Int32Array.of(0, 3), 2, 3)).toThrow(/Symbol id 3 at position 1 is outside the 3 symbols/);
    expect(() => ngramBitsPerCharacter(Int32Array.of(0), Int32Array.of(-1), 2, 3)).toThrow(/Symbol id -1/);
    for (const order of [0, 1.5, 256]) {
      expect(() => new NgramModels(Int32Array.of(0), order, 2)).toThrow(`n-grams of ${order} symbols`);
    }
    expect(() => ngramBitsPerCharacter(Int32Array.of(0), new Int32Array(0), 2, 3)).toThrow("There is no symbol to score");
  });
});

describe("discounts", () => {
  it("are those of Chen and Goodman's equation 26", () => {
    // Y = 100 / (100 + 2 * 40) = 5/9.
    const [one, two, three] = discountsFrom([0, 100, 40, 20, 10]);
    expect(one).toBeCloseTo(1 - (2 * (5 / 9) * 40) / 100, 12);
    expect(two).toBeCloseTo(2 - (3 * (5 / 9) * 20) / 40, 12);
    expect(three).toBeCloseTo(3 - (4 * (5 / 9) * 10) / 20, 12);
  });

  it.each([
    ["no n-gram counted once", [0, 0, 5, 5, 5]],
    ["none counted twice", [0, 9, 0, 5, 5]],
    ["none counted three times", [0, 9, 5, 0, 5]],
    ["more counted three times than once", [0, 2, 1, 30, 1]],
    ["nothing left over", [0, 2, 1, 1, 1.5]],
  ])("fall back where the text gives none: %s", (_, counts) => {
    expect(discountsFrom(counts)).toEqual([0.5, 1, 1.5]);
  });
});

describe("the yardstick", () => {
  it("chooses the order on the validation part, and counts what that model keeps", () => {
    const alphabet = ["a", "b"];
    const ids = (text: string) => Int32Array.from(text, (symbol) => alphabet.indexOf(symbol));
    const data = { symbols: alphabet, train: ids("aababaab"), validation: ids("aabab"), test: ids("bbbb") };
    const { scores, chosen } = ngramYardstick(data, 3);
    expect(scores.map(({ order }) => order)).toEqual([1, 2, 3]);
    expect(chosen.validation).toBe(Math.min(...scores.map(({ validation }) => validation)));
    // a, b; aa, ab, ba; aab, aba, bab, baa. Symbol 1 bit, shape 2.
    expect(scores.map(({ ngrams }) => ngrams)).toEqual([2, 5, 9]);
    // Occurrences a 5, b 3; before a the start, a, b; before b only a.
    expect(scores[0]!.bits).toBe(2 * 3 + (5 + 3));
    // Occurrences aa 2, ab 3, ba 2.
    expect(scores[1]!.bits).toBe(5 * 3 + (3 + 1) + (3 + 3 + 3));
  });

  it("takes 2.127 bits per character of Moby Dick with 5-grams and 2.043 with 8-grams", async () => {
    const corpus = corpusFromText("moby-dick", await mobyDick());
    const data = splitCorpus(corpus, { kind: "character-model", split: [0.8, 0.1, 0.1], sequenceLength: 64, batchSize: 32 });
    const { scores, chosen } = ngramYardstick(data);
    // An independent implementation of the same formulas had 2.127, 2.056 and 2.043.
    expect(scores[4]!.test).toBeCloseTo(2.127, 3);
    expect(scores[5]!.test).toBeCloseTo(2.056, 3);
    expect(scores[7]!.test).toBeCloseTo(2.043, 3);
    expect(chosen.order).toBe(7);
  });
});
