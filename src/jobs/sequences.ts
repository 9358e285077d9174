import { dataParts, type SequenceCorpus } from "../data/sequences.js";
import { sequencesToTensors } from "../data/sequenceTensors.js";
import type { SequenceData } from "../data/contract.js";
import type { CorpusSpec } from "../experiment/taskSpec.js";
import type { NewRunOptions } from "../runs/runWriter.js";
import { table, thousands } from "../display/html.js";
import { sequencesSvg, sequencesText } from "../display/sequencePicture.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** Labelled sequences to learn from. As a cell's last value it shows how they were read, their statistics and a picture of three of them. */
export class Sequences implements Displayable {
  constructor(
    /** The data as it was read. */
    readonly corpus: SequenceCorpus,
  ) {}

  /** The name that runs and tables use. */
  get name(): string {
    return this.corpus.name;
  }

  /** This says where the sequences come from. */
  get source(): CorpusSpec["source"] {
    return this.corpus.source;
  }

  /** The checksum by which a run knows its data again. */
  get sha256(): string {
    return this.corpus.sha256;
  }

  /** Values and labels of the three parts. */
  get data(): SequenceData {
    return this.corpus.data;
  }

  /** Names of the classes. */
  get classes(): readonly string[] {
    return this.data.classes;
  }

  /** What a run directory must keep to find the sequences again. */
  kept(): NewRunOptions {
    return this.source.kind === "inline" ? { sequences: sequencesToTensors(this.data, this.corpus.tableForm) } : {};
  }

  [displaySymbol](): MimeBundle {
    const { name, licence, sha256, notes, data, reading } = this.corpus;
    const shown = table(`Sequences: ${name}`, [
      ...(reading ? [["read as", reading.table] as const] : []),
      ["sequences", thousands(dataParts.reduce((sum, part) => sum + data[part].labels.length, 0))],
      ["timesteps", timestepsInWords(this.corpus)],
      ["values per timestep", featuresInWords(this.corpus)],
      ["classes", this.classesInWords()],
      ["parts", dataParts.map((part) => `${thousands(data[part].labels.length)} ${part}`).join(", ")],
      ["licence", licence],
      ["SHA-256", sha256],
      ...notes.map((note) => ["note", note] as const),
      ...(reading?.warnings ?? []).map((warning) => ["warning", warning] as const),
    ]);
    const svg = sequencesSvg(data);
    return {
      "text/html": `<div>${shown["text/html"]}${svg}</div>`,
      "text/plain": [shown["text/plain"], ...sequencesText(data).map((line) => `  ${line}`)].join("\n"),
    };
  }

  /** "3: down (100), up (100)" */
  private classesInWords(): string {
    const { data } = this;
    const counts = new Array<number>(data.classes.length).fill(0);
    for (const part of dataParts) {
      data[part].labels.forEach((label) => (counts[label]! += 1));
    }
    const named = data.classes.slice(0, mostClasses).map((label, index) => `${label} (${thousands(counts[index]!)})`);
    const more = data.classes.length > mostClasses ? `, and ${thousands(data.classes.length - mostClasses)} more` : "";
    return `${data.classes.length}: ${named.join(", ")}${more}`;
  }
}

/** Names that a display has room for. */
const mostClasses = 20;
const mostFeatures = 12;

function timestepsInWords({ data, reading }: SequenceCorpus): string {
  if (reading === undefined) {
    return thousands(data.timesteps);
  }
  const { shortest, median, longest } = reading.lengths;
  const own = shortest === longest ? "" : `; ${shortest} to ${longest} in the file, median ${median}`;
  return `${thousands(data.timesteps)}${own || " in every sequence"}`;
}

function featuresInWords({ data, reading }: SequenceCorpus): string {
  if (reading === undefined) {
    return thousands(data.width);
  }
  const { features } = reading;
  const more = features.length > mostFeatures ? `, and ${features.length - mostFeatures} more` : "";
  return `${thousands(data.width)}: ${features.slice(0, mostFeatures).join(", ")}${more}`;
}
