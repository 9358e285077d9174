import { expect, test } from "vitest";
import { Draws } from "../random.js";
import { simulateBlocks } from "./driver.js";

const hex = (words: readonly number[], bits: number): string =>
  words.map((word) => `${word.toString(16).toUpperCase().padStart(Math.ceil(bits / 4), "0")}\n`).join("");

test("rom shows the file's word one cycle after its address", () => {
  const draws = new Draws(9);
  const shapes = [
    { bits: 1, depth: 1 },
    { bits: 5, depth: 3 },
    { bits: 12, depth: 64 },
    { bits: 33, depth: 7 },
  ];
  const contents = shapes.map(({ bits, depth }) => Array.from({ length: depth }, () => draws.integer(0, 2 ** bits - 1)));
  const blocks = shapes.map(({ bits, depth }, index) => ({
    module: "rom" as const,
    parameters: { WIDTH: bits, DEPTH: depth, FILE: `rom_${index}.mem` },
    inputs: { address: { bits: Math.max(1, Math.ceil(Math.log2(depth))) } },
    outputs: { word: { bits } },
    rows: Array.from({ length: depth + 20 }, (_, cycle) => ({ address: cycle < depth ? cycle : draws.integer(0, depth - 1) })),
  }));
  const files = Object.fromEntries(contents.map((words, index) => [`rom_${index}.mem`, hex(words, shapes[index]!.bits)]));
  simulateBlocks(blocks, files).forEach((outcomes, index) => {
    const expected = blocks[index]!.rows.map(({ address }) => contents[index]![address]);
    expect(outcomes.slice(1).map(({ word }) => word)).toEqual(expected.slice(0, -1));
  });
});

test("memory and state_memory keep what was written; the initial state comes from the ROM", () => {
  const draws = new Draws(10);
  const initial = Array.from({ length: 5 }, () => draws.integer(0, 255));
  const writes = Array.from({ length: 200 }, () => ({
    write: draws.integer(0, 1),
    write_unit: draws.integer(0, 4),
    write_word: draws.integer(0, 255),
    read_unit: draws.integer(0, 4),
  }));
  const address = { bits: 3 };
  const [memory, state, started] = simulateBlocks(
    [
      {
        module: "memory",
        parameters: { WIDTH: 8, DEPTH: 5 },
        inputs: { write: { bits: 1 }, write_address: address, write_word: { bits: 8 }, read_address: address },
        outputs: { read_word: { bits: 8 } },
        rows: writes.map(({ write, write_unit, write_word, read_unit }) => ({ write, write_address: write_unit, write_word, read_address: read_unit })),
      },
      ...[0, 1].map((initial_state) => ({
        module: "state_memory" as const,
        parameters: { WIDTH: 8, UNITS: 5, INITIAL_FILE: "initial.mem" },
        inputs: { initial_state: { bits: 1 }, write: { bits: 1 }, write_unit: address, write_word: { bits: 8 }, read_unit: address },
        outputs: { read_word: { bits: 8 } },
        rows: writes.map((row) => ({ ...row, initial_state })),
      })),
    ],
    { "initial.mem": hex(initial, 8) },
  );
  const held: (number | undefined)[] = Array.from({ length: 5 }, () => undefined);
  const expected = writes.map(({ write, write_unit, write_word, read_unit }) => {
    const word = held[read_unit];
    held[write_unit] = write === 1 ? write_word : held[write_unit];
    return word;
  });
  expect(memory!.slice(1).map(({ read_word }) => read_word)).toEqual(expected.slice(0, -1));
  expect(state).toEqual(memory);
  expect(started!.slice(1).map(({ read_word }) => read_word)).toEqual(writes.slice(0, -1).map(({ read_unit }) => initial[read_unit]));
});

test("hidden_memory reads one bank while the other is written, until they are swapped", () => {
  const draws = new Draws(11);
  const initial = [9, 8, 7];
  const rows = [
    { reset: 1, initial_state: 0, swap: 0, write: 0, write_unit: 0, write_word: 0, read_unit: 0 },
    ...Array.from({ length: 400 }, () => ({
      reset: 0,
      initial_state: draws.integer(0, 9) === 0 ? 1 : 0,
      swap: draws.integer(0, 9) === 0 ? 1 : 0,
      write: draws.integer(0, 1),
      write_unit: draws.integer(0, 2),
      write_word: draws.integer(0, 4095),
      read_unit: draws.integer(0, 2),
    })),
  ];
  const [outcomes] = simulateBlocks(
    [
      {
        module: "hidden_memory",
        parameters: { WIDTH: 12, UNITS: 3, INITIAL_FILE: "initial.mem" },
        inputs: { reset: { bits: 1 }, initial_state: { bits: 1 }, swap: { bits: 1 }, write: { bits: 1 }, write_unit: { bits: 2 }, write_word: { bits: 12 }, read_unit: { bits: 2 } },
        outputs: { read_word: { bits: 12 } },
        rows,
      },
    ],
    { "initial.mem": hex(initial, 12) },
  );
  const unknown = (): (number | undefined)[] => [undefined, undefined, undefined];
  let banks = [unknown(), unknown()];
  // A word leaves a bank, or the initial ROM, one cycle after its unit is named; which of them shows is decided in that cycle.
  let read: { readonly banks: readonly (number | undefined)[]; readonly initial: number } | undefined;
  const expected = rows.map(({ initial_state, swap, write, write_unit, write_word, read_unit }) => {
    const shown = read === undefined ? undefined : initial_state === 1 ? read.initial : read.banks[0];
    read = { banks: banks.map((bank) => bank[read_unit]), initial: initial[read_unit]! };
    if (write === 1) {
      banks[1]![write_unit] = write_word;
    }
    if (swap === 1) {
      banks = banks.toReversed();
      read = { ...read, banks: read.banks.toReversed() };
    }
    return shown;
  });
  expect(outcomes.slice(1).map(({ read_word }) => read_word)).toEqual(expected.slice(1));
  expect(expected.filter((word) => word !== undefined).length).toBeGreaterThan(300);
});
