import type { TaskSpec } from "../experiment/taskSpec.js";

/** The figure by which a task is judged, and the words a person reads it in. */
export interface Measure {
  readonly name: "BPC" | "perplexity" | "accuracy";
  /** In full, for axes and titles. */
  readonly title: string;
  /** What the task predicts, one by one. */
  readonly items: "characters" | "words" | "sequences";
  readonly item: "character" | "word" | "sequence";
  /** Which of two figures is better. */
  readonly better: (one: number, other: number) => number;
  /** @returns undefined where the score does not tell it */
  readonly of: (score: { readonly bpc: number; readonly accuracy?: number | undefined }) => number | undefined;
  /** "2.115", "87.2", "96.43 %" */
  readonly text: (figure: number) => string;
  /** In a narrow place: "2.11", "87.2", "96.4 %" */
  readonly short: (figure: number) => string;
  /** For the end of an axis: "2.2", "120", "96 %". */
  readonly tick: (figure: number) => string;
}

const plainTick = (figure: number): string => String(Number(figure.toPrecision(6)));

const lower = (one: number, other: number): number => Math.min(one, other);
const higher = (one: number, other: number): number => Math.max(one, other);

export const measures: Readonly<Record<TaskSpec["kind"], Measure>> = {
  "character-model": {
    name: "BPC",
    title: "bits per character",
    items: "characters",
    item: "character",
    better: lower,
    of: ({ bpc }) => bpc,
    text: (figure) => figure.toFixed(3),
    short: (figure) => figure.toFixed(2),
    tick: plainTick,
  },
  "word-model": {
    name: "perplexity",
    title: "perplexity",
    items: "words",
    item: "word",
    better: lower,
    of: ({ bpc }) => 2 ** bpc,
    text: (figure) => figure.toFixed(1),
    short: (figure) => figure.toFixed(1),
    tick: plainTick,
  },
  classification: {
    name: "accuracy",
    title: "accuracy",
    items: "sequences",
    item: "sequence",
    better: higher,
    of: ({ accuracy }) => accuracy,
    text: (figure) => `${(100 * figure).toFixed(2)} %`,
    short: (figure) => `${(100 * figure).toFixed(1)} %`,
    tick: (figure) => `${plainTick(100 * figure)} %`,
  },
};

/** "2.115 bits per character", "perplexity 87.2", "accuracy 96.43 %" */
export function inWords({ name, title, text }: Measure, figure: number): string {
  return name === "BPC" ? `${text(figure)} ${title}` : `${title} ${text(figure)}`;
}

/** "BPC 2.115", "perplexity 87.2", "accuracy 96.43 %" */
export function named({ name, text }: Measure, figure: number): string {
  return `${name} ${text(figure)}`;
}
