import type { RomFindings } from "./findings.js";
import { romLimits } from "./limits.js";

export interface ReadWord {
  readonly address: number;
  readonly value: bigint;
  /** Bits that its digits can hold, leading zeros counted; 0 where they are not plain digits. */
  readonly bits: number;
  readonly line: number;
}

/** Words by address, noting addresses that are given twice. Beyond `romLimits.words` words it takes no more, and says so once. */
export class PlacedWords {
  readonly words: ReadWord[] = [];
  private highest = -1;
  /** Line of each address; made when the first address does not follow those before it, which most files never do. */
  private lines: Map<number, number> | undefined;

  constructor(private readonly findings: RomFindings) {}

  /** Whether the limit is reached and further words are dropped. */
  get isFull(): boolean {
    return this.words.length >= romLimits.words;
  }

  /** The address after that of the last word. */
  get next(): number {
    return this.words.length === 0 ? 0 : this.words[this.words.length - 1]!.address + 1;
  }

  add(word: ReadWord): void {
    if (this.isFull) {
      tellTooManyWords(this.findings, word.line);
      return;
    }
    if (word.address > this.highest && this.lines === undefined) {
      this.highest = word.address;
    } else {
      this.noteOutOfOrder(word);
    }
    this.words.push(word);
  }

  /** Adds a word at each address from `first` to `last`, as far as the limit goes. */
  fill(first: number, last: number, wordAt: (address: number) => Omit<ReadWord, "address">): void {
    for (let address = first; address <= last; address++) {
      const { value, bits, line } = wordAt(address);
      this.add({ address, value, bits, line });
      if (this.isFull) {
        return;
      }
    }
  }

  private noteOutOfOrder({ address, line }: ReadWord): void {
    this.lines ??= new Map(this.words.map((word) => [word.address, word.line]));
    const earlier = this.lines.get(address);
    if (earlier === undefined) {
      this.lines.set(address, line);
    } else {
      this.findings.add("address-overlap", line, `Address ${address} was given in line ${earlier} already.`);
    }
  }
}

/** Told once, however many words follow. */
export function tellTooManyWords(findings: RomFindings, line: number): void {
  if (!findings.has("huge-file")) {
    findings.add("huge-file", line, `There are more words than ${romLimits.words}, and no more are read.`);
  }
}
