import type { TaskSpec } from "../experiment/taskSpec.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import type { RunResult } from "../runs/contract.js";
import { grid } from "../display/html.js";
import { extentOf } from "../numbers/extent.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

type Loss = RunResult["candidates"][number];

const measures: Record<TaskSpec["kind"], { name: string; of: (nats: number) => string }> = {
  "character-model": { name: "validation BPC", of: (nats) => (nats / Math.LN2).toFixed(4) },
  "word-model": { name: "validation perplexity", of: (nats) => Math.exp(nats).toFixed(2) },
  classification: { name: "validation nats per sequence", of: (nats) => nats.toFixed(4) },
};

/** The sets of weights that could have shipped, each with its own population statistics: the spread over draws. */
export class Candidates implements Displayable {
  constructor(
    /** The name of the run. */
    readonly name: string,
    /** The kind of the run's task. */
    readonly task: TaskSpec["kind"],
    /** The candidates in the order in which they were tried, with the deployable validation loss in nats, which is null where only one was tried. */
    readonly losses: readonly Loss[],
    /** The one that ships: "deterministic", or "draw 1", ... */
    readonly chosen: string,
  ) {}

  [displaySymbol](): MimeBundle {
    const { name, of } = measures[this.task];
    const figure = (nats: number | null) => (nats === null ? "not compared" : of(nats));
    const rows = this.losses.map(({ choice, validationLoss }) => [
      choice,
      figure(validationLoss),
      choice === this.chosen ? "ships" : "",
    ]);
    const how = this.losses.find((loss) => loss.how)?.how;
    const title = `Weights that could ship: ${this.name}${how ? ` (${methodInWords(how)})` : ""}`;
    return grid(title, ["weights", name, ""], [...rows, ...this.spread(of)]);
  }

  private spread(of: (nats: number) => string): string[][] {
    const drawn = this.losses.flatMap(({ choice, validationLoss }) =>
      choice === "deterministic" || validationLoss === null ? [] : [validationLoss],
    );
    const { least, most } = extentOf(drawn);
    return drawn.length < 2 ? [] : [["spread over draws", `${of(least)} to ${of(most)}`, ""]];
  }
}
