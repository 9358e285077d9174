import type { SequenceCorpus } from "../data/sequences.js";
import { sequencesToTensors } from "../data/sequenceTensors.js";
import type { SequenceData } from "../data/contract.js";
import type { CorpusSpec } from "../experiment/taskSpec.js";
import type { NewRunOptions } from "../runs/runWriter.js";
import { table, thousands } from "./display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "./host.js";

/** Labelled sequences to learn from; shows their statistics as a cell's last value. */
export class Sequences implements Displayable {
  constructor(readonly corpus: SequenceCorpus) {}

  get name(): string {
    return this.corpus.name;
  }

  get source(): CorpusSpec["source"] {
    return this.corpus.source;
  }

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
    const { name, licence, sha256, notes, data } = this.corpus;
    const count = (part: "train" | "validation" | "test") => thousands(data[part].labels.length);
    return table(`Sequences: ${name}`, [
      ["sequences", `${count("train")} train, ${count("validation")} validation, ${count("test")} test`],
      ["timesteps", thousands(data.timesteps)],
      ["values per timestep", thousands(data.width)],
      ["classes", data.classes.length > 20 ? thousands(data.classes.length) : data.classes.join(", ")],
      ["licence", licence],
      ["SHA-256", sha256],
      ...notes.map((note) => ["note", note] as const),
    ]);
  }
}
