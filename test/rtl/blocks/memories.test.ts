import { expect, test } from "vitest";
import { SummedHidden } from "../../../src/hardware/integer/summedHidden.js";
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
  const [memory, state, started, startedInPairs] = simulateBlocks(
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
      {
        module: "state_memory" as const,
        parameters: { WIDTH: 8, UNITS: 5, LANES: 2, INITIAL_FILE: "pairs.mem" },
        inputs: { initial_state: { bits: 1 }, write: { bits: 1 }, write_unit: address, write_word: { bits: 8 }, read_unit: address },
        outputs: { read_word: { bits: 8 } },
        rows: writes.map((row) => ({ ...row, initial_state: 1 })),
      },
    ],
    { "initial.mem": hex(initial, 8), "pairs.mem": hex([0, 2, 4].map((unit) => initial[unit]! + 256 * (initial[unit + 1] ?? 0)), 16) },
  );
  const held: (number | undefined)[] = Array.from({ length: 5 }, () => undefined);
  const expected = writes.map(({ write, write_unit, write_word, read_unit }) => {
    const word = held[read_unit];
    held[write_unit] = write === 1 ? write_word : held[write_unit];
    return word;
  });
  expect(memory!.slice(1).map(({ read_word }) => read_word)).toEqual(expected.slice(0, -1));
  expect(state).toEqual(memory);
  expect(startedInPairs).toEqual(started);
  expect(started!.slice(1).map(({ read_word }) => read_word)).toEqual(writes.slice(0, -1).map(({ read_unit }) => initial[read_unit]));
});

test.each([1, 2, 4, 8])("wide_memory gives %i values a word, and 0 past the last", (lanes) => {
  const draws = new Draws(lanes);
  const lengths = [1, 2, 5, 8, 9];
  const addressBits = (length: number): number => Math.max(1, Math.ceil(Math.log2(length)));
  const blocks = lengths.map((length) => ({
    module: "wide_memory" as const,
    parameters: { WIDTH: 6, LENGTH: length, LANES: lanes },
    inputs: { write: { bits: 1 }, write_address: { bits: addressBits(length) }, write_word: { bits: 6 }, read_address: { bits: addressBits(length) } },
    outputs: { read_word: { bits: 6 * lanes } },
    // All values first, so that no word has an unknown one.
    rows: Array.from({ length: length + 100 }, (_, cycle) => ({
      write: cycle < length ? 1 : draws.integer(0, 1),
      write_address: cycle < length ? cycle : draws.integer(0, length - 1),
      write_word: draws.integer(0, 63),
      read_address: draws.integer(0, Math.ceil(length / lanes) - 1),
    })),
  }));
  simulateBlocks(blocks).forEach((outcomes, index) => {
    const length = lengths[index]!;
    const held = new Map<number, number>();
    const expected = blocks[index]!.rows.map(({ write, write_address, write_word, read_address }) => {
      const word = Array.from({ length: lanes }, (_, lane) => held.get(read_address * lanes + lane) ?? 0);
      if (write === 1) {
        held.set(write_address, write_word);
      }
      return word.reduceRight((bits, value) => bits * 64 + value, 0);
    });
    expect(outcomes.slice(length + 1).map(({ read_word }) => read_word)).toEqual(expected.slice(length, -1));
  });
});

test("hidden_memory reads one bank while the other is written, until they are swapped", () => {
  const draws = new Draws(11);
  const initial = [9, 8, 7];
  const rows = [
    { reset: 1, initial_state: 0, swap: 0, write: 0, write_unit: 0, write_word: 0, read_address: 0 },
    ...Array.from({ length: 400 }, () => ({
      reset: 0,
      initial_state: draws.integer(0, 9) === 0 ? 1 : 0,
      swap: draws.integer(0, 9) === 0 ? 1 : 0,
      write: draws.integer(0, 1),
      write_unit: draws.integer(0, 2),
      write_word: draws.integer(0, 4095),
      read_address: draws.integer(0, 2),
    })),
  ];
  const [outcomes] = simulateBlocks(
    [
      {
        module: "hidden_memory",
        parameters: { WIDTH: 12, UNITS: 3, INITIAL_FILE: "initial.mem" },
        inputs: { reset: { bits: 1 }, initial_state: { bits: 1 }, swap: { bits: 1 }, write: { bits: 1 }, write_unit: { bits: 2 }, write_word: { bits: 12 }, read_address: { bits: 2 } },
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
  const expected = rows.map(({ initial_state, swap, write, write_unit, write_word, read_address }) => {
    const shown = read === undefined ? undefined : initial_state === 1 ? read.initial : read.banks[0];
    read = { banks: banks.map((bank) => bank[read_address]), initial: initial[read_address]! };
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

test.each([0, 3, 500])("delta_memory lists what SummedHidden changes by more than %i", (threshold) => {
  const draws = new Draws(threshold);
  const units = 6;
  const initial = Array.from({ length: units }, () => draws.integer(-2048, 2047));
  const twin = new SummedHidden(units, { threshold });
  const hidden = Int32Array.from(initial);
  const idle = { reset: 0, initial_state: 0, write: 0, write_unit: 0, write_word: 0, read_index: 0 };
  const rows = [{ ...idle, reset: 1 }, { ...idle, reset: 1 }];
  const expected: { readonly row: number; readonly changes: number; readonly list: (readonly [number, number])[] }[] = [];
  const zeros = new Int32Array(units);
  let before = zeros;
  for (let timestep = 0; timestep < 30; timestep++) {
    const initial_state = timestep % 11 === 0 ? 1 : 0;
    if (initial_state === 1) {
      twin.restart(Int32Array.from(initial));
      before = zeros;
    }
    // A sequence begins with all units, others with those that changed.
    const list = Array.from(twin.values, (value, unit) => [unit, value - before[unit]!] as const).filter(([, change]) => initial_state === 1 || change !== 0);
    expected.push({ row: rows.length, changes: twin.columns, list: list.length === 0 ? [[0, 0]] : list });
    before = twin.values.slice();
    rows.push(...Array.from({ length: twin.columns + 1 }, (_, index) => ({ ...idle, initial_state, read_index: Math.min(index, twin.columns - 1) })));
    hidden.forEach((value, unit) => {
      hidden[unit] = draws.integer(0, 2) === 0 ? value : draws.integer(0, 1) === 0 ? draws.signed(12) : Math.min(2047, value + draws.integer(0, 4));
    });
    rows.push(...Array.from(hidden, (value, unit) => ({ ...idle, initial_state, write: 1, write_unit: unit, write_word: value })));
    twin.update(hidden);
    rows.push({ ...idle, initial_state }, { ...idle, initial_state });
  }
  const [outcomes] = simulateBlocks(
    [
      {
        module: "delta_memory",
        parameters: { WIDTH: 12, UNITS: units, THRESHOLD: threshold, INITIAL_FILE: "initial.mem" },
        inputs: { reset: { bits: 1 }, initial_state: { bits: 1 }, write: { bits: 1 }, write_unit: { bits: 3 }, write_word: { bits: 12 }, read_index: { bits: 3 } },
        outputs: { changes: { bits: 3 }, read_unit: { bits: 3 }, read_change: { bits: 13, isSigned: true } },
        rows,
      },
    ],
    { "initial.mem": hex(initial.map((value) => value & 0xfff), 12) },
  );
  const lists = expected.map(({ row, changes }) => ({
    row,
    changes: outcomes[row]!.changes,
    list: outcomes.slice(row + 1, row + 1 + changes).map(({ read_unit, read_change }) => [read_unit, read_change]),
  }));
  expect(lists).toEqual(expected);
});
