/**
 * Figures in Markdown. A measured number stands behind a comment that readers do not see, which names its place in a measurement:
 *
 *     <!--=quickstart:runs.0.testBpc-->2.044 bits per character
 *
 * The measurement's file is docs/measurements/quickstart.json, the path leads into its `output`. The number in the text keeps as
 * many decimals as stand there. Whole tables stand between `<!--table NAME-->` and `<!--/table-->`.
 */

const number = String.raw`-?\d[\d,]*(?:\.\d+)?`;
const marked = new RegExp(`<!--=(.*?)-->(${number})`, "g");
const marker = /<!--=(.*?)-->/g;
const table = /(<!--table (\S+)-->\n)([\s\S]*?)(<!--\/table-->)/g;

/** The measured value as it is written where `standing` is: with as many decimals, and thousands apart by commas. */
export function formatted(value, standing) {
  const decimals = (standing.split(".")[1] ?? "").length;
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/**
 * The text with every marked figure, and every table, as it was measured.
 * @param text Markdown, or a notebook's JSON
 * @param valueOf number of a reference such as "quickstart:runs.0.testBpc"
 * @param tableOf Markdown of a table's name
 * @throws Error for a marker without a number behind it
 */
export function withFigures(text, valueOf, tableOf) {
  const figures = text.replace(marked, (_, reference, standing) => `<!--=${reference}-->${formatted(valueOf(reference), standing)}`);
  const bare = [...figures.matchAll(marker)].find(({ index, 0: { length } }) => !/^-?\d/.test(figures.slice(index + length)));
  if (bare !== undefined) {
    throw new Error(`${bare[0]} has no number behind it; write one, with as many decimals as you want to show.`);
  }
  return figures.replace(table, (_, start, name, __, end) => `${start}${tableOf(name)}\n${end}`);
}

/** References of all markers in a text. */
export function referencesIn(text) {
  return [...text.matchAll(marked)].map(([, reference]) => reference);
}

const notProse = [
  /```[\s\S]*?```/g, // code
  /^(?: {4}|\t).*$/gm, // indented code: equations
  /`[^`\n]*`/g, // what a person types, or a format's value
  table,
  new RegExp(marked.source, "g"),
  /<!--[\s\S]*?-->/g,
  /\]\([^)]*\)/g, // addresses
  /https?:\S+/g,
  /\d+(?:\.\d+){2,}/g, // versions
];

const unit = "(?:x|×|%|ms|µs|ns|s|min|h|pJ|nJ|mW|W|MHz|GHz|GOPS|BPC|bits? per|mm²|µm²|KB|MB|GB|KiB|MiB|times)";
const figure = new RegExp(String.raw`(?<![\w.,^-])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?= ?${unit}(?![\w-])))`, "g");

/** The text without its line breaks, which stand anywhere. */
export function onOneLine(text) {
  return text.replaceAll(/\s+/g, " ");
}

/**
 * Numbers in a text's prose and tables that look measured (with a decimal point, thousands, or a unit of what is measured) and that
 * no measurement stands behind.
 * @param facts pieces of text whose numbers are no measurements: definitions, and figures of others with their source
 * @returns each with some words around it
 */
export function unmeasuredFigures(text, facts) {
  const prose = onOneLine(notProse.reduce((left, piece) => left.replaceAll(piece, " "), text));
  const rest = facts.reduce((left, fact) => left.replaceAll(fact, " "), prose);
  return [...rest.matchAll(figure)].map(({ index, 0: found }) => rest.slice(Math.max(0, index - 40), index + found.length + 30).trim());
}
