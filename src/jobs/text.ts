import { splitLengths, type TextCorpus } from "../data/textCorpus.js";
import type { CorpusSpec, SplitSpec } from "../experiment/taskSpec.js";
import type { NewRunOptions } from "../runs/runWriter.js";
import { table, thousands } from "../display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** Fractions of train, validation and test unless a task says otherwise. */
const defaultSplit = [0.8, 0.1, 0.1] as const satisfies [number, number, number];

/** The parts that a data set itself defines, else fractions of train, validation and test in text order. */
export function usualSplit({ parts }: Pick<TextCorpus, "parts">): SplitSpec {
  return parts ? "canonical" : [...defaultSplit];
}

/** A text to learn from. As a cell's last value it shows its length, its symbols and its first lines. */
export class Text implements Displayable {
  constructor(
    /** The data as it was read. */
    readonly corpus: TextCorpus,
  ) {}

  /** The name that runs and tables use. */
  get name(): string {
    return this.corpus.name;
  }

  /** This says where the text comes from. */
  get source(): CorpusSpec["source"] {
    return this.corpus.source;
  }

  /** The checksum by which a run knows its data again. */
  get sha256(): string {
    return this.corpus.sha256;
  }

  /** The whole text. */
  get text(): string {
    return this.corpus.text;
  }

  /** Length in Unicode code points. */
  get characters(): number {
    return this.corpus.characters;
  }

  /** Distinct code points. */
  get symbols(): number {
    return this.corpus.symbols;
  }

  /** What a run directory must keep to find the text again. */
  kept(): NewRunOptions {
    return this.source.kind === "inline" ? { corpusText: this.text } : {};
  }

  [displaySymbol](): MimeBundle {
    const { name, characters, symbols, licence, sha256, text, notes } = this.corpus;
    return table(`Text: ${name}`, [
      ["characters", thousands(characters)],
      ["distinct symbols", thousands(symbols)],
      [this.corpus.parts ? "canonical split" : "split 80/10/10", splitInWords(this.corpus)],
      ["begins", JSON.stringify([...text.slice(0, 120)].slice(0, 50).join(""))],
      ["licence", licence],
      ["SHA-256", sha256],
      ...notes.map((note) => ["note", note] as const),
    ]);
  }
}

function splitInWords({ characters, parts }: TextCorpus): string {
  const { train, validation, test } = parts ?? splitLengths(characters, [...defaultSplit]);
  return `${thousands(train)} train, ${thousands(validation)} validation, ${thousands(test)} test`;
}
