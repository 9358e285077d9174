import { types } from "node:util";
import type { Look, ShownText, ShownValue, ValueView, WayOfShowing } from "../../src/variables/contract.js";
import { counted } from "./numberText.js";
import { asMatrix, type Numbers, numbersOf } from "./numbers.js";
import { heatMapOf, imageOf, type Images, imagesOf } from "./pictures.js";
import { isObject } from "./read.js";
import { oneLine, shortText } from "./shortText.js";
import { sourceText } from "./sourceText.js";
import { histogramOf, type Statistics, statisticFacts, statisticsOf } from "./statistics.js";
import { summaryOf } from "./summary.js";
import { numberTable, objectTable, tablePage, type TableSource } from "./tables.js";
import { type TensorFacts, tensorFacts, type TensorLedger } from "./tensorLedger.js";

/** Characters of one page of a text. */
const pageCharacters = 20_000;
/** A matrix of so few numbers is read rather than looked at. */
const mostReadable = 100;

/** The ways in which a value can be shown, the best one first, and what to say of it. */
interface Showing {
  readonly ways: readonly (readonly [way: WayOfShowing, show: (look: Look) => ShownValue])[];
  readonly facts: ValueView["facts"];
}

/**
 * One value, or the part of it that the path leads to, in the form that was asked for, else in the one that fits best.
 * @returns undefined where the path leads nowhere any more
 */
export function viewOf(variable: unknown, look: Look, ledger: TensorLedger): ValueView | undefined {
  let value = variable;
  const trail: string[] = [];
  for (const row of look.path) {
    const [found] = isObject(value) ? (tableOf(value, ledger)?.page(row, row + 1) ?? []) : [];
    if (found === undefined || !isObject(found.value)) {
      return undefined;
    }
    trail.push(found.head);
    value = found.value;
  }
  const { ways, facts } = showingOf(value, ledger);
  const [way, show] = ways.find(([offered]) => offered === look.way) ?? ways[0]!;
  const summary = summaryOf(value, ledger);
  return { look: { ...look, way }, trail, summary, ways: ways.map(([offered]) => offered), facts, shown: show(look) };
}

function tableOf(value: object, { engine }: TensorLedger): TableSource | undefined {
  return types.isProxy(value) || tensorFacts(value, engine) ? undefined : objectTable(value, engine);
}

function showingOf(value: unknown, ledger: TensorLedger): Showing {
  const tensor = tensorFacts(value, ledger.engine);
  const numbers = numbersOf(value, ledger.engine);
  if (numbers !== undefined && numbers.values.length > 0) {
    return numbersShowing(numbers, tensor);
  }
  if (tensor) {
    return textShowing(tensorText(tensor, ledger), variableFacts(tensor));
  }
  return isObject(value) ? objectShowing(value, ledger) : textShowing(typeof value === "string" ? value : shortText(value, ledger.engine));
}

function numbersShowing(numbers: Numbers, tensor: TensorFacts | undefined): Showing {
  const statistics = statisticsOf(numbers.values);
  const facts = [...variableFacts(tensor), ...statisticFacts(statistics)];
  const images = statistics.finite > 0 ? imagesOf(numbers, statistics.least, statistics.greatest) : undefined;
  const ways: Showing["ways"] = numberWays(numbers, images).map((way) => [way, (look) => showNumbers(way, numbers, statistics, images, look)]);
  return { ways, facts };
}

function numberWays({ shape, values }: Numbers, images: Images | undefined): WayOfShowing[] {
  if (values.length === 1) {
    return ["table"];
  }
  const isMatrix = shape.length === 2;
  const matrixWays: WayOfShowing[] = values.length <= mostReadable ? ["table", "heat map", "histogram"] : ["heat map", "histogram", "table"];
  const ways: WayOfShowing[] = shape.length === 1 ? ["histogram", "table"] : isMatrix ? matrixWays : ["histogram", "heat map", "table"];
  return images === undefined ? ways : isMatrix ? [...ways, "image"] : ["image", ...ways];
}

function showNumbers(way: WayOfShowing, numbers: Numbers, statistics: Statistics, images: Images | undefined, look: Look): ShownValue {
  if (way === "histogram") {
    return histogramOf(numbers.values, statistics);
  }
  if (way === "heat map" && asMatrix(numbers).columns > 0) {
    return heatMapOf(numbers);
  }
  return way === "image" && images !== undefined ? imageOf(images, look.first) : tablePage(numberTable(numbers), look);
}

function variableFacts(tensor: TensorFacts | undefined): ValueView["facts"] {
  return tensor?.name === undefined ? [] : [{ name: "name", value: oneLine(tensor.name, 100) }];
}

/** What is said of a tensor without numbers to draw. */
function tensorText({ dtype, shape, isDisposed, dataId }: TensorFacts, { engine }: TensorLedger): string {
  if (isDisposed) {
    return "The tensor was disposed: its values are gone.";
  }
  if (dtype === "string") {
    const bytes = engine!.readSync(dataId) as Uint8Array[];
    return bytes.map((text) => Buffer.from(text).toString()).join("\n");
  }
  return `A tensor of ${dtype} [${shape.join(", ")}] has no numbers to show.`;
}

function objectShowing(value: object, ledger: TensorLedger): Showing {
  if (types.isProxy(value)) {
    return textShowing("A proxy: looking into it would run its code.");
  }
  if (typeof value === "function") {
    return textShowing(sourceText(value as () => unknown));
  }
  const table = objectTable(value, ledger.engine);
  return table.rows === 0
    ? textShowing(shortText(value, ledger.engine))
    : { ways: [["table", (look) => tablePage(table, look)]], facts: [] };
}

function textShowing(text: string, facts: Showing["facts"] = []): Showing {
  const lines = { name: "characters", value: counted(text.length, "character") };
  return { ways: [["text", ({ first }) => textPage(text, first)]], facts: [...facts, ...(text.length > pageCharacters ? [lines] : [])] };
}

function textPage(text: string, wanted: number): ShownText {
  const first = wanted < text.length ? wanted : 0;
  const shown = text.slice(first, first + pageCharacters);
  return { kind: "text", text: shown.toWellFormed(), range: { first, shown: shown.length, total: text.length } };
}
