import type { FixedModel } from "../fixedModel.js";
import { layerShapes } from "../layerShapes.js";
import { deltaNetworkCycles } from "../schedule/delta.js";
import { networkCycles } from "../schedule/network.js";

/** From a frame's last write-back to its first output beat: the frame is seen, then its first word read. */
const outputDelay = 2;
/** From one output beat to the next. */
const outputInterval = 2;

/** The cycles in which the ports of an accelerator work, counted from that in which the first beat of input is taken. */
export interface StreamTiming {
  readonly inputBeats: number;
  readonly outputBeats: number;
  /** First output beat of a timestep that finds the accelerator at rest, with all recurrent columns read. */
  readonly firstOutput: number;
  /** Its last output beat, where the output is always ready. */
  readonly lastOutput: number;
  /** From one timestep to the next in the long run; with delta updates at most. */
  readonly period: number;
}

/** In which cycles the streams of a chip take inputs and give outputs, by the schedule. */
export function streamTiming(model: FixedModel, macUnits: number): StreamTiming {
  const [first] = model.layers;
  const outputBeats = model.layers.at(-1)!.units;
  const ends = (timesteps: number): number => cyclesOf(model, macUnits, timesteps);
  const firstOutput = ends(1) - 1 + outputDelay;
  // Buffers between the layers are full, and the slowest layer sets the pace, after as many timesteps as they hold.
  const settled = 3 * model.layers.length + 1;
  return {
    inputBeats: first!.inputKind === "one-hot" ? 1 : first!.inputs,
    outputBeats,
    firstOutput,
    lastOutput: firstOutput + outputInterval * (outputBeats - 1),
    period: ends(settled + 1) - ends(settled),
  };
}

/** From the first beat to the last write-back of the last timestep, both counted, each timestep reading all columns. */
function cyclesOf(model: FixedModel, macUnits: number, timesteps: number): number {
  const shapes = layerShapes(model, { macUnits });
  const all = shapes.map(({ units }) => Array.from({ length: timesteps }, () => units));
  return (model.delta === undefined ? networkCycles(shapes, timesteps) : deltaNetworkCycles(shapes, all)).cycles;
}

/** A lane of WaveDrom. */
interface Lane {
  readonly name: string;
  readonly wave: string;
  readonly data?: readonly string[];
}

export interface TimingDiagram {
  readonly signal: readonly Lane[];
  readonly head: { readonly text: string; readonly tick: number };
}

/** What a port shows in one cycle: a bit, a word by its label, or anything. */
export type PortState = 0 | 1 | string | null;

/** Cycles of a diagram, and each port in them. */
export interface PortCycles {
  readonly from: number;
  readonly ports: Readonly<Record<string, readonly PortState[]>>;
}

const shownCycles = 7;

/** The input from one cycle of reset on, always valid: with a symbol one waits while the layer works, with features two frames do. */
export function inputCycles({ inputBeats }: Pick<StreamTiming, "inputBeats">, isOneHot: boolean): PortCycles {
  const cycles = Array.from({ length: shownCycles }, (_, index) => index - 1);
  const isReady = (cycle: number): boolean => (isOneHot ? cycle === 0 || cycle === 2 : cycle < 2 * inputBeats);
  const takenBefore = (cycle: number): number => cycles.filter((one) => one >= 0 && one < cycle && isReady(one)).length;
  const label = (beat: number): string => (isOneHot ? `symbol ${beat}` : `x${beat % inputBeats} of ${Math.floor(beat / inputBeats)}`);
  const during = (value: (cycle: number) => PortState): PortState[] => cycles.map((cycle) => (cycle < 0 ? null : value(cycle)));
  return {
    from: -1,
    ports: {
      reset: cycles.map((cycle) => (cycle < 0 ? 1 : 0)),
      in_valid: cycles.map((cycle) => (cycle < 0 ? 0 : 1)),
      in_ready: during((cycle) => (isReady(cycle) ? 1 : 0)),
      in_data: during((cycle) => label(takenBefore(cycle))),
      in_restart: during((cycle) => (takenBefore(cycle) % inputBeats === 0 ? (takenBefore(cycle) === 0 ? 1 : 0) : null)),
    },
  };
}

/** The first timestep's output, always ready: a word every second cycle. */
export function outputCycles({ firstOutput, outputBeats }: Pick<StreamTiming, "firstOutput" | "outputBeats">): PortCycles {
  const beats = Array.from({ length: shownCycles }, (_, index) => (index % outputInterval === 1 ? (index - 1) / outputInterval : -1));
  const isBeat = (beat: number): boolean => beat >= 0 && beat < outputBeats;
  return {
    from: firstOutput - 1,
    ports: {
      out_valid: beats.map((beat) => (isBeat(beat) ? 1 : 0)),
      out_ready: beats.map(() => 1),
      out_data: beats.map((beat) => (isBeat(beat) ? `h[${beat}]` : null)),
      out_last: beats.map((beat) => (isBeat(beat) ? (beat === outputBeats - 1 ? 1 : 0) : null)),
    },
  };
}

/** The diagram in the language of WaveDrom (https://github.com/wavedrom/schema): "." stays, "=" is the next label, "x" anything. */
export function timingDiagram(text: string, { from, ports }: PortCycles): TimingDiagram {
  const lanes = Object.entries(ports).map(([name, states]): Lane => {
    const wave = states.map((state, index) => (index > 0 && state === states[index - 1] ? "." : symbolOf(state))).join("");
    const data = states.filter((state, index): state is string => typeof state === "string" && state !== states[index - 1]);
    return { name, wave, ...(data.length > 0 && { data }) };
  });
  return { signal: [{ name: "clock", wave: `p${".".repeat(shownCycles - 1)}` }, ...lanes], head: { text, tick: from } };
}

function symbolOf(state: PortState): string {
  return typeof state === "number" ? String(state) : state === null ? "x" : "=";
}
