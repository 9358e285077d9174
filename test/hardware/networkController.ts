import { checkNetwork } from "../../src/hardware/schedule/network.js";
import type { AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { inputColumns, timing } from "../../src/hardware/schedule/timing.js";

/** What every layer does in one cycle: where it is in which timestep, or null where it waits. */
export interface NetworkState {
  readonly cycle: number;
  readonly layers: readonly ({ readonly timestep: number; readonly cycle: number } | null)[];
}

/** Two banks between a writer and a reader. */
class FrameBuffer {
  /** Whole frames that nobody has begun to read. */
  ready = 0;
  /** Banks that are being written, wait, or are being read. */
  used = 0;
}

class Layer {
  timestep = 0;
  /** Cycles of the current timestep that are left; 0 while the layer waits. */
  left = 0;

  constructor(readonly length: number) {}
}

/**
 * The frame buffers and layers as clocked counters, which know nothing of the recurrence in network.ts: each cycle looks
 * only at what the counters were at its beginning.
 */
class NetworkController {
  private cycle = 0;
  private beats = 0;
  private readonly layers: readonly Layer[];
  /** Buffer l is the input of layer l. */
  private readonly buffers: readonly FrameBuffer[];

  constructor(
    private readonly beatsPerFrame: number,
    lengths: readonly number[],
  ) {
    this.layers = lengths.map((length) => new Layer(length));
    this.buffers = lengths.map(() => new FrameBuffer());
  }

  get timestepsDone(): number {
    return this.layers.at(-1)!.timestep;
  }

  step(): NetworkState {
    const starting = this.layers.filter((layer, index) => this.mayStart(layer, index));
    starting.forEach((layer) => this.start(layer));
    const layers = this.layers.map(({ timestep, length, left }) => (left === 0 ? null : { timestep, cycle: length - left }));
    const state = { cycle: this.cycle, layers };
    this.clock();
    return state;
  }

  private mayStart({ left }: Layer, index: number): boolean {
    const output = this.buffers[index + 1];
    return left === 0 && this.buffers[index]!.ready > 0 && (output === undefined || output.used < 2);
  }

  private start(layer: Layer): void {
    const index = this.layers.indexOf(layer);
    const output = this.buffers[index + 1];
    layer.left = layer.length;
    this.buffers[index]!.ready--;
    if (output) {
      output.used++;
    }
  }

  private clock(): void {
    this.cycle++;
    this.acceptBeat();
    this.layers.forEach((layer, index) => {
      if (layer.left === 0) {
        return;
      }
      layer.left--;
      if (layer.left === 0) {
        layer.timestep++;
        this.buffers[index]!.used--;
        const output = this.buffers[index + 1];
        if (output) {
          output.ready++;
        }
      }
    });
  }

  private acceptBeat(): void {
    const input = this.buffers[0]!;
    if (this.beats === 0 && input.used === 2) {
      return;
    }
    input.used += this.beats === 0 ? 1 : 0;
    this.beats = (this.beats + 1) % this.beatsPerFrame;
    input.ready += this.beats === 0 ? 1 : 0;
  }
}

/**
 * Steps stacked layers, cycle by cycle, until the last layer has done so many timesteps.
 * @throws InvalidShapeError
 */
export function* networkSteps(shapes: readonly AcceleratorShape[], timesteps: number): Generator<NetworkState> {
  const lengths = checkNetwork(shapes).map((shape) => timing(shape).cyclesPerTimestep);
  const controller = new NetworkController(inputColumns(shapes[0]!), lengths);
  while (controller.timestepsDone < timesteps) {
    yield controller.step();
  }
}
