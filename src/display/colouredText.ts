import { escapeHtml } from "../text/markup.js";

/** A piece of a text, and how surprising it was. */
export interface SurprisingPiece {
  readonly text: string;
  /** Bits; undefined where nothing was predicted. */
  readonly bits: number | undefined;
  /** What a person reads on pointing at it. */
  readonly hint: string;
}

/** At so many bits the colour is full. */
const fullBits = 8;
/** The share of the colour, so that text on it stays readable in every theme. */
const strongest = 45;
const levels = 9;

/** The text with each piece on a background that is the stronger the more bits it took. */
export function colouredText(pieces: readonly SurprisingPiece[]): string {
  const spans = pieces.map(({ text, bits, hint }) => {
    const shown = escapeHtml(text === "\n" ? "↵\n" : text);
    const level = bits === undefined ? 0 : Math.round((Math.min(bits, fullBits) / fullBits) * (levels - 1));
    const background = level === 0 ? "" : ` style="background:${backgroundOf(level)}"`;
    return `<span${background} title="${escapeHtml(hint)}">${shown}</span>`;
  });
  return `<pre style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.6">${spans.join("")}</pre>`;
}

function backgroundOf(level: number): string {
  const strength = Math.round((level / (levels - 1)) * strongest);
  return `color-mix(in srgb, var(--vscode-charts-orange, #d9730d) ${strength}%, transparent)`;
}

/** What the colours mean. */
export function colourKey(): string {
  const steps = Array.from({ length: levels }, (_, level) => {
    const bits = (level / (levels - 1)) * fullBits;
    const style = level === 0 ? "padding:0 6px" : `padding:0 6px;background:${backgroundOf(level)}`;
    return `<span style="${style}">${bits}${level === levels - 1 ? " or more" : ""}</span>`;
  });
  return `<div>bits: ${steps.join("")}</div>`;
}
