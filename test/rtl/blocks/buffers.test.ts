import { expect, test } from "vitest";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";

interface Frame {
  readonly words: readonly number[];
  readonly restart: number;
}

/** The two banks as a queue: what one cycle shows, and what then happens in it. */
class TwoFrames {
  private readonly frames: Frame[] = [];
  private filling: number[] = [];
  private restart = 0;
  private reading: { readonly frame?: Frame; readonly address: number } = { address: 0 };

  constructor(private readonly length: number) {}

  get mayWrite(): boolean {
    return this.frames.length < 2 || this.filling.length > 0;
  }

  get mayRelease(): boolean {
    return this.frames.length > 0;
  }

  /** `frame_restart` and `read_word` only where they mean something. */
  shown(): { ready: number; frame: number; frame_restart?: number; read_word?: number } {
    const [head] = this.frames;
    const ready = this.frames.length < 2 ? 1 : 0;
    if (head === undefined) {
      return { ready, frame: 0 };
    }
    const { frame, address } = this.reading;
    return { ready, frame: 1, frame_restart: head.restart, ...(frame === head ? { read_word: head.words[address] } : {}) };
  }

  clock(row: { write: number; write_word: number; write_restart: number; release_frame: number; read_address: number }): void {
    this.reading = { frame: this.frames[0], address: row.read_address };
    if (row.write === 1) {
      this.restart = this.filling.length === 0 ? row.write_restart : this.restart;
      this.filling.push(row.write_word);
    }
    if (row.release_frame === 1) {
      this.frames.shift();
    }
    if (this.filling.length === this.length) {
      this.frames.push({ words: this.filling, restart: this.restart });
      this.filling = [];
    }
  }
}

test.each([1, 2, 5])("frame_buffer of %i words is a queue of two whole frames", (length) => {
  const draws = new Draws(length);
  const queue = new TwoFrames(length);
  const cycles = Array.from({ length: 400 }, () => {
    const shown = queue.shown();
    const row = {
      reset: 0,
      write: queue.mayWrite ? draws.integer(0, 1) : 0,
      write_word: draws.integer(0, 255),
      write_restart: draws.integer(0, 1),
      release_frame: queue.mayRelease && draws.integer(0, 5) === 0 ? 1 : 0,
      read_address: draws.integer(0, length - 1),
    };
    queue.clock(row);
    return { shown, row };
  });
  const [outcomes] = simulateBlocks([
    {
      module: "frame_buffer",
      parameters: { WIDTH: 8, LENGTH: length },
      inputs: {
        reset: { bits: 1 },
        write: { bits: 1 },
        write_word: { bits: 8 },
        write_restart: { bits: 1 },
        release_frame: { bits: 1 },
        read_address: { bits: Math.max(1, Math.ceil(Math.log2(length))) },
      },
      outputs: { ready: { bits: 1 }, frame: { bits: 1 }, frame_restart: { bits: 1 }, read_word: { bits: 8 } },
      rows: [{ reset: 1, write: 0, write_word: 0, write_restart: 0, release_frame: 0, read_address: 0 }, ...cycles.map(({ row }) => row)],
    },
  ]);
  cycles.forEach(({ shown }, cycle) => expect(outcomes[cycle + 1], `cycle ${cycle}`).toMatchObject(shown));
  expect(cycles.filter(({ shown }) => shown.read_word !== undefined).length).toBeGreaterThan(50);
});

test("symbol_buffer keeps one symbol waiting behind the one that was taken", () => {
  const draws = new Draws(12);
  let waiting: { symbol: number; restart: number } | undefined;
  let taken: number | undefined;
  const expected: { ready: number; frame: number; frame_restart: number | undefined; symbol: number | undefined }[] = [];
  const rows = [
    { reset: 1, write: 0, write_word: 0, write_restart: 0, take_frame: 0 },
    ...Array.from({ length: 300 }, () => {
      expected.push({ ready: waiting === undefined ? 1 : 0, frame: waiting === undefined ? 0 : 1, frame_restart: waiting?.restart, symbol: taken });
      const write = waiting === undefined ? draws.integer(0, 1) : 0;
      const take = waiting === undefined ? 0 : draws.integer(0, 1);
      const now = { symbol: draws.integer(0, 63), restart: draws.integer(0, 1) };
      if (take === 1) {
        taken = waiting!.symbol;
        waiting = undefined;
      }
      waiting = write === 1 ? now : waiting;
      return { reset: 0, write, write_word: now.symbol, write_restart: now.restart, take_frame: take };
    }),
  ];
  const [outcomes] = simulateBlocks([
    {
      module: "symbol_buffer",
      parameters: { WIDTH: 6 },
      inputs: { reset: { bits: 1 }, write: { bits: 1 }, write_word: { bits: 6 }, write_restart: { bits: 1 }, take_frame: { bits: 1 } },
      outputs: { ready: { bits: 1 }, frame: { bits: 1 }, frame_restart: { bits: 1 }, symbol: { bits: 6 } },
      rows,
    },
  ]);
  outcomes.slice(1).forEach((outcome, cycle) => {
    const { frame_restart, ...want } = expected[cycle]!;
    expect(outcome, `cycle ${cycle}`).toMatchObject(frame_restart === undefined ? want : { ...want, frame_restart });
  });
});

test.each([1, 2, 5])("frame_reader sends the %i words of a frame in order, each once, however its reader pauses", (length) => {
  const draws = new Draws(20 + length);
  // The memory answers with its own address, one cycle later.
  const rows = [
    { reset: 1, frame: 0, read_word: 0, out_ready: 0 },
    ...Array.from({ length: 300 }, () => ({ reset: 0, frame: 1, read_word: draws.integer(0, 255), out_ready: draws.integer(0, 1) })),
  ];
  const bits = Math.max(1, Math.ceil(Math.log2(length)));
  const [outcomes] = simulateBlocks([
    {
      module: "frame_reader",
      parameters: { WIDTH: 8, LENGTH: length },
      inputs: { reset: { bits: 1 }, frame: { bits: 1 }, read_word: { bits: 8 }, out_ready: { bits: 1 } },
      outputs: { release_frame: { bits: 1 }, read_address: { bits }, out_valid: { bits: 1 }, out_data: { bits: 8 }, out_last: { bits: 1 } },
      rows,
    },
  ]);
  let sent = 0;
  outcomes.slice(2).forEach((outcome, index) => {
    const { read_word, out_ready } = rows[index + 2]!;
    const before = outcomes[index + 1]!;
    const isSent = outcome.out_valid === 1 && out_ready === 1;
    expect(outcome.out_data).toBe(read_word);
    expect(outcome.read_address).toBe(sent % length);
    // A synchronous memory shows the word of an address only in the next cycle.
    expect(outcome.out_valid === 1 ? before.read_address : outcome.read_address).toBe(outcome.read_address);
    expect([outcome.out_last, outcome.release_frame]).toEqual([sent % length === length - 1 ? 1 : 0, isSent && sent % length === length - 1 ? 1 : 0]);
    sent += isSent ? 1 : 0;
  });
  expect(sent).toBeGreaterThan(80);
});
