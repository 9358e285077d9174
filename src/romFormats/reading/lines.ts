/** A line with its number, counted from 1. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** The lines of a text with their numbers, counted from 1. */
export function* numberedLines(text: string): Generator<NumberedLine> {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    yield { line, text: text.slice(start, end) };
    line++;
    start = end + 1;
  }
  yield { line, text: text.slice(start) };
}

/** Tells the line of places in a text that only go forwards, each character looked at once. */
export class LineCounter {
  private line: number;
  private newline: number;

  /** @param firstLine the number of the line in which the text begins */
  constructor(
    private readonly text: string,
    firstLine = 1,
  ) {
    this.line = firstLine;
    this.newline = text.indexOf("\n");
  }

  at(index: number): number {
    while (this.newline >= 0 && this.newline < index) {
      this.line++;
      this.newline = this.text.indexOf("\n", this.newline + 1);
    }
    return this.line;
  }
}
