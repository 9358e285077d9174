import type { FromKernel } from "../../kernel/contract.js";
import type { MimeBundle } from "../display/host.js";
import { measures, named } from "../runs/measures.js";
import { type TrainingOutputData, trainingOutputSchema } from "../../webview/contract.js";
import { trainingMime } from "../../webview/protocol.js";
import { printableLines } from "../text/printable.js";
import { parsedOrText } from "../notebooks/notebookOutputs.js";

const plainIntervalMilliseconds = 10_000;
const eraseLine = "\r\u001b[2K";

/** The part of a terminal stream that progress needs. */
export interface ProgressStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** What cells print, and one line about the training that runs: rewritten on a terminal, every ten seconds elsewhere. */
export class NotebookProgress {
  private lineShown = false;
  private plainShownAt = -Infinity;
  /** Whether the last printed text ended its line. */
  private atLineStart = true;

  constructor(
    private readonly stream: ProgressStream,
    private readonly now: () => number = () => performance.now(),
  ) {}

  show(message: FromKernel, cell: number): void {
    if (message.type === "stream") {
      this.print(message.text, cell);
    } else if (message.type === "display") {
      this.display(message.data);
    }
  }

  /** What is displayed; only a training gives a line. */
  display(data: MimeBundle): void {
    const text = data[trainingMime];
    const snapshot = text === undefined ? undefined : trainingOutputSchema.safeParse(parsedOrText(text));
    if (snapshot?.success) {
      this.training(snapshot.data);
    }
  }

  /** A line of the program's own. */
  note(text: string): void {
    this.endLine();
    this.stream.write(`${printableLines(text)}\n`);
  }

  /** Leaves the cursor on an empty line. */
  endLine(): void {
    if (this.lineShown) {
      this.stream.write(eraseLine);
      this.lineShown = false;
    }
    if (!this.atLineStart) {
      this.stream.write("\n");
      this.atLineStart = true;
    }
  }

  private print(text: string, cell: number): void {
    if (this.lineShown) {
      this.endLine();
    }
    const prefixed = text.replace(/^(?=.)/gm, (_match, offset: number) =>
      offset > 0 || this.atLineStart ? `[${cell}] ` : "",
    );
    this.stream.write(prefixed);
    this.atLineStart = text.endsWith("\n");
  }

  private training(snapshot: TrainingOutputData): void {
    const line = progressLine(snapshot);
    if (this.stream.isTTY) {
      this.endLine();
      this.stream.write(`${eraseLine}${line}`);
      this.lineShown = true;
    } else if (this.now() - this.plainShownAt >= plainIntervalMilliseconds || snapshot.step === snapshot.steps) {
      this.plainShownAt = this.now();
      this.note(line);
    }
  }
}

/** "step 120/1600 · loss 1.234 · BPC 1.780 · 12,345 characters/s · 2:10 left" */
export function progressLine(snapshot: TrainingOutputData): string {
  const { task, step, steps, train, itemsPerSecond, secondsLeft } = snapshot;
  const measure = measures[task];
  const [loss, figure] = [train.loss.at(-1), train.figure.at(-1)];
  return [
    `step ${step}/${steps}`,
    ...(typeof loss !== "number" ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(figure === undefined ? [] : [named(measure, figure)]),
    ...(itemsPerSecond === null ? [] : [`${Math.round(itemsPerSecond).toLocaleString("en")} ${measure.items}/s`]),
    ...(secondsLeft === null ? [] : [`${clock(secondsLeft)} left`]),
  ].join(" · ");
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
