import type { AcceleratorShape } from "../shape.js";
import { blockSignals, type BlockSignal } from "./blockSignals.js";
import { statesIn, tracedNetwork, type CycleRange, type LayerState, type TracedLayer } from "./tracedNetwork.js";

/** A timing diagram is read by people: more cycles than this are better seen in another format. */
export const waveDromCycles = 2000;

/** One lane of a WaveDrom diagram: a character a cycle, and a label for each value. */
interface Lane {
  readonly name: string;
  readonly wave: string;
  readonly data?: readonly string[];
}

/** WaveJSON, as far as it is used here (github.com/wavedrom/schema). */
export interface WaveJson {
  readonly signal: readonly (Lane | readonly [group: string, ...lanes: Lane[]])[];
  readonly head: { readonly text: string; readonly tick: number };
}

/** A value that stays is ".", one that begins "=", rest "x". */
function lane(name: string, words: readonly (string | null)[]): Lane {
  const data: string[] = [];
  const wave = words.map((word, index) => {
    if (index > 0 && word === words[index - 1]) {
      return ".";
    }
    if (word === null) {
      return "x";
    }
    data.push(word);
    return "=";
  });
  return { name, wave: wave.join(""), data };
}

function layerLanes({ index, shape }: TracedLayer, cycles: readonly (readonly LayerState[])[]): [string, ...Lane[]] {
  const own = cycles.map((layers) => layers[index] ?? null);
  const blockLane = ({ name, at }: BlockSignal): Lane => lane(name, own.map((now) => now && (at(now.state)?.word ?? null)));
  return [
    `layer ${index}`,
    lane("timestep", own.map((now) => now && String(now.timestep))),
    ...blockSignals(shape).map(blockLane),
    lane("idle", own.map((now) => now?.state.idle ?? null)),
  ];
}

/**
 * The schedule as a WaveDrom timing diagram (wavedrom.com).
 * @throws InvalidShapeError, RangeError for more than `waveDromCycles` cycles
 */
export function waveDrom(shapes: readonly AcceleratorShape[], range: Partial<CycleRange> = {}): WaveJson {
  const network = tracedNetwork(shapes, range);
  const { from, to } = network;
  if (to - from > waveDromCycles) {
    throw new RangeError(
      `A timing diagram of ${to - from} cycles cannot be read; give at most ${waveDromCycles} from a first to a last cycle, or write a .vcd or .kanata file.`,
    );
  }
  const cycles = [...statesIn(network)].map(({ layers }) => layers);
  return {
    signal: [{ name: "clk", wave: `P${".".repeat(to - from - 1)}` }, ...network.layers.map((layer) => layerLanes(layer, cycles))],
    head: { text: `cycles ${from} to ${to - 1}`, tick: from },
  };
}
