import type { EvaluationMethod } from "../experiment/evaluationMethod.js";
import { methodInWords } from "../experiment/evaluationMethod.js";
import { likeliest } from "../rnn/training/output.js";
import { softmax } from "../rnn/inference/predict.js";
import type { DirectionTrace, LayerTrace, StateTrace } from "../rnn/inference/traceStates.js";
import { grid, thousands } from "../display/html.js";
import { type HeatMap, heatMapHtml } from "../display/heatMap.js";
import { type Displayable, displaySymbol, type MimeBundle } from "../display/host.js";

/** Timesteps of the table in a cell. */
const rowsShown = 12;

export interface TraceFacts {
  /** What was read, in words. */
  readonly name: string;
  /** [T] what each timestep reads, in words: a symbol, or "timestep 3". */
  readonly inputs: readonly string[];
  /** V names of symbols or classes. */
  readonly outputs: readonly string[];
  readonly how: EvaluationMethod;
}

/**
 * The states and logits of a model at each of T timesteps: it reads from its initial state, with the weights that ship.
 * Arrays are row-major: entry [t, unit] of [T, H] is at t * H + unit.
 */
export class Trace implements Displayable {
  constructor(
    private readonly facts: TraceFacts,
    private readonly states: StateTrace,
  ) {}

  /** What was read, in words. */
  get name(): string {
    return this.facts.name;
  }

  /** T */
  get timesteps(): number {
    return this.states.timesteps;
  }

  /** [T] what each timestep reads. */
  get inputs(): readonly string[] {
    return this.facts.inputs;
  }

  /** V names of the symbols or classes; index = column of the logits. */
  get outputs(): readonly string[] {
    return this.facts.outputs;
  }

  /**
   * The layers from the input on, each with `hidden` [T, H], h after each timestep, and `cell` [T, H], c of an LSTM. Those of a
   * bidirectional layer are of the direction that reads from the beginning, and `reverse` has those of the other one, both in the
   * order of the sequence.
   */
  get layers(): readonly LayerTrace[] {
    return this.states.layers;
  }

  /**
   * [T, V], before the softmax, after each timestep. Of a classification the last row is the prediction. Where the last layer is
   * bidirectional, row t is of both directions after t + 1 timesteps, each from its own end of the sequence.
   */
  get logits(): Float32Array {
    return this.states.logits;
  }

  /** [T, V], the softmax of the logits; each row sums to 1. */
  get probabilities(): Float32Array {
    return softmax(this.logits, this.outputs.length);
  }

  /** How it was computed. */
  get how(): EvaluationMethod {
    return this.facts.how;
  }

  private maps(): HeatMap[] {
    const { timesteps } = this;
    return this.layers.flatMap((layer, index) =>
      directionsOf(layer).flatMap(({ name, hidden, cell }) => {
        const { kind, units } = layer;
        const place = `${this.layers.length > 1 ? ` of layer ${index + 1}` : ""} (${kind}${name === "" ? "" : `, ${name}`})`;
        return [
          { title: `hidden state h${place}`, timesteps, units, values: hidden },
          ...(cell ? [{ title: `cell state c${place}`, timesteps, units, values: cell }] : []),
        ];
      }),
    );
  }

  private table(): MimeBundle {
    const { probabilities, outputs, inputs, layers } = this;
    const V = outputs.length;
    const rows = inputs.slice(0, rowsShown).map((input, t) => {
      const best = likeliest(this.logits, t, V);
      const states = layers.flatMap((layer) =>
        directionsOf(layer).flatMap(({ hidden, cell }) =>
          [hidden, ...(cell ? [cell] : [])].map((state) => norm(state.subarray(t * layer.units, (t + 1) * layer.units)).toFixed(3)),
        ),
      );
      return [String(t), input, JSON.stringify(outputs[best]), `${(100 * probabilities[t * V + best]!).toFixed(1)} %`, ...states];
    });
    const states = layers.flatMap((layer, index) =>
      directionsOf(layer).flatMap(({ name, cell }) => {
        const place = name === "" ? index + 1 : `${index + 1} ${name}`;
        return [`|h${place}|`, ...(cell ? [`|c${place}|`] : [])];
      }),
    );
    const first = this.timesteps > rowsShown ? `, the first ${rowsShown} of ${thousands(this.timesteps)} timesteps` : "";
    return grid(`Trace of ${this.name}${first}; ${methodInWords(this.how)}`, ["timestep", "reads", "expects next", "probability", ...states], rows);
  }

  [displaySymbol](): MimeBundle {
    return {
      "text/html": [this.table()["text/html"], ...this.maps().map(heatMapHtml)].join(""),
      "text/plain": String(this),
    };
  }

  toString(): string {
    return this.table()["text/plain"]!;
  }
}

/** A layer's directions with their names; the only one of a layer that reads once needs none. */
function directionsOf({ hidden, cell, reverse }: LayerTrace): readonly (DirectionTrace & { readonly name: string })[] {
  return reverse ? [{ name: "forward", hidden, cell }, { name: "reverse", ...reverse }] : [{ name: "", hidden, cell }];
}

/** Euclidean. */
function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
