"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target2, all) => {
  for (var name2 in all)
    __defProp(target2, name2, { get: all[name2], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target2) => (target2 = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target2, "default", { value: mod, enumerable: true }) : target2,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

// test/fuzz/worker.ts
var worker_exports = {};
module.exports = __toCommonJS(worker_exports);
var import_node_worker_threads = require("node:worker_threads");

// test/fuzz/random.ts
var Random = class {
  constructor(state) {
    this.state = state;
  }
  state;
  /** mulberry32, by Tommy Ettinger, in the public domain. */
  below(bound) {
    this.state = this.state + 1831565813 | 0;
    let mixed = Math.imul(this.state ^ this.state >>> 15, 1 | this.state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return Math.floor(((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32 * bound);
  }
  pick(list) {
    return list[this.below(list.length)];
  }
};

// test/fuzz/mutate.ts
var mostBytes = 65536;
var tokens = [
  "999999999",
  "4294967296",
  "9007199254740993",
  "1e9",
  "-1",
  "0",
  "FFFFFFFF",
  "FFFFFFFFFFFFFFFFFFFF",
  "0x",
  "NaN",
  "/*",
  "*/",
  "//",
  "--",
  "%",
  "#",
  "@",
  "@FFFFFFFF",
  ";",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  "[0..FFFFFFFF]",
  "=>",
  "others",
  " to ",
  " downto ",
  "=",
  ",",
  ":",
  '"',
  "'",
  "\\",
  "\0",
  "\x7F",
  "\r\n",
  "\n\n\n\n",
  "\uFEFF",
  "\u{1F600}",
  "$end",
  "$var",
  "#0",
  "b",
  "x",
  "z",
  "null",
  "true",
  "constructor",
  "__proto__"
].map((text) => Buffer.from(text));
function cut(bytes, random) {
  const ends = [random.below(bytes.length + 1), random.below(bytes.length + 1)];
  return [Math.min(...ends), Math.max(...ends)];
}
function inserted(bytes, at, what) {
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}
var mutations = [
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    changed[random.below(bytes.length)] ^= 1 << random.below(8);
    return changed;
  },
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    changed[random.below(bytes.length)] = random.below(256);
    return changed;
  },
  (bytes, random) => inserted(bytes, random.below(bytes.length + 1), random.pick(tokens)),
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.min(to, from + 1 + random.below(32)))]);
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const [from, to] = cut(bytes, random);
    return inserted(bytes, random.below(bytes.length + 1), bytes.subarray(from, to));
  },
  (bytes, random) => {
    const times = 1 + random.below(4096);
    return inserted(bytes, random.below(bytes.length + 1), Buffer.concat(Array.from({ length: times }, () => tokens[times % tokens.length])));
  },
  (bytes, random, others) => {
    const other = random.pick(others);
    const [from, to] = cut(other, random);
    return inserted(bytes, random.below(bytes.length + 1), other.subarray(from, to));
  },
  (bytes, random) => {
    const numbers = [...bytes.toString("latin1").matchAll(/[0-9A-Fa-f]+/g)];
    if (numbers.length === 0) {
      return bytes;
    }
    const { 0: text, index } = random.pick(numbers);
    return Buffer.concat([bytes.subarray(0, index), random.pick(tokens), bytes.subarray(index + text.length)]);
  }
];
function mutated(seed, files) {
  const random = new Random(seed);
  let bytes = random.pick(files);
  for (let left = 1 + random.below(8); left > 0; left--) {
    const source = bytes.length === 0 ? random.pick(files) : bytes;
    bytes = random.pick(mutations)(source, random, files).subarray(0, mostBytes);
  }
  return bytes;
}

// src/cli/romShow.ts
var import_node_path = __toESM(require("node:path"));

// src/hardware/rom/encoding.ts
var tritEncodings = {
  /** 00 = 0, 01 = +1, 11 = -1; 10 never occurs. Also of any wider integer. */
  "twos-complement": { name: "twos-complement", bits: 2 },
  /** Upper bit: is it nonzero; lower bit: is it negative. 00 = 0, 10 = +1, 11 = -1; 01 never occurs. */
  "sign-nonzero": { name: "sign-nonzero", bits: 2 },
  /** A bit for each sign: 00 = 0, 01 = +1, 10 = -1; 11 never occurs. */
  "one-hot": { name: "one-hot", bits: 2 },
  /** Five trits t0..t4 in eight bits: the sum of (t + 1) 3^k, 0 to 242; 243 to 255 never occur. */
  "base3": { name: "base3", bits: 8, valuesPerField: 5 }
};
var bitEncodings = {
  /** 0 = -1, 1 = +1. */
  "sign-bit": { name: "sign-bit", bits: 1 },
  /** 0 = +1, 1 = -1. */
  "sign-bit-inverted": { name: "sign-bit-inverted", bits: 1 }
};
var encodingNames = [...Object.keys(tritEncodings), ...Object.keys(bitEncodings)];
var binaryEncoding = bitEncodings["sign-bit"];
var ternaryEncoding = tritEncodings["twos-complement"];
var codes = {
  "sign-nonzero": [0, void 0, 1, -1],
  "one-hot": [0, 1, -1, void 0],
  "sign-bit": [-1, 1],
  "sign-bit-inverted": [1, -1]
};
function valuesPerField({ valuesPerField: values = 1 }) {
  return values;
}
function decodeField(field, { name: name2, bits, valuesPerField: count5 = 1 }) {
  if (name2 === "base3") {
    return field < 3 ** count5 ? Array.from({ length: count5 }, (_, k) => Math.floor(field / 3 ** k) % 3 - 1) : void 0;
  }
  if (name2 === "twos-complement") {
    const signed2 = field >= 2 ** (bits - 1) ? field - 2 ** bits : field;
    return bits === 2 && signed2 === -2 ? void 0 : [signed2];
  }
  const value = codes[name2][field];
  return value === void 0 ? void 0 : [value];
}

// src/hardware/rom/romImage.ts
function bytesPerWord(width) {
  return Math.ceil(width / 8);
}
function hexWord({ width, data: data2 }, address) {
  const bytes = bytesPerWord(width);
  const bigEndian2 = Buffer.from(data2.subarray(address * bytes, (address + 1) * bytes)).reverse();
  return bigEndian2.toString("hex").slice(-Math.ceil(width / 4)).toUpperCase();
}
function hexDigits(value, width) {
  return value.toString(16).toUpperCase().padStart(Math.ceil(width / 4), "0");
}
function hexWords(image) {
  return Array.from({ length: image.depth }, (_, address) => hexWord(image, address));
}
var bitOrders = ["lsb-first", "msb-first"];
function wordWidth({ lanes, encoding }) {
  return Math.ceil(lanes / valuesPerField(encoding)) * encoding.bits;
}
function unpackWord(word, packing) {
  return wordUnpacker(packing)(word);
}
var limbBits = 32;
var limbDigits = limbBits / 4;
function wordUnpacker(packing) {
  const { lanes, encoding } = packing;
  const width = wordWidth(packing);
  const limbs = Math.ceil(width / limbBits);
  const none = Array.from({ length: valuesPerField(encoding) });
  const firstBits = fieldBits(packing);
  return (word) => {
    const digits = word.toString(16).padStart(limbs * limbDigits, "0").slice(-limbs * limbDigits);
    const pieces = Array.from({ length: limbs }, (_, limb) => Number.parseInt(digits.slice((limbs - limb - 1) * limbDigits, (limbs - limb) * limbDigits), 16));
    const values = [];
    for (const firstBit of firstBits) {
      for (const value of decodeField(bitsAt(pieces, firstBit, encoding.bits), encoding) ?? none) {
        values.push(value);
      }
    }
    values.length = lanes;
    return values;
  };
}
function bitsAt(pieces, firstBit, bits) {
  const [piece, shift] = [Math.floor(firstBit / limbBits), firstBit % limbBits];
  const low = Math.floor(pieces[piece] / 2 ** shift) % 2 ** bits;
  const above = Math.max(0, bits - (limbBits - shift));
  return low + (pieces[piece + 1] ?? 0) % 2 ** above * 2 ** (limbBits - shift);
}
function fieldBits(packing) {
  const { bits } = packing.encoding;
  const fields = wordWidth(packing) / bits;
  const isMsbFirst = packing.bitOrder === "msb-first";
  return Array.from({ length: fields }, (_, field) => (isMsbFirst ? fields - 1 - field : field) * bits);
}

// src/hardware/schedule/stages.ts
var gateStages = {
  lstm: ["scale", "round", "table", "interpolate"],
  gru: ["scale", "round", "reset", "add", "table", "interpolate"]
};
var elementWiseStages = {
  lstm: ["read", "products", "cell", "cell-scale", "cell-round", "table", "interpolate", "output", "round"],
  gru: ["read", "product", "sum"]
};
var resetProductStages = ["read", "product", "store"];
var resetGateDelay = gateStages.gru.length + resetProductStages.length;
function delays(cell) {
  const stages = gateStages[cell];
  const gate = stages.length;
  return { lookUp: stages.indexOf("table"), gate, writeBack: gate + elementWiseStages[cell].length };
}
var stageDelay = { lstm: delays("lstm"), gru: delays("gru") };

// src/hardware/schedule/rowPhases.ts
var leastRowsFromReset = gateStages.gru.length + 2 - gateStages.gru.indexOf("reset");

// src/hardware/rowGroups.ts
function groupsOf(phases, macUnits) {
  return phases.flatMap(
    ({ firstRow, rows }) => Array.from({ length: Math.ceil(rows / macUnits) }, (_, group) => ({
      firstRow: firstRow + group * macUnits,
      rows: Math.min(macUnits, rows - group * macUnits)
    }))
  );
}

// src/hardware/rom/limits.ts
var romLimits = {
  /** Words of one memory, also of ranges that a file only names: enough for 16 Mbit by the byte. */
  words: 2 ** 21,
  /** Bits of one word. */
  wordBits: 2 ** 20,
  /** Bits of a memory, depth times width. */
  memoryBits: 2 ** 29,
  /** Digits of one number: at most as many as a word has bits. */
  digits: 2 ** 20,
  /** Cells of a picture, and weights of one matrix. */
  weights: 2 ** 24
};
function isReadableSize(depth, width) {
  return depth <= romLimits.words && width <= romLimits.wordBits && depth * width <= romLimits.memoryBits;
}

// src/hardware/rom/weights.ts
var noWeight = -(2 ** 31);
function romWeights({ words, manifest: manifest2, packing }) {
  const phases = manifest2 === void 0 ? void 0 : phasesOf(manifest2);
  if (manifest2?.layer === void 0 || phases === void 0 || packing === void 0) {
    return void 0;
  }
  const { units, gateOrder: gates2 } = manifest2.layer;
  const [inputs, rows] = manifest2.image.shape;
  if (inputs * rows > romLimits.weights || !isWhole(rows, units * gates2.length, phases)) {
    return void 0;
  }
  const values = new Int32Array(inputs * rows).fill(noWeight);
  placeWeights(values, rows, words, { manifest: manifest2, groups: groupsOf(phases, manifest2.macUnits), unpack: wordUnpacker(packing) });
  return { inputs, units, gates: gates2, values };
}
function placeWeights(values, rows, words, { manifest: manifest2, groups, unpack }) {
  for (const { address, value } of words) {
    unpack(value).forEach((weight, lane) => {
      const place = placeOf(manifest2, groups, address, lane);
      if (place !== void 0) {
        values[place.input * rows + place.row] = weight ?? noWeight;
      }
    });
  }
}
function phasesOf({ image, layer }) {
  return image.packing.order[0] === "row group" ? layer?.phases : void 0;
}
function isWhole(rows, ofGates, phases) {
  return ofGates === rows && phases.reduce((sum2, phase) => sum2 + phase.rows, 0) === rows;
}
function placeOf({ image }, groups, address, bankLane) {
  const { packing, shape } = image;
  const perWord = packing.inputsPerWord ?? 1;
  const inputs = shape[0];
  const wordsOfGroup = Math.ceil(inputs / perWord);
  const lane = (packing.bank?.firstLane ?? 0) + bankLane;
  const group = groups[Math.floor(address / wordsOfGroup)];
  const row = Math.floor(lane / perWord);
  const input = address % wordsOfGroup * perWord + lane % perWord;
  return group !== void 0 && row < group.rows && input < inputs ? { input, row: group.firstRow + row } : void 0;
}
function gateHistogram({ inputs, units, gates: gates2, values }) {
  const rows = units * gates2.length;
  return gates2.map((gate, block) => {
    const counts = /* @__PURE__ */ new Map();
    for (let input = 0; input < inputs; input++) {
      for (let unit = 0; unit < units; unit++) {
        const weight = values[input * rows + block * units + unit];
        if (weight !== noWeight) {
          counts.set(weight, (counts.get(weight) ?? 0) + 1);
        }
      }
    }
    return { gate, counts: new Map([...counts].toSorted(([one], [other]) => one - other)) };
  });
}
function wordInIntegers(value, packing) {
  return unpackWord(value, packing).map(signed).join(" ");
}
function signed(value) {
  return value === void 0 ? "?" : `${value > 0 ? "+" : ""}${value}`;
}

// src/hardware/rom/wordsByAddress.ts
function wordsByAddress({ words }) {
  if (words.every(({ address }, index) => index === 0 || address > words[index - 1].address)) {
    return words;
  }
  return [...new Map(words.map((word) => [word.address, word])).values()].toSorted((one, other) => one.address - other.address);
}
var mostDigits = 2 ** 24;
function digitsOf(words, bits) {
  const isFilled = words.length * (bits / 4) <= mostDigits;
  return (value) => hexDigits(value, isFilled ? bits : 1);
}

// src/cli/romShow.ts
var mostInWords = 16;
var mostBins = 8;
function showReport(rom) {
  const { file, format, findings, packing } = rom;
  const words = readableWords(rom);
  const depth = rom.depth ?? words.at(-1).address + 1;
  const bits = rom.width ?? words.reduce((most2, word) => Math.max(most2, word.bits), 1);
  const digits = digitsOf(words, bits);
  const histogram = histogramOf(words, packing, digits);
  const gates2 = gatesOf2(rom);
  const unpack = packing && wordUnpacker(packing);
  const rows = words.map(({ address, value }) => ({
    address,
    word: digits(value),
    ...unpack && { integers: unpack(value).map((integer3) => integer3 ?? null) }
  }));
  const shown4 = words.slice(0, mostInWords).map(({ address, value }) => {
    const integers = packing === void 0 ? "" : `  ${wordInIntegers(value, packing)}`;
    return `  ${String(address).padStart(String(depth - 1).length)}  ${digits(value)}${integers}`;
  });
  const text = [
    `${import_node_path.default.basename(file)}: ${format}, ${depth} words of ${bits} bits${findings.length === 0 ? "" : `; ${findings.length} findings, see tritloom rom lint`}`,
    `${packing === void 0 ? "words" : "integers"}: ${inWords(histogram)}`,
    ...gates2.map(({ gate, counts }) => `gate ${gate}: ${inWords(counts)}`),
    ...shown4,
    ...words.length > mostInWords ? [`  and ${words.length - mostInWords} words more`] : []
  ].join("\n");
  return { text, json: { file, format, width: bits, depth, histogram, ...gates2.length > 0 && { gates: gates2 }, words: rows, findings } };
}
function readableWords(rom) {
  const words = wordsByAddress(rom);
  if (words.length === 0) {
    const error2 = rom.findings.find(({ severity }) => severity === "error");
    throw new Error(`${rom.file}: ${error2?.message ?? "The file holds no word."}`);
  }
  return words;
}
function histogramOf(words, packing, digits) {
  const counts = /* @__PURE__ */ new Map();
  const count5 = (value) => void counts.set(value, (counts.get(value) ?? 0) + 1);
  if (packing === void 0) {
    words.forEach(({ value }) => count5(value));
  } else {
    const unpack = wordUnpacker(packing);
    words.forEach(({ value }) => unpack(value).forEach(count5));
  }
  const inText = (value) => typeof value === "bigint" ? digits(value) : signed(value);
  return [...counts].map(([value, times]) => ({ value: inText(value), count: times })).toSorted((one, other) => other.count - one.count);
}
function gatesOf2(rom) {
  const weights = romWeights(rom);
  return (weights === void 0 ? [] : gateHistogram(weights)).map(({ gate, counts }) => ({
    gate,
    counts: [...counts].map(([value, count5]) => ({ value: signed(value), count: count5 }))
  }));
}
function inWords(histogram) {
  const bins = histogram.slice(0, mostBins).map(({ value, count: count5 }) => `${value} ${count5} times`);
  return [...bins, ...histogram.length > mostBins ? [`${histogram.length - mostBins} more values`] : []].join(", ");
}

// src/data/csv.ts
var CsvError = class extends Error {
  name = "CsvError";
};
function* csvRows(text, delimiter = ",") {
  const reader = new FieldReader(text.startsWith("\uFEFF") ? text.slice(1) : text, delimiter);
  while (!reader.atEnd) {
    const line = reader.line;
    const fields = [reader.field()];
    while (reader.skipDelimiter()) {
      fields.push(reader.field());
    }
    const empty = reader.at === reader.start && fields.length === 1;
    reader.skipLineEnd();
    if (!empty) {
      yield { line, fields };
    }
  }
}
var FieldReader = class {
  constructor(text, delimiter) {
    this.text = text;
    this.delimiter = delimiter;
  }
  text;
  delimiter;
  at = 0;
  line = 1;
  /** Where the row begins. */
  start = 0;
  get atEnd() {
    return this.at >= this.text.length;
  }
  skipDelimiter() {
    const found2 = this.text[this.at] === this.delimiter;
    this.at += found2 ? 1 : 0;
    return found2;
  }
  skipLineEnd() {
    this.at += this.text.startsWith("\r\n", this.at) ? 2 : 1;
    this.line++;
    this.start = this.at;
  }
  field() {
    return this.text[this.at] === '"' ? this.quoted() : this.plain();
  }
  plain() {
    const from = this.at;
    while (!this.atEnd && !this.endsField()) {
      this.at++;
    }
    return this.text.slice(from, this.at);
  }
  quoted() {
    const begins = this.line;
    const pieces = [];
    do {
      const from = this.at + 1;
      const end = this.text.indexOf('"', from);
      if (end < 0) {
        throw new CsvError(`line ${begins}: a field begins with a double quote, and none ends it`);
      }
      pieces.push(this.text.slice(from, end));
      this.at = end + 1;
    } while (this.text[this.at] === '"');
    const value = pieces.join('"');
    this.line += value.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (!this.atEnd && !this.endsField()) {
      throw new CsvError(`line ${this.line}: after the double quote that ends a field comes ${JSON.stringify(this.text[this.at])}`);
    }
    return value;
  }
  endsField() {
    const character = this.text[this.at];
    return character === this.delimiter || character === "\n" || character === "\r";
  }
};

// src/extension/romEditor/romSnapshot.ts
var import_node_path2 = __toESM(require("node:path"));
var mostWords = 65536;
var mostCells = 4194304;
function romSnapshot(rom) {
  const { file, words, findings } = rom;
  const bits = bitsOf(rom);
  const shown4 = words.slice(0, mostWords);
  const digits = digitsOf(shown4, bits);
  return {
    title: import_node_path2.default.basename(file),
    summary: summaryOf(rom, bits),
    findings: findings.map(({ line, rule, severity, message }) => ({ line, rule, severity, message })),
    picture: pictureOf(rom, bits),
    words: {
      total: words.length,
      shown: shown4.map(({ address, value, line }) => ({ address, digits: digits(value), line }))
    }
  };
}
function bitsOf({ width, words }) {
  return width ?? words.reduce((most2, word) => Math.max(most2, word.bits), 1);
}
function summaryOf({ format, words, manifest: manifest2 }, bits) {
  if (format === void 0) {
    return "not a known ROM format";
  }
  const meaning = manifest2 === void 0 ? "; without the manifest of an export beside it, bits are shown as they are" : "";
  return `${format}, ${words.length.toLocaleString("en-US")} words of ${bits} bits${meaning}`;
}
function pictureOf(rom, bits) {
  const weights = romWeights(rom);
  if (weights !== void 0) {
    const { inputs, units, gates: gates2, values: values2 } = weights;
    const blocks = gates2.map((gate) => ({ label: `gate ${gate}`, columns: units, columnName: "unit" }));
    return picture("input", inputs, blocks, values2);
  }
  const words = wordsByAddress(rom);
  const { packing } = rom;
  const columns = packing?.lanes ?? bits;
  if (words.length === 0 || words.length * columns > mostCells) {
    return null;
  }
  const values = new Int32Array(words.length * columns);
  const putWord = packing === void 0 ? putBits(values, bits) : putIntegers(values, packing);
  words.forEach(({ value }, row) => putWord(value, row * columns));
  const block = packing === void 0 ? { label: "bits, the most significant first", columnName: "place" } : { label: "lanes", columnName: "lane" };
  return picture("word", words.length, [{ ...block, columns }], values);
}
function putBits(values, bits) {
  return (word, at) => {
    const digits = word.toString(2).padStart(bits, "0").slice(-bits);
    for (let place = 0; place < bits; place++) {
      values[at + place] = digits.charCodeAt(place) - "0".charCodeAt(0);
    }
  };
}
function putIntegers(values, packing) {
  const unpack = wordUnpacker(packing);
  return (word, at) => unpack(word).forEach((integer3, lane) => values[at + lane] = integer3 ?? noWeight);
}
function picture(rowName, rows, blocks, values) {
  if (values.length > mostCells) {
    return null;
  }
  return { rowName, rows, blocks, values: Buffer.from(values.buffer).toString("base64") };
}

// node_modules/zod/v4/core/util.js
var util_exports = {};
__export(util_exports, {
  BIGINT_FORMAT_RANGES: () => BIGINT_FORMAT_RANGES,
  CONSTANT_CATCH: () => CONSTANT_CATCH,
  Class: () => Class,
  NUMBER_FORMAT_RANGES: () => NUMBER_FORMAT_RANGES,
  aborted: () => aborted,
  allowsEval: () => allowsEval,
  assert: () => assert,
  assertEqual: () => assertEqual,
  assertIs: () => assertIs,
  assertNever: () => assertNever,
  assertNotEqual: () => assertNotEqual,
  assignProp: () => assignProp,
  attachSchema: () => attachSchema,
  base64ToUint8Array: () => base64ToUint8Array,
  base64urlToUint8Array: () => base64urlToUint8Array,
  cached: () => cached,
  captureStackTrace: () => captureStackTrace,
  cleanEnum: () => cleanEnum,
  cleanRegex: () => cleanRegex,
  clone: () => clone,
  cloneDef: () => cloneDef,
  codePointLength: () => codePointLength,
  constantCatch: () => constantCatch,
  createTransparentProxy: () => createTransparentProxy,
  defineLazy: () => defineLazy,
  defineLazyInternal: () => defineLazyInternal,
  derived: () => derived,
  esc: () => esc,
  escapeRegex: () => escapeRegex,
  explicitlyAborted: () => explicitlyAborted,
  extend: () => extend,
  finalizeIssue: () => finalizeIssue,
  floatSafeRemainder: () => floatSafeRemainder,
  getElementAtPath: () => getElementAtPath,
  getEnumValues: () => getEnumValues,
  getLengthableOrigin: () => getLengthableOrigin,
  getParsedType: () => getParsedType,
  getSizableOrigin: () => getSizableOrigin,
  hexToUint8Array: () => hexToUint8Array,
  hide: () => hide,
  installLazyProp: () => installLazyProp,
  isObject: () => isObject,
  isPlainObject: () => isPlainObject,
  issue: () => issue,
  joinValues: () => joinValues,
  jsonStringifyReplacer: () => jsonStringifyReplacer,
  members: () => members,
  merge: () => merge,
  mergeDefs: () => mergeDefs,
  normalizeParams: () => normalizeParams,
  nullish: () => nullish,
  numKeys: () => numKeys,
  objectClone: () => objectClone,
  omit: () => omit,
  optionalKeys: () => optionalKeys,
  own: () => own,
  parsedType: () => parsedType,
  partial: () => partial,
  pick: () => pick,
  prefixIssues: () => prefixIssues,
  primitiveTypes: () => primitiveTypes,
  promiseAllObject: () => promiseAllObject,
  propertyKeyTypes: () => propertyKeyTypes,
  randomString: () => randomString,
  rawShape: () => rawShape,
  required: () => required,
  safeExtend: () => safeExtend,
  shallowClone: () => shallowClone,
  sizeCaps: () => sizeCaps,
  slugify: () => slugify,
  stringifyPrimitive: () => stringifyPrimitive,
  toZod: () => toZod,
  uint8ArrayToBase64: () => uint8ArrayToBase64,
  uint8ArrayToBase64url: () => uint8ArrayToBase64url,
  uint8ArrayToHex: () => uint8ArrayToHex,
  unwrapMessage: () => unwrapMessage
});
function assertEqual(val) {
  return val;
}
function assertNotEqual(val) {
  return val;
}
function toZod() {
  return (schema) => schema;
}
function assertIs(_arg) {
}
function assertNever(_x) {
  throw new Error("Unexpected value in exhaustive check");
}
function assert(_) {
}
function getEnumValues(entries) {
  const numericValues = Object.values(entries).filter((v) => typeof v === "number");
  const values = Object.entries(entries).filter(([k, _]) => numericValues.indexOf(+k) === -1).map(([_, v]) => v);
  return values;
}
function joinValues(array2, separator = "|") {
  return array2.map((val) => stringifyPrimitive(val)).join(separator);
}
function jsonStringifyReplacer(_, value) {
  if (typeof value === "bigint")
    return value.toString();
  return value;
}
var Cached = class {
  constructor(getter) {
    this._getter = getter;
    this._value = void 0;
  }
  get value() {
    const getter = this._getter;
    if (getter !== void 0) {
      this._value = getter();
      this._getter = void 0;
    }
    return this._value;
  }
};
function cached(getter) {
  return new Cached(getter);
}
function nullish(input) {
  return input === null || input === void 0;
}
function cleanRegex(source) {
  const start = source.startsWith("^") ? 1 : 0;
  const end = source.endsWith("$") ? source.length - 1 : source.length;
  return source.slice(start, end);
}
function floatSafeRemainder(val, step2) {
  const ratio = val / step2;
  const roundedRatio = Math.round(ratio);
  const tolerance = 4 * Number.EPSILON * Math.max(Math.abs(ratio), 1);
  if (Math.abs(ratio - roundedRatio) < tolerance)
    return 0;
  return ratio - roundedRatio;
}
var EVALUATING = /* @__PURE__ */ Symbol("evaluating");
function defineLazy(object2, key, getter) {
  let value = void 0;
  Object.defineProperty(object2, key, {
    get() {
      if (value === EVALUATING) {
        return void 0;
      }
      if (value === void 0) {
        value = EVALUATING;
        value = getter();
      }
      return value;
    },
    set(v) {
      Object.defineProperty(object2, key, {
        value: v
        // configurable: true,
      });
    },
    configurable: true
  });
}
function objectClone(obj) {
  return Object.create(Object.getPrototypeOf(obj), Object.getOwnPropertyDescriptors(obj));
}
function assignProp(target2, prop, value) {
  Object.defineProperty(target2, prop, {
    value,
    writable: true,
    enumerable: true,
    configurable: true
  });
}
function rawShape(def) {
  const desc = Object.getOwnPropertyDescriptor(def, "shape");
  return desc?.get ? desc.get.raw : desc?.value;
}
function sourceShape(schema) {
  return rawShape(schema._zod.def) ?? schema._zod.def.shape;
}
function deferProp(target2, key, getter) {
  Object.defineProperty(target2, key, {
    get() {
      const value = getter();
      assignProp(this, key, value);
      return value;
    },
    enumerable: true,
    configurable: true
  });
}
function putProp(target2, key, value) {
  if (key in target2)
    assignProp(target2, key, value);
  else
    target2[key] = value;
}
function mirrorShape(target2, source, keys, wrap) {
  const raw = sourceShape(source);
  for (const key of keys) {
    const desc = Object.getOwnPropertyDescriptor(raw, key);
    if (!desc.enumerable)
      continue;
    if (desc.get) {
      deferProp(target2, key, () => {
        const value = source._zod.def.shape[key];
        return wrap ? wrap(value, key) : value;
      });
    } else
      putProp(target2, key, wrap ? wrap(desc.value, key) : desc.value);
  }
}
function mirrorProps(target2, source) {
  for (const key of Reflect.ownKeys(source)) {
    const desc = Object.getOwnPropertyDescriptor(source, key);
    if (!desc.enumerable)
      continue;
    if (desc.get)
      deferProp(target2, key, () => source[key]);
    else
      putProp(target2, key, desc.value);
  }
}
function mergeDefs(...defs) {
  const mergedDescriptors = {};
  for (const def of defs) {
    const descriptors = Object.getOwnPropertyDescriptors(def);
    Object.assign(mergedDescriptors, descriptors);
  }
  return Object.defineProperties({}, mergedDescriptors);
}
function cloneDef(schema) {
  return mergeDefs(schema._zod.def);
}
function getElementAtPath(obj, path5) {
  if (!path5)
    return obj;
  return path5.reduce((acc, key) => acc?.[key], obj);
}
function promiseAllObject(promisesObj) {
  const keys = Object.keys(promisesObj);
  const promises = keys.map((key) => promisesObj[key]);
  return Promise.all(promises).then((results) => {
    const resolvedObj = {};
    for (let i = 0; i < keys.length; i++) {
      resolvedObj[keys[i]] = results[i];
    }
    return resolvedObj;
  });
}
function randomString(length = 10) {
  const chars = "abcdefghijklmnopqrstuvwxyz";
  let str = "";
  for (let i = 0; i < length; i++) {
    str += chars[Math.floor(Math.random() * chars.length)];
  }
  return str;
}
function esc(str) {
  return JSON.stringify(str);
}
function slugify(input) {
  return input.toLowerCase().trim().replace(/[^\w\s-]/g, "").replace(/[\s_-]+/g, "-").replace(/^-+|-+$/g, "");
}
var captureStackTrace = "captureStackTrace" in Error ? Error.captureStackTrace : (..._args) => {
};
function isObject(data2) {
  return typeof data2 === "object" && data2 !== null && !Array.isArray(data2);
}
var allowsEval = /* @__PURE__ */ cached(() => {
  if (globalConfig.jitless) {
    return false;
  }
  if (typeof navigator !== "undefined" && navigator?.userAgent?.includes("Cloudflare")) {
    return false;
  }
  try {
    const F = Function;
    new F("");
    return true;
  } catch (_) {
    return false;
  }
});
function isPlainObject(o) {
  if (isObject(o) === false)
    return false;
  const ctor = o.constructor;
  if (ctor === void 0)
    return true;
  if (typeof ctor !== "function")
    return true;
  const prot = ctor.prototype;
  if (isObject(prot) === false)
    return false;
  if (Object.prototype.hasOwnProperty.call(prot, "isPrototypeOf") === false) {
    return false;
  }
  return true;
}
function shallowClone(o) {
  if (isPlainObject(o))
    return { ...o };
  if (Array.isArray(o))
    return [...o];
  if (o instanceof Map)
    return new Map(o);
  if (o instanceof Set)
    return new Set(o);
  return o;
}
function numKeys(data2) {
  let keyCount = 0;
  for (const key in data2) {
    if (Object.prototype.hasOwnProperty.call(data2, key)) {
      keyCount++;
    }
  }
  return keyCount;
}
var getParsedType = (data2) => {
  const t = typeof data2;
  switch (t) {
    case "undefined":
      return "undefined";
    case "string":
      return "string";
    case "number":
      return Number.isNaN(data2) ? "nan" : "number";
    case "boolean":
      return "boolean";
    case "function":
      return "function";
    case "bigint":
      return "bigint";
    case "symbol":
      return "symbol";
    case "object":
      if (Array.isArray(data2)) {
        return "array";
      }
      if (data2 === null) {
        return "null";
      }
      if (data2.then && typeof data2.then === "function" && data2.catch && typeof data2.catch === "function") {
        return "promise";
      }
      if (typeof Map !== "undefined" && data2 instanceof Map) {
        return "map";
      }
      if (typeof Set !== "undefined" && data2 instanceof Set) {
        return "set";
      }
      if (typeof Date !== "undefined" && data2 instanceof Date) {
        return "date";
      }
      if (typeof File !== "undefined" && data2 instanceof File) {
        return "file";
      }
      return "object";
    default:
      throw new Error(`Unknown data type: ${t}`);
  }
};
var propertyKeyTypes = /* @__PURE__ */ new Set(["string", "number", "symbol"]);
var primitiveTypes = /* @__PURE__ */ new Set([
  "string",
  "number",
  "bigint",
  "boolean",
  "symbol",
  "undefined"
]);
function escapeRegex(str) {
  return str.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
function clone(inst, def, params) {
  const cl = new inst._zod.constr(def ?? inst._zod.def);
  if (!def || params?.parent)
    cl._zod.parent = inst;
  return cl;
}
function normalizeParams(_params) {
  const params = _params;
  if (!params)
    return {};
  if (typeof params === "string")
    return { error: () => params };
  if (params?.message !== void 0) {
    if (params?.error !== void 0)
      throw new Error("Cannot specify both `message` and `error` params");
    params.error = params.message;
  }
  delete params.message;
  if (typeof params.error === "string")
    return { ...params, error: () => params.error };
  return params;
}
function createTransparentProxy(getter) {
  let target2;
  return new Proxy({}, {
    get(_, prop, receiver) {
      target2 ?? (target2 = getter());
      return Reflect.get(target2, prop, receiver);
    },
    set(_, prop, value, receiver) {
      target2 ?? (target2 = getter());
      return Reflect.set(target2, prop, value, receiver);
    },
    has(_, prop) {
      target2 ?? (target2 = getter());
      return Reflect.has(target2, prop);
    },
    deleteProperty(_, prop) {
      target2 ?? (target2 = getter());
      return Reflect.deleteProperty(target2, prop);
    },
    ownKeys(_) {
      target2 ?? (target2 = getter());
      return Reflect.ownKeys(target2);
    },
    getOwnPropertyDescriptor(_, prop) {
      target2 ?? (target2 = getter());
      return Reflect.getOwnPropertyDescriptor(target2, prop);
    },
    defineProperty(_, prop, descriptor) {
      target2 ?? (target2 = getter());
      return Reflect.defineProperty(target2, prop, descriptor);
    }
  });
}
function stringifyPrimitive(value) {
  if (typeof value === "bigint")
    return value.toString() + "n";
  if (typeof value === "string")
    return `"${value}"`;
  return `${value}`;
}
function optionalKeys(shape) {
  return Object.keys(shape).filter((k) => {
    return shape[k]._zod.optin !== void 0 && shape[k]._zod.optout === "optional";
  });
}
var NUMBER_FORMAT_RANGES = /* @__PURE__ */ (() => ({
  safeint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  float32: [-34028234663852886e22, 34028234663852886e22],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE]
}))();
var BIGINT_FORMAT_RANGES = {
  int64: [/* @__PURE__ */ BigInt("-9223372036854775808"), /* @__PURE__ */ BigInt("9223372036854775807")],
  uint64: [/* @__PURE__ */ BigInt(0), /* @__PURE__ */ BigInt("18446744073709551615")]
};
function pick(schema, mask) {
  const currDef = schema._zod.def;
  const checks = currDef.checks;
  const hasChecks = checks && checks.length > 0;
  if (hasChecks) {
    throw new Error(".pick() cannot be used on object schemas containing refinements");
  }
  const newShape = {};
  mirrorShape(newShape, schema, maskedKeys(schema, mask));
  return clone(schema, mergeDefs(currDef, { shape: newShape, checks: [] }));
}
function maskedKeys(schema, mask) {
  const raw = sourceShape(schema);
  const keys = [];
  for (const key of Reflect.ownKeys(mask)) {
    if (!Object.getOwnPropertyDescriptor(raw, key)?.enumerable) {
      throw new Error(`Unrecognized key: "${String(key)}"`);
    }
    if (mask[key])
      keys.push(key);
  }
  return keys;
}
function omit(schema, mask) {
  const currDef = schema._zod.def;
  const checks = currDef.checks;
  const hasChecks = checks && checks.length > 0;
  if (hasChecks) {
    throw new Error(".omit() cannot be used on object schemas containing refinements");
  }
  const omitted = new Set(maskedKeys(schema, mask));
  const newShape = {};
  mirrorShape(newShape, schema, Reflect.ownKeys(sourceShape(schema)).filter((key) => !omitted.has(key)));
  return clone(schema, mergeDefs(currDef, { shape: newShape, checks: [] }));
}
function extend(schema, shape) {
  if (!isPlainObject(shape)) {
    throw new Error("Invalid input to extend: expected a plain object");
  }
  const checks = schema._zod.def.checks;
  const hasChecks = checks && checks.length > 0;
  if (hasChecks) {
    const existingShape = sourceShape(schema);
    for (const key of Reflect.ownKeys(shape)) {
      if (Object.getOwnPropertyDescriptor(existingShape, key) !== void 0) {
        throw new Error("Cannot overwrite keys on object schemas containing refinements. Use `.safeExtend()` instead.");
      }
    }
  }
  return clone(schema, mergeDefs(schema._zod.def, { shape: extended(schema, shape) }));
}
function extended(schema, shape) {
  const newShape = {};
  mirrorShape(newShape, schema, Reflect.ownKeys(sourceShape(schema)));
  mirrorProps(newShape, shape);
  return newShape;
}
function safeExtend(schema, shape) {
  if (!isPlainObject(shape)) {
    throw new Error("Invalid input to safeExtend: expected a plain object");
  }
  return clone(schema, mergeDefs(schema._zod.def, { shape: extended(schema, shape) }));
}
function merge(a, b) {
  if (!b?._zod?.def) {
    throw new Error("Invalid input to merge: expected an object schema. To merge a plain shape, use `.extend()`.");
  }
  if (a._zod.def.checks?.length) {
    throw new Error(".merge() cannot be used on object schemas containing refinements. Use .safeExtend() instead.");
  }
  const newShape = {};
  mirrorShape(newShape, a, Reflect.ownKeys(sourceShape(a)));
  mirrorShape(newShape, b, Reflect.ownKeys(sourceShape(b)));
  const def = mergeDefs(a._zod.def, {
    shape: newShape,
    get catchall() {
      return b._zod.def.catchall;
    },
    checks: b._zod.def.checks ?? []
  });
  return clone(a, def);
}
function partial(Class2, schema, mask, name2 = "partial") {
  const currDef = schema._zod.def;
  const checks = currDef.checks;
  const hasChecks = checks && checks.length > 0;
  if (hasChecks) {
    throw new Error(`.${name2}() cannot be used on object schemas containing refinements`);
  }
  const selected = mask ? new Set(maskedKeys(schema, mask)) : void 0;
  const newShape = {};
  mirrorShape(newShape, schema, Reflect.ownKeys(sourceShape(schema)), Class2 && ((value, key) => selected && !selected.has(key) ? value : new Class2({ type: "optional", innerType: value })));
  return clone(schema, mergeDefs(schema._zod.def, { shape: newShape, checks: [] }));
}
function required(Class2, schema, mask) {
  const selected = mask ? new Set(maskedKeys(schema, mask)) : void 0;
  const newShape = {};
  mirrorShape(newShape, schema, Reflect.ownKeys(sourceShape(schema)), (value, key) => (
    // overwrite with non-optional
    selected && !selected.has(key) ? value : new Class2({ type: "nonoptional", innerType: value })
  ));
  return clone(schema, mergeDefs(schema._zod.def, { shape: newShape }));
}
function aborted(x, startIndex = 0) {
  if (x.aborted === true)
    return true;
  for (let i = startIndex; i < x.issues.length; i++) {
    if (x.issues[i]?.continue !== true) {
      return true;
    }
  }
  return false;
}
function explicitlyAborted(x, startIndex = 0) {
  if (x.aborted === true)
    return true;
  for (let i = startIndex; i < x.issues.length; i++) {
    if (x.issues[i]?.continue === false) {
      return true;
    }
  }
  return false;
}
function prefixIssues(path5, issues) {
  return issues.map((iss) => {
    var _a3;
    (_a3 = iss).path ?? (_a3.path = []);
    iss.path.unshift(path5);
    return iss;
  });
}
function unwrapMessage(message) {
  return typeof message === "string" ? message : message?.message;
}
function sizeCaps(defChecks) {
  const caps = [];
  for (const ch of defChecks ?? []) {
    const d = ch._zod.def;
    if (!/_(length|size)$|_equals$/.test(d.check))
      break;
    const max = d.maximum ?? d.length ?? d.size;
    if (max >= 0)
      caps.push([max, ch]);
  }
  return caps;
}
function attachSchema(issues, start, inst) {
  var _a3;
  for (let i = start; i < issues.length; i++) {
    (_a3 = issues[i]).schema ?? (_a3.schema = inst);
  }
}
function finalizeIssue(iss, ctx, config2) {
  var _a3;
  const traits = iss.inst?._zod?.traits;
  if (traits?.has("$ZodType")) {
    if (traits.has("$ZodCheck"))
      (_a3 = iss).schema ?? (_a3.schema = iss.inst);
    else
      iss.schema = iss.inst;
  }
  const schemaError = iss.schema !== iss.inst ? iss.schema?._zod.def?.error : void 0;
  const message = iss.message ? iss.message : unwrapMessage(iss.inst?._zod.def?.error?.(iss)) ?? unwrapMessage(schemaError?.(iss)) ?? unwrapMessage(ctx?.error?.(iss)) ?? unwrapMessage(config2.customError?.(iss)) ?? unwrapMessage(config2.localeError?.(iss)) ?? "Invalid input";
  const full = {};
  for (const k of Object.keys(iss)) {
    if (k === "inst" || k === "schema" || k === "continue" || k === "input" || k === "__proto__")
      continue;
    full[k] = iss[k];
  }
  full.path ?? (full.path = []);
  full.message = message;
  if (ctx?.reportInput) {
    full.input = iss.input;
  }
  return full;
}
function getSizableOrigin(input) {
  if (input instanceof Set)
    return "set";
  if (input instanceof Map)
    return "map";
  if (input instanceof File)
    return "file";
  return "unknown";
}
var highSurrogate = /[\uD800-\uDBFF]/;
function codePointLength(str) {
  const units = str.length;
  if (!highSurrogate.test(str))
    return units;
  let count5 = units;
  for (let i = 0; i < units - 1; i++) {
    if ((str.charCodeAt(i) & 64512) === 55296 && (str.charCodeAt(i + 1) & 64512) === 56320) {
      count5--;
      i++;
    }
  }
  return count5;
}
function getLengthableOrigin(input) {
  if (Array.isArray(input))
    return "array";
  if (typeof input === "string")
    return "string";
  return "unknown";
}
function parsedType(data2) {
  const t = typeof data2;
  switch (t) {
    case "number": {
      return Number.isNaN(data2) ? "nan" : "number";
    }
    case "object": {
      if (data2 === null) {
        return "null";
      }
      if (Array.isArray(data2)) {
        return "array";
      }
      const obj = data2;
      if (obj && Object.getPrototypeOf(obj) !== Object.prototype && "constructor" in obj && obj.constructor) {
        return obj.constructor.name;
      }
    }
  }
  return t;
}
function issue(...args) {
  const [iss, input, inst] = args;
  if (typeof iss === "string") {
    return {
      message: iss,
      code: "custom",
      input,
      inst
    };
  }
  return { ...iss };
}
function cleanEnum(obj) {
  return Object.entries(obj).filter(([k, _]) => {
    return Number.isNaN(Number.parseInt(k, 10));
  }).map((el) => el[1]);
}
function base64ToUint8Array(base642) {
  const binaryString = atob(base642);
  const bytes = new Uint8Array(binaryString.length);
  for (let i = 0; i < binaryString.length; i++) {
    bytes[i] = binaryString.charCodeAt(i);
  }
  return bytes;
}
function uint8ArrayToBase64(bytes) {
  let binaryString = "";
  for (let i = 0; i < bytes.length; i++) {
    binaryString += String.fromCharCode(bytes[i]);
  }
  return btoa(binaryString);
}
function base64urlToUint8Array(base64url2) {
  const base642 = base64url2.replace(/-/g, "+").replace(/_/g, "/");
  const padding = "=".repeat((4 - base642.length % 4) % 4);
  return base64ToUint8Array(base642 + padding);
}
function uint8ArrayToBase64url(bytes) {
  return uint8ArrayToBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}
function hexToUint8Array(hex) {
  const cleanHex = hex.replace(/^0x/, "");
  if (cleanHex.length % 2 !== 0) {
    throw new Error("Invalid hex string length");
  }
  const bytes = new Uint8Array(cleanHex.length / 2);
  for (let i = 0; i < cleanHex.length; i += 2) {
    bytes[i / 2] = Number.parseInt(cleanHex.slice(i, i + 2), 16);
  }
  return bytes;
}
function uint8ArrayToHex(bytes) {
  return Array.from(bytes).map((b) => b.toString(16).padStart(2, "0")).join("");
}
var Class = class {
  constructor(..._args) {
  }
};
function members(proto, table) {
  for (const key in table) {
    const desc = Object.getOwnPropertyDescriptor(table, key);
    if (desc.get)
      Object.defineProperty(proto, key, { ...desc, enumerable: false });
    else
      defineBound(proto, key, desc.value);
  }
}
function own(inst, key, value, enumerable = true) {
  Object.defineProperty(inst, key, { configurable: true, writable: true, enumerable, value });
  return value;
}
function hide(inst, key, value) {
  return own(inst, key, value, false);
}
// @__NO_SIDE_EFFECTS__
function derived(computes, table) {
  for (const key in computes) {
    const compute = computes[key];
    Object.defineProperty(table, key, {
      configurable: true,
      enumerable: true,
      get() {
        return own(this, key, compute(this));
      },
      set(value) {
        own(this, key, value);
      }
    });
  }
  return table;
}
function defineBound(proto, key, fn) {
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      return this == null ? fn : own(this, key, fn.bind(this));
    },
    set(value) {
      own(this, key, value);
    }
  });
}
function claim(inst, sentinel) {
  const proto = Object.getPrototypeOf(inst);
  return sentinel in proto ? void 0 : proto;
}
var installing;
var broke = false;
var breaker = {
  configurable: true,
  get() {
    broke = true;
    return void 0;
  }
};
function defineLazyInternal(inst, key, compute) {
  const proto = Object.getPrototypeOf(inst._zod);
  if (key in proto && installing !== inst._zod) {
    installing = void 0;
    return;
  }
  installing = inst._zod;
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      Object.defineProperty(this, key, breaker);
      const outer = broke;
      broke = false;
      try {
        const value = compute(this);
        if (broke)
          delete this[key];
        else
          Object.defineProperty(this, key, { configurable: true, writable: true, value });
        broke = broke || outer;
        return value;
      } catch (err) {
        delete this[key];
        broke = broke || outer;
        throw err;
      }
    },
    set(value) {
      Object.defineProperty(this, key, { configurable: true, writable: true, value });
    }
  });
}
function installLazyProp(inst, key, make, enumerable) {
  const proto = claim(inst, key);
  if (!proto)
    return;
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      const desc = { configurable: true, writable: true, enumerable, value: void 0 };
      Object.defineProperty(this, key, desc);
      desc.value = make(this);
      Object.defineProperty(this, key, desc);
      return desc.value;
    },
    set(value) {
      Object.defineProperty(this, key, { configurable: true, writable: true, enumerable, value });
    }
  });
}
var CONSTANT_CATCH = "~constantCatch";
function constantCatch(value) {
  const fn = () => value;
  fn[CONSTANT_CATCH] = true;
  return fn;
}

// node_modules/zod/v4/core/core.js
var _a;
var _zodDesc = { value: void 0, enumerable: false };
var _E = "captureStackTrace" in Error ? Error : null;
function newError(Definition) {
  const E = _E;
  if (E) {
    const saved = E.stackTraceLimit;
    if (typeof saved === "number") {
      try {
        E.stackTraceLimit = 0;
      } catch {
        _E = null;
        return new Definition();
      }
      try {
        return new Definition();
      } finally {
        E.stackTraceLimit = saved;
      }
    }
  }
  return new Definition();
}
// @__NO_SIDE_EFFECTS__
function $constructor(name2, initializer3, proto, params) {
  const zodProto = {};
  function Internals(def) {
    this.def = def;
    this.constr = _;
    this.traits = /* @__PURE__ */ new Set();
  }
  Internals.prototype = zodProto;
  const protoMembers = proto;
  const initialized = protoMembers && /* @__PURE__ */ new WeakSet();
  function init(inst, def) {
    if (!inst._zod) {
      _zodDesc.value = new Internals(def);
      try {
        Object.defineProperty(inst, "_zod", _zodDesc);
      } finally {
        _zodDesc.value = void 0;
      }
    } else if (inst._zod.traits.has(name2)) {
      return;
    }
    inst._zod.traits.add(name2);
    initializer3(inst, def);
    if (initialized) {
      const own2 = Object.getPrototypeOf(inst);
      const ctorProto = inst._zod.constr.prototype;
      let up = own2;
      while (up && up !== ctorProto)
        up = Object.getPrototypeOf(up);
      const target2 = up ?? own2;
      if (!initialized.has(target2)) {
        initialized.add(target2);
        members(target2, protoMembers);
      }
    }
    const proto2 = _.prototype;
    for (const k in proto2) {
      if (!Object.prototype.hasOwnProperty.call(proto2, k))
        continue;
      if (!(k in inst)) {
        inst[k] = proto2[k].bind(inst);
      }
    }
  }
  const Parent = params?.Parent ?? Object;
  class Definition extends Parent {
  }
  Object.defineProperty(Definition, "name", { value: name2 });
  function _(def) {
    const inst = params?.Parent ? newError(Definition) : this;
    init(inst, def);
    const deferred = inst._zod.deferred;
    if (deferred) {
      for (const fn of deferred) {
        fn();
      }
      inst._zod.deferred = void 0;
    }
    const pp = globalThis.__zod_globalConfig?.postProcessor;
    if (pp)
      pp(inst);
    return inst;
  }
  Object.defineProperty(_, "init", { value: init });
  Object.defineProperty(_, Symbol.hasInstance, {
    value: (inst) => {
      if (params?.Parent && inst instanceof params.Parent)
        return true;
      return inst?._zod?.traits?.has(name2);
    }
  });
  Object.defineProperty(_, "name", { value: name2 });
  return _;
}
var $ZodAsyncError = class extends Error {
  constructor() {
    super(`Encountered Promise during synchronous parse. Use .parseAsync() instead.`);
  }
};
var $ZodEncodeError = class extends Error {
  constructor(name2) {
    super(`Encountered unidirectional transform during encode: ${name2}`);
    this.name = "ZodEncodeError";
  }
};
(_a = globalThis).__zod_globalConfig ?? (_a.__zod_globalConfig = {});
var globalConfig = globalThis.__zod_globalConfig;
function config(newConfig) {
  if (newConfig)
    Object.assign(globalConfig, newConfig);
  return globalConfig;
}

// node_modules/zod/v4/core/errors.js
function _getMessage() {
  const internals = this._zod;
  internals.message ?? (internals.message = JSON.stringify(internals.def, jsonStringifyReplacer, 2));
  return internals.message;
}
function _setMessage(value) {
  this._zod.message = value;
}
var _messageDesc = {
  get: _getMessage,
  set: _setMessage,
  enumerable: true,
  configurable: true
};
var _issuesDesc = { value: void 0, enumerable: false };
var _installedToString = /* @__PURE__ */ new WeakSet([Object.prototype, Error.prototype]);
var initializer = (inst, def) => {
  inst.name = "$ZodError";
  _issuesDesc.value = def;
  Object.defineProperty(inst, "issues", _issuesDesc);
  _issuesDesc.value = void 0;
  Object.defineProperty(inst, "message", _messageDesc);
  const proto = Object.getPrototypeOf(inst);
  if (!_installedToString.has(proto)) {
    _installedToString.add(proto);
    Object.defineProperty(proto, "toString", {
      configurable: true,
      enumerable: false,
      get() {
        const value = () => this.message;
        Object.defineProperty(this, "toString", { value, configurable: true, writable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(this, "toString", { value, configurable: true, writable: true });
      }
    });
  }
};
var $ZodError = $constructor("$ZodError", initializer);
var $ZodRealError = $constructor("$ZodError", initializer, void 0, {
  Parent: Error
});
function node(obj, key, make) {
  if (!Object.prototype.hasOwnProperty.call(obj, key)) {
    if (key === "__proto__") {
      Object.defineProperty(obj, key, { value: make(), writable: true, enumerable: true, configurable: true });
    } else {
      obj[key] = make();
    }
  }
  return obj[key];
}
function flattenError(error2, mapper = (issue2) => issue2.message) {
  const fieldErrors = {};
  const formErrors = [];
  for (const sub of error2.issues) {
    if (sub.path.length > 0) {
      node(fieldErrors, sub.path[0], () => []).push(mapper(sub));
    } else {
      formErrors.push(mapper(sub));
    }
  }
  return { formErrors, fieldErrors };
}
function formatError(error2, mapper = (issue2) => issue2.message) {
  const fieldErrors = { _errors: [] };
  const processError = (error3, path5 = []) => {
    for (const issue2 of error3.issues) {
      if (issue2.code === "invalid_union" && issue2.errors.length) {
        issue2.errors.map((issues) => processError({ issues }, [...path5, ...issue2.path]));
      } else if (issue2.code === "invalid_key") {
        processError({ issues: issue2.issues }, [...path5, ...issue2.path]);
      } else if (issue2.code === "invalid_element") {
        processError({ issues: issue2.issues }, [...path5, ...issue2.path]);
      } else {
        const fullpath = [...path5, ...issue2.path];
        if (fullpath.length === 0) {
          fieldErrors._errors.push(mapper(issue2));
        } else {
          let curr = fieldErrors;
          let i = 0;
          while (i < fullpath.length) {
            const el = fullpath[i];
            const terminal = i === fullpath.length - 1;
            if (el === "_errors") {
              if (terminal)
                curr._errors.push(mapper(issue2));
              i++;
              continue;
            }
            if (!Object.prototype.hasOwnProperty.call(curr, el)) {
              Object.defineProperty(curr, el, {
                value: { _errors: [] },
                enumerable: true,
                writable: true,
                configurable: true
              });
            }
            const node2 = curr[el];
            if (terminal) {
              node2._errors.push(mapper(issue2));
            }
            curr = node2;
            i++;
          }
        }
      }
    }
  };
  processError(error2);
  return fieldErrors;
}

// node_modules/zod/v4/core/parse.js
function finalizeParams(callee, params) {
  return { callee: params?.callee ?? callee, Err: params?.Err };
}
var _parse = (_Err) => {
  const fn = (schema, value, _ctx, _params) => {
    const ctx = _ctx ? { ..._ctx, async: false } : { async: false };
    const result = schema._zod.run({ value, issues: [] }, ctx);
    if (result instanceof Promise) {
      throw new $ZodAsyncError();
    }
    if (result.issues.length) {
      const e = new (_params?.Err ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
      captureStackTrace(e, _params?.callee ?? fn);
      throw e;
    }
    return result.value;
  };
  return fn;
};
var _parseAsync = (_Err) => {
  const fn = async (schema, value, _ctx, params) => {
    const ctx = _ctx ? { ..._ctx, async: true } : { async: true };
    let result = schema._zod.run({ value, issues: [] }, ctx);
    if (result instanceof Promise)
      result = await result;
    if (result.issues.length) {
      const e = new (params?.Err ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
      captureStackTrace(e, params?.callee ?? fn);
      throw e;
    }
    return result.value;
  };
  return fn;
};
var _safeParse = (_Err) => (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, async: false } : { async: false };
  const result = schema._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise) {
    throw new $ZodAsyncError();
  }
  return result.issues.length ? failure(_Err, result.issues, ctx) : { success: true, data: result.value };
};
function failure(Err, issues, ctx) {
  let error2;
  return {
    success: false,
    get error() {
      if (!error2) {
        error2 = new Err(issues.map((iss) => finalizeIssue(iss, ctx, config())));
        issues = void 0;
        ctx = void 0;
      }
      return error2;
    },
    set error(e) {
      error2 = e;
      issues = void 0;
      ctx = void 0;
    }
  };
}
var _safeParseAsync = (_Err) => async (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, async: true } : { async: true };
  let result = schema._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise)
    result = await result;
  return result.issues.length ? failure(_Err, result.issues, ctx) : { success: true, data: result.value };
};
var COMPILE_INVALID = /* @__PURE__ */ Symbol.for("zod.compile.invalid");
var COMPILE_FALLBACK = /* @__PURE__ */ Symbol.for("zod.compile.fallback");
var validate = ((schema, value, _ctx) => {
  const validator = schema._zod.bag.validator;
  if (validator !== void 0) {
    if (validator(value) !== COMPILE_INVALID)
      return true;
    if (validator.definite === true && _ctx === void 0)
      return false;
  }
  return validateFallback(schema, value, _ctx);
});
function validateFallback(schema, value, _ctx) {
  const ctx = _ctx ? { ..._ctx, async: false, abortEarly: true } : { async: false, abortEarly: true };
  const fallbackRun = schema._zod.bag.fallbackRun;
  let result;
  if (fallbackRun) {
    ctx[COMPILE_FALLBACK] = true;
    result = fallbackRun({ value, issues: [] }, ctx);
  } else {
    result = schema._zod.run({ value, issues: [] }, ctx);
  }
  if (result instanceof Promise) {
    throw new $ZodAsyncError();
  }
  return result.issues.length === 0;
}
var validateAsync = async (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, async: true, abortEarly: true } : { async: true, abortEarly: true };
  let result = schema._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise)
    result = await result;
  return result.issues.length === 0;
};
var _encode = (_Err) => {
  const parse2 = _parse(_Err);
  const fn = (schema, value, _ctx, _params) => {
    const ctx = _ctx ? { ..._ctx, direction: "backward" } : { direction: "backward" };
    return parse2(schema, value, ctx, finalizeParams(fn, _params));
  };
  return fn;
};
var _decode = (_Err) => {
  const parse2 = _parse(_Err);
  const fn = (schema, value, _ctx, _params) => {
    return parse2(schema, value, _ctx, finalizeParams(fn, _params));
  };
  return fn;
};
var _encodeAsync = (_Err) => {
  const parseAsync2 = _parseAsync(_Err);
  const fn = async (schema, value, _ctx, _params) => {
    const ctx = _ctx ? { ..._ctx, direction: "backward" } : { direction: "backward" };
    return await parseAsync2(schema, value, ctx, finalizeParams(fn, _params));
  };
  return fn;
};
var _decodeAsync = (_Err) => {
  const parseAsync2 = _parseAsync(_Err);
  const fn = async (schema, value, _ctx, _params) => {
    return await parseAsync2(schema, value, _ctx, finalizeParams(fn, _params));
  };
  return fn;
};
var _safeEncode = (_Err) => (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, direction: "backward" } : { direction: "backward" };
  return _safeParse(_Err)(schema, value, ctx);
};
var _safeDecode = (_Err) => (schema, value, _ctx) => {
  return _safeParse(_Err)(schema, value, _ctx);
};
var _safeEncodeAsync = (_Err) => async (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, direction: "backward" } : { direction: "backward" };
  return _safeParseAsync(_Err)(schema, value, ctx);
};
var _safeDecodeAsync = (_Err) => async (schema, value, _ctx) => {
  return _safeParseAsync(_Err)(schema, value, _ctx);
};

// node_modules/zod/v4/core/regexes.js
var cuid = /^[cC][0-9a-z]{6,}$/;
var cuid2 = /^[0-9a-z]+$/;
var ulid = /^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/;
var xid = /^[0-9a-vA-V]{20}$/;
var ksuid = /^[A-Za-z0-9]{27}$/;
var nanoid = /^[a-zA-Z0-9_-]{21}$/;
function nanoidOfLength(length) {
  return new RegExp(`^[a-zA-Z0-9_-]{${length}}$`);
}
var duration = /^P(?:(\d+W)|(?!.*W)(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?)$/;
var guid = /^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$/;
var uuid = (version2) => {
  if (!version2)
    return /^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$/;
  return new RegExp(`^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-${version2}[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$`);
};
var email = /^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$/;
var _emoji = `^(?=[\\s\\S]*[\\p{Extended_Pictographic}\\p{Regional_Indicator}\\u20E3])[\\p{Extended_Pictographic}\\p{Emoji_Component}]+$`;
function emoji() {
  return new RegExp(_emoji, "u");
}
var ipv4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])$/;
var ipv6 = /^(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:((:[0-9a-fA-F]{1,4}){1,6})|:((:[0-9a-fA-F]{1,4}){1,7}|:))$/;
var cidrv4 = /^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])\/([0-9]|[1-2][0-9]|3[0-2])$/;
var cidrv6 = /^(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:((:[0-9a-fA-F]{1,4}){1,6})|:((:[0-9a-fA-F]{1,4}){1,7}|:))\/(12[0-8]|1[01][0-9]|[1-9]?[0-9])$/;
var base64 = /^$|^(?:[0-9a-zA-Z+/]{4})*(?:(?:[0-9a-zA-Z+/]{2}==)|(?:[0-9a-zA-Z+/]{3}=))?$/;
var base64url = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$/;
var httpProtocol = /^https?$/;
var e164 = /^\+[1-9]\d{6,14}$/;
var dateSource = `(?:(?:\\d\\d[2468][048]|\\d\\d[13579][26]|\\d\\d0[48]|[02468][048]00|[13579][26]00)-02-29|\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|(?:02)-(?:0[1-9]|1\\d|2[0-8])))`;
function anchor(source) {
  return new RegExp(`^${source}$`);
}
var date = /* @__PURE__ */ anchor(dateSource);
function timeSource(args) {
  const hhmm = `(?:[01]\\d|2[0-3]):[0-5]\\d`;
  const regex = typeof args.precision === "number" ? args.precision === -1 ? `${hhmm}` : args.precision === 0 ? `${hhmm}:[0-5]\\d` : `${hhmm}:[0-5]\\d\\.\\d{${args.precision}}` : args.seconds ? `${hhmm}:[0-5]\\d(?:\\.\\d+)?` : `${hhmm}(?::[0-5]\\d(?:\\.\\d+)?)?`;
  return regex;
}
function time(args) {
  return new RegExp(`^${timeSource(args)}$`);
}
function datetime(args) {
  const opts = ["Z"];
  if (args.offset)
    opts.push(`([+-](?:[01]\\d|2[0-3]):[0-5]\\d)`);
  const qualified = `${timeSource({ precision: args.precision, seconds: true })}(?:${opts.join("|")})`;
  const timeRegex = args.local ? `${qualified}|${timeSource({ precision: args.precision })}` : qualified;
  return new RegExp(`^${dateSource}T(?:${timeRegex})$`);
}
var anyString = /^[\s\S]{0,}$/;
var integer = /^-?\d+$/;
var number = /^-?\d+(?:\.\d+)?$/;
var boolean = /^(?:true|false)$/i;
var lowercase = /^[^A-Z]*$/;
var uppercase = /^[^a-z]*$/;

// node_modules/zod/v4/core/checks.js
var $ZodCheck = /* @__PURE__ */ $constructor("$ZodCheck", (inst, def) => {
  var _a3;
  inst._zod ?? (inst._zod = {});
  inst._zod.def = def;
  (_a3 = inst._zod).onattach ?? (_a3.onattach = []);
});
var _whenHasLength = (payload) => {
  const val = payload.value;
  return !nullish(val) && val.length !== void 0;
};
var numericOriginMap = {
  number: "number",
  bigint: "bigint",
  object: "date"
};
var $ZodCheckLessThan = /* @__PURE__ */ $constructor("$ZodCheckLessThan", (inst, def) => {
  $ZodCheck.init(inst, def);
  const origin = numericOriginMap[typeof def.value];
  inst._zod.check = (payload) => {
    if (def.inclusive ? payload.value <= def.value : payload.value < def.value) {
      return;
    }
    payload.issues.push({
      origin: numericOriginMap[typeof payload.value] ?? origin,
      code: "too_big",
      maximum: typeof def.value === "object" ? def.value.getTime() : def.value,
      input: payload.value,
      inclusive: def.inclusive,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckGreaterThan = /* @__PURE__ */ $constructor("$ZodCheckGreaterThan", (inst, def) => {
  $ZodCheck.init(inst, def);
  const origin = numericOriginMap[typeof def.value];
  inst._zod.check = (payload) => {
    if (def.inclusive ? payload.value >= def.value : payload.value > def.value) {
      return;
    }
    payload.issues.push({
      origin: numericOriginMap[typeof payload.value] ?? origin,
      code: "too_small",
      minimum: typeof def.value === "object" ? def.value.getTime() : def.value,
      input: payload.value,
      inclusive: def.inclusive,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckMultipleOf = /* @__PURE__ */ $constructor("$ZodCheckMultipleOf", (inst, def) => {
  $ZodCheck.init(inst, def);
  inst._zod.check = (payload) => {
    if (typeof payload.value !== typeof def.value)
      throw new Error("Cannot mix number and bigint in multiple_of check.");
    const isMultiple = typeof payload.value === "bigint" ? (
      // `value % 0n` throws, and nothing is a multiple of zero — the number branch already fails this way via NaN
      def.value !== BigInt(0) && payload.value % def.value === BigInt(0)
    ) : floatSafeRemainder(payload.value, def.value) === 0;
    if (isMultiple)
      return;
    payload.issues.push({
      origin: typeof payload.value,
      code: "not_multiple_of",
      divisor: def.value,
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckNumberFormat = /* @__PURE__ */ $constructor("$ZodCheckNumberFormat", (inst, def) => {
  $ZodCheck.init(inst, def);
  def.format = def.format || "float64";
  const isInt = def.format?.includes("int");
  const origin = isInt ? "int" : "number";
  const [minimum, maximum] = NUMBER_FORMAT_RANGES[def.format];
  inst._zod.check = (payload) => {
    const input = payload.value;
    if (isInt) {
      if (!Number.isInteger(input)) {
        payload.issues.push({
          expected: origin,
          format: def.format,
          code: "invalid_type",
          continue: false,
          input,
          inst
        });
        return;
      }
      if (!Number.isSafeInteger(input)) {
        if (input > 0) {
          payload.issues.push({
            input,
            code: "too_big",
            maximum: Number.MAX_SAFE_INTEGER,
            note: "Integers must be within the safe integer range.",
            inst,
            origin,
            inclusive: true,
            continue: !def.abort
          });
        } else {
          payload.issues.push({
            input,
            code: "too_small",
            minimum: Number.MIN_SAFE_INTEGER,
            note: "Integers must be within the safe integer range.",
            inst,
            origin,
            inclusive: true,
            continue: !def.abort
          });
        }
        return;
      }
    }
    if (input < minimum) {
      payload.issues.push({
        origin: "number",
        input,
        code: "too_small",
        minimum,
        inclusive: true,
        inst,
        continue: !def.abort
      });
    }
    if (input > maximum) {
      payload.issues.push({
        origin: "number",
        input,
        code: "too_big",
        maximum,
        inclusive: true,
        inst,
        continue: !def.abort
      });
    }
  };
});
var $ZodCheckMaxLength = /* @__PURE__ */ $constructor("$ZodCheckMaxLength", (inst, def) => {
  var _a3;
  $ZodCheck.init(inst, def);
  (_a3 = inst._zod.def).when ?? (_a3.when = _whenHasLength);
  inst._zod.check = (payload) => {
    const input = payload.value;
    const units = input.length;
    const length = typeof input === "string" && units > def.maximum ? codePointLength(input) : units;
    if (length <= def.maximum)
      return;
    const origin = getLengthableOrigin(input);
    payload.issues.push({
      origin,
      code: "too_big",
      maximum: def.maximum,
      inclusive: true,
      input,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckMinLength = /* @__PURE__ */ $constructor("$ZodCheckMinLength", (inst, def) => {
  var _a3;
  $ZodCheck.init(inst, def);
  (_a3 = inst._zod.def).when ?? (_a3.when = _whenHasLength);
  inst._zod.check = (payload) => {
    const input = payload.value;
    const units = input.length;
    const length = typeof input === "string" && units >= def.minimum && units < def.minimum * 2 ? codePointLength(input) : units;
    if (length >= def.minimum)
      return;
    const origin = getLengthableOrigin(input);
    payload.issues.push({
      origin,
      code: "too_small",
      minimum: def.minimum,
      inclusive: true,
      input,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckLengthEquals = /* @__PURE__ */ $constructor("$ZodCheckLengthEquals", (inst, def) => {
  var _a3;
  $ZodCheck.init(inst, def);
  (_a3 = inst._zod.def).when ?? (_a3.when = _whenHasLength);
  inst._zod.check = (payload) => {
    const input = payload.value;
    const units = input.length;
    const length = typeof input === "string" && units >= def.length && units <= def.length * 2 ? codePointLength(input) : units;
    if (length === def.length)
      return;
    const origin = getLengthableOrigin(input);
    const tooBig = length > def.length;
    payload.issues.push({
      origin,
      ...tooBig ? { code: "too_big", maximum: def.length } : { code: "too_small", minimum: def.length },
      inclusive: true,
      exact: true,
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckStringFormat = /* @__PURE__ */ $constructor("$ZodCheckStringFormat", (inst, def) => {
  var _a3, _b;
  $ZodCheck.init(inst, def);
  if (def.pattern)
    (_a3 = inst._zod).check ?? (_a3.check = (payload) => {
      def.pattern.lastIndex = 0;
      if (def.pattern.test(payload.value))
        return;
      payload.issues.push({
        origin: "string",
        code: "invalid_format",
        format: def.format,
        input: payload.value,
        ...def.pattern ? { pattern: def.pattern.toString() } : {},
        inst,
        continue: !def.abort
      });
    });
  else
    (_b = inst._zod).check ?? (_b.check = () => {
    });
});
var $ZodCheckRegex = /* @__PURE__ */ $constructor("$ZodCheckRegex", (inst, def) => {
  $ZodCheckStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    def.pattern.lastIndex = 0;
    if (def.pattern.test(payload.value))
      return;
    payload.issues.push({
      origin: "string",
      code: "invalid_format",
      format: "regex",
      input: payload.value,
      pattern: def.pattern.toString(),
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckLowerCase = /* @__PURE__ */ $constructor("$ZodCheckLowerCase", (inst, def) => {
  def.pattern ?? (def.pattern = lowercase);
  $ZodCheckStringFormat.init(inst, def);
});
var $ZodCheckUpperCase = /* @__PURE__ */ $constructor("$ZodCheckUpperCase", (inst, def) => {
  def.pattern ?? (def.pattern = uppercase);
  $ZodCheckStringFormat.init(inst, def);
});
var $ZodCheckIncludes = /* @__PURE__ */ $constructor("$ZodCheckIncludes", (inst, def) => {
  $ZodCheck.init(inst, def);
  const escapedRegex = escapeRegex(def.includes);
  const pattern = new RegExp(typeof def.position === "number" ? `^.{${def.position},}${escapedRegex}` : escapedRegex);
  def.pattern = pattern;
  inst._zod.check = (payload) => {
    if (payload.value.includes(def.includes, def.position))
      return;
    payload.issues.push({
      origin: "string",
      code: "invalid_format",
      format: "includes",
      includes: def.includes,
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckStartsWith = /* @__PURE__ */ $constructor("$ZodCheckStartsWith", (inst, def) => {
  $ZodCheck.init(inst, def);
  const pattern = new RegExp(`^${escapeRegex(def.prefix)}.*`);
  def.pattern ?? (def.pattern = pattern);
  inst._zod.check = (payload) => {
    if (payload.value.startsWith(def.prefix))
      return;
    payload.issues.push({
      origin: "string",
      code: "invalid_format",
      format: "starts_with",
      prefix: def.prefix,
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckEndsWith = /* @__PURE__ */ $constructor("$ZodCheckEndsWith", (inst, def) => {
  $ZodCheck.init(inst, def);
  const pattern = new RegExp(`.*${escapeRegex(def.suffix)}$`);
  def.pattern ?? (def.pattern = pattern);
  inst._zod.check = (payload) => {
    if (payload.value.endsWith(def.suffix))
      return;
    payload.issues.push({
      origin: "string",
      code: "invalid_format",
      format: "ends_with",
      suffix: def.suffix,
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckOverwrite = /* @__PURE__ */ $constructor("$ZodCheckOverwrite", (inst, def) => {
  $ZodCheck.init(inst, def);
  inst._zod.check = (payload) => {
    payload.value = def.tx(payload.value);
  };
});

// node_modules/zod/v4/core/doc.js
var Doc = class {
  constructor(args = [], closed = {}) {
    this.content = [];
    this.indent = 0;
    this.args = args;
    this.closed = closed;
  }
  // the compiler catches a child's throw and keeps writing into this doc, so the indent has to unwind with it
  indented(fn) {
    this.indent += 1;
    try {
      fn(this);
    } finally {
      this.indent -= 1;
    }
  }
  write(arg) {
    if (typeof arg === "function") {
      arg(this, { execution: "sync" });
      arg(this, { execution: "async" });
      return;
    }
    const content = arg;
    const lines = content.split("\n").filter((x) => x);
    const minIndent = Math.min(...lines.map((x) => x.length - x.trimStart().length));
    const dedented = lines.map((x) => x.slice(minIndent)).map((x) => " ".repeat(this.indent * 2) + x);
    for (const line of dedented) {
      this.content.push(line);
    }
  }
  compile() {
    const F = Function;
    const content = this?.content ?? [``];
    const factory = new F(...Object.keys(this.closed), `return function (${this.args.join(", ")}) {
${content.join("\n")}
};`);
    return factory(...Object.values(this.closed));
  }
};

// node_modules/zod/v4/core/versions.js
var version = {
  major: 4,
  minor: 6,
  patch: 7
};

// node_modules/zod/v4/core/schemas.js
var $ZodType = /* @__PURE__ */ $constructor("$ZodType", (inst, def) => {
  var _a3;
  inst ?? (inst = {});
  inst._zod.def = def;
  inst._zod.bag = inst._zod.bag || {};
  inst._zod.version = version;
  const defChecks = inst._zod.def.checks;
  const checks = inst._zod.traits.has("$ZodCheck") ? [inst, ...defChecks ?? []] : defChecks?.length ? [...defChecks] : [];
  for (const ch of checks) {
    for (const fn of ch._zod.onattach) {
      fn(inst);
    }
  }
  if (checks.length === 0) {
    (_a3 = inst._zod).deferred ?? (_a3.deferred = []);
    inst._zod.deferred?.push(() => {
      inst._zod.run = inst._zod.parse;
    });
  } else {
    const runChecks = (payload, checks2, ctx) => {
      if (payload.memo)
        return payload;
      let isAborted = aborted(payload);
      let asyncResult;
      for (const ch of checks2) {
        if (ch._zod.def.when) {
          if (explicitlyAborted(payload))
            continue;
          const shouldRun = ch._zod.def.when(payload);
          if (!shouldRun)
            continue;
        } else if (isAborted) {
          continue;
        }
        const currLen = payload.issues.length;
        const _ = ch._zod.check(payload);
        if (_ instanceof Promise && ctx?.async === false) {
          throw new $ZodAsyncError();
        }
        if (asyncResult || _ instanceof Promise) {
          asyncResult = (asyncResult ?? Promise.resolve()).then(async () => {
            await _;
            const nextLen = payload.issues.length;
            if (nextLen === currLen)
              return;
            attachSchema(payload.issues, currLen, inst);
            if (!isAborted)
              isAborted = aborted(payload, currLen);
          });
        } else {
          const nextLen = payload.issues.length;
          if (nextLen === currLen)
            continue;
          attachSchema(payload.issues, currLen, inst);
          if (!isAborted)
            isAborted = aborted(payload, currLen);
        }
      }
      if (asyncResult) {
        return asyncResult.then(() => {
          return payload;
        });
      }
      return payload;
    };
    const handleCanaryResult = (canary, payload, ctx) => {
      if (aborted(canary)) {
        canary.aborted = true;
        return canary;
      }
      const checkResult = runChecks(payload, checks, ctx);
      if (checkResult instanceof Promise) {
        if (ctx.async === false)
          throw new $ZodAsyncError();
        return checkResult.then((checkResult2) => inst._zod.parse(checkResult2, ctx));
      }
      return inst._zod.parse(checkResult, ctx);
    };
    inst._zod.run = (payload, ctx) => {
      if (ctx.skipChecks) {
        return inst._zod.parse(payload, ctx);
      }
      if (ctx.direction === "backward") {
        const canary = inst._zod.parse({ value: payload.value, issues: [] }, { ...ctx, skipChecks: true });
        if (canary instanceof Promise) {
          return canary.then((canary2) => {
            return handleCanaryResult(canary2, payload, ctx);
          });
        }
        return handleCanaryResult(canary, payload, ctx);
      }
      const result = inst._zod.parse(payload, ctx);
      if (result instanceof Promise) {
        if (ctx.async === false)
          throw new $ZodAsyncError();
        return result.then((result2) => runChecks(result2, checks, ctx));
      }
      return runChecks(result, checks, ctx);
    };
  }
}, {
  // Wrappers extend this by installing a richer factory over it; reading it eagerly would defeat the laziness.
  get "~standard"() {
    return hide(this, "~standard", standardProps(this));
  },
  set "~standard"(value) {
    own(this, "~standard", value);
  }
});
var toStandardResult = (r, ctx) => r.issues.length ? { issues: r.issues.map((iss) => finalizeIssue(iss, ctx, config())) } : { value: r.value };
async function validateAsync2(inst, value) {
  const ctx = { async: true };
  return toStandardResult(await inst._zod.run({ value, issues: [] }, ctx), ctx);
}
function standardProps(inst) {
  return {
    validate: (value) => {
      const ctx = { async: false };
      try {
        const r = inst._zod.run({ value, issues: [] }, ctx);
        if (!(r instanceof Promise))
          return toStandardResult(r, ctx);
      } catch (_) {
      }
      return validateAsync2(inst, value);
    },
    vendor: "zod",
    version: 1
  };
}
var $ZodString = /* @__PURE__ */ $constructor("$ZodString", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = def.pattern ?? anyString;
  inst._zod.parse = (payload, _) => {
    if (def.coerce)
      try {
        payload.value = String(payload.value);
      } catch (_2) {
      }
    if (typeof payload.value === "string")
      return payload;
    payload.issues.push({
      expected: "string",
      code: "invalid_type",
      input: payload.value,
      inst
    });
    return payload;
  };
});
var $ZodStringFormat = /* @__PURE__ */ $constructor("$ZodStringFormat", (inst, def) => {
  $ZodCheckStringFormat.init(inst, def);
  $ZodString.init(inst, def);
});
var $ZodGUID = /* @__PURE__ */ $constructor("$ZodGUID", (inst, def) => {
  def.pattern ?? (def.pattern = guid);
  $ZodStringFormat.init(inst, def);
});
var $ZodUUID = /* @__PURE__ */ $constructor("$ZodUUID", (inst, def) => {
  if (def.version) {
    const versionMap = {
      v1: 1,
      v2: 2,
      v3: 3,
      v4: 4,
      v5: 5,
      v6: 6,
      v7: 7,
      v8: 8
    };
    const v = versionMap[def.version];
    if (v === void 0)
      throw new Error(`Invalid UUID version: "${def.version}"`);
    def.pattern ?? (def.pattern = uuid(v));
  } else
    def.pattern ?? (def.pattern = uuid());
  $ZodStringFormat.init(inst, def);
});
var $ZodEmail = /* @__PURE__ */ $constructor("$ZodEmail", (inst, def) => {
  def.pattern ?? (def.pattern = email);
  $ZodStringFormat.init(inst, def);
});
var URL_BAD_FORMAT = 1;
var URL_UNPARSEABLE = 2;
function canParseURL(input) {
  try {
    if (typeof URL !== "undefined" && typeof URL.canParse === "function")
      return URL.canParse(input);
    new URL(input);
    return true;
  } catch {
    return false;
  }
}
function validateURL(trimmed, def) {
  if (!("normalize" in def) && !("hostname" in def) && !("protocol" in def)) {
    return canParseURL(trimmed) || URL_UNPARSEABLE;
  }
  return parseURLObject(trimmed, def);
}
function parseURLObject(trimmed, def) {
  if (!def.normalize && def.protocol?.source === httpProtocol.source && !/^https?:\/\//i.test(trimmed)) {
    return URL_BAD_FORMAT;
  }
  try {
    if (typeof URL !== "undefined") {
      const URLStatic = URL;
      if (typeof URLStatic.parse === "function")
        return URLStatic.parse(trimmed) ?? URL_UNPARSEABLE;
    }
    return new URL(trimmed);
  } catch {
    return URL_UNPARSEABLE;
  }
}
var asciiTabOrNewline = /[\t\n\r]/g;
function stripTabAndNewline(value) {
  return value.replace(asciiTabOrNewline, "");
}
function urlHostnameOk(url, hostname) {
  hostname.lastIndex = 0;
  return hostname.test(url.hostname);
}
function urlProtocolOk(url, protocol) {
  protocol.lastIndex = 0;
  return protocol.test(url.protocol.endsWith(":") ? url.protocol.slice(0, -1) : url.protocol);
}
var $ZodURL = /* @__PURE__ */ $constructor("$ZodURL", (inst, def) => {
  $ZodStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    try {
      const trimmed = payload.value.trim();
      const url = validateURL(trimmed, def);
      if (url === URL_BAD_FORMAT) {
        payload.issues.push({
          code: "invalid_format",
          format: "url",
          note: "Invalid URL format",
          input: payload.value,
          inst,
          continue: !def.abort
        });
        return;
      }
      if (url === URL_UNPARSEABLE) {
        payload.issues.push({
          code: "invalid_format",
          format: "url",
          input: payload.value,
          inst,
          continue: !def.abort
        });
        return;
      }
      if (url === true) {
        payload.value = stripTabAndNewline(trimmed);
        return;
      }
      if (def.hostname && !urlHostnameOk(url, def.hostname)) {
        payload.issues.push({
          code: "invalid_format",
          format: "url",
          note: "Invalid hostname",
          pattern: def.hostname.source,
          input: payload.value,
          inst,
          continue: !def.abort
        });
      }
      if (def.protocol && !urlProtocolOk(url, def.protocol)) {
        payload.issues.push({
          code: "invalid_format",
          format: "url",
          note: "Invalid protocol",
          pattern: def.protocol.source,
          input: payload.value,
          inst,
          continue: !def.abort
        });
      }
      payload.value = def.normalize ? url.href : stripTabAndNewline(trimmed);
      return;
    } catch (_) {
      payload.issues.push({
        code: "invalid_format",
        format: "url",
        input: payload.value,
        inst,
        continue: !def.abort
      });
    }
  };
});
var $ZodEmoji = /* @__PURE__ */ $constructor("$ZodEmoji", (inst, def) => {
  def.pattern ?? (def.pattern = emoji());
  $ZodStringFormat.init(inst, def);
});
var $ZodNanoID = /* @__PURE__ */ $constructor("$ZodNanoID", (inst, def) => {
  if (def.length !== void 0 && (!Number.isInteger(def.length) || def.length < 1))
    throw new Error(`Invalid nanoid length: ${def.length}`);
  def.pattern ?? (def.pattern = def.length === void 0 ? nanoid : nanoidOfLength(def.length));
  $ZodStringFormat.init(inst, def);
});
var $ZodCUID = /* @__PURE__ */ $constructor("$ZodCUID", (inst, def) => {
  def.pattern ?? (def.pattern = cuid);
  $ZodStringFormat.init(inst, def);
});
var $ZodCUID2 = /* @__PURE__ */ $constructor("$ZodCUID2", (inst, def) => {
  def.pattern ?? (def.pattern = cuid2);
  $ZodStringFormat.init(inst, def);
});
var $ZodULID = /* @__PURE__ */ $constructor("$ZodULID", (inst, def) => {
  def.pattern ?? (def.pattern = ulid);
  $ZodStringFormat.init(inst, def);
});
var $ZodXID = /* @__PURE__ */ $constructor("$ZodXID", (inst, def) => {
  def.pattern ?? (def.pattern = xid);
  $ZodStringFormat.init(inst, def);
});
var $ZodKSUID = /* @__PURE__ */ $constructor("$ZodKSUID", (inst, def) => {
  def.pattern ?? (def.pattern = ksuid);
  $ZodStringFormat.init(inst, def);
});
var $ZodISODateTime = /* @__PURE__ */ $constructor("$ZodISODateTime", (inst, def) => {
  def.pattern ?? (def.pattern = datetime(def));
  $ZodStringFormat.init(inst, def);
});
var $ZodISODate = /* @__PURE__ */ $constructor("$ZodISODate", (inst, def) => {
  def.pattern ?? (def.pattern = date);
  $ZodStringFormat.init(inst, def);
});
var $ZodISOTime = /* @__PURE__ */ $constructor("$ZodISOTime", (inst, def) => {
  def.pattern ?? (def.pattern = time(def));
  $ZodStringFormat.init(inst, def);
});
var $ZodISODuration = /* @__PURE__ */ $constructor("$ZodISODuration", (inst, def) => {
  def.pattern ?? (def.pattern = duration);
  $ZodStringFormat.init(inst, def);
});
var $ZodIPv4 = /* @__PURE__ */ $constructor("$ZodIPv4", (inst, def) => {
  def.pattern ?? (def.pattern = ipv4);
  $ZodStringFormat.init(inst, def);
});
var ipv6Alphabet = /^[0-9a-fA-F:.]+$/;
function isValidIPv6(value) {
  if (!ipv6Alphabet.test(value))
    return false;
  return canParseURL(`http://[${value}]`);
}
var $ZodIPv6 = /* @__PURE__ */ $constructor("$ZodIPv6", (inst, def) => {
  def.pattern ?? (def.pattern = ipv6);
  $ZodStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    if (!isValidIPv6(payload.value)) {
      payload.issues.push({
        code: "invalid_format",
        format: "ipv6",
        input: payload.value,
        inst,
        continue: !def.abort
      });
    }
  };
});
var $ZodCIDRv4 = /* @__PURE__ */ $constructor("$ZodCIDRv4", (inst, def) => {
  def.pattern ?? (def.pattern = cidrv4);
  $ZodStringFormat.init(inst, def);
});
function isValidCIDRv6(value) {
  const parts = value.split("/");
  if (parts.length !== 2)
    return false;
  const [address, prefix] = parts;
  if (!prefix)
    return false;
  const prefixNum = Number(prefix);
  if (`${prefixNum}` !== prefix)
    return false;
  if (prefixNum < 0 || prefixNum > 128)
    return false;
  return isValidIPv6(address);
}
var $ZodCIDRv6 = /* @__PURE__ */ $constructor("$ZodCIDRv6", (inst, def) => {
  def.pattern ?? (def.pattern = cidrv6);
  $ZodStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    if (!isValidCIDRv6(payload.value)) {
      payload.issues.push({
        code: "invalid_format",
        format: "cidrv6",
        input: payload.value,
        inst,
        continue: !def.abort
      });
    }
  };
});
function isValidBase64(data2) {
  if (data2 === "")
    return true;
  if (/\s/.test(data2))
    return false;
  if (data2.length % 4 !== 0)
    return false;
  try {
    atob(data2);
    return true;
  } catch {
    return false;
  }
}
var base64Charset = /^[0-9a-zA-Z+/]*={0,2}$/;
var $ZodBase64 = /* @__PURE__ */ $constructor("$ZodBase64", (inst, def) => {
  def.pattern ?? (def.pattern = base64Charset);
  $ZodStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    if (isValidBase64(payload.value))
      return;
    payload.issues.push({
      code: "invalid_format",
      format: "base64",
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var base64urlCharset = /^[A-Za-z0-9_-]*$/;
function isValidBase64URL(data2) {
  if (!base64urlCharset.test(data2))
    return false;
  const base642 = data2.replace(/[-_]/g, (c) => c === "-" ? "+" : "/");
  const padded = base642.padEnd(Math.ceil(base642.length / 4) * 4, "=");
  return isValidBase64(padded);
}
var $ZodBase64URL = /* @__PURE__ */ $constructor("$ZodBase64URL", (inst, def) => {
  def.pattern ?? (def.pattern = base64urlCharset);
  $ZodStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    if (isValidBase64URL(payload.value))
      return;
    payload.issues.push({
      code: "invalid_format",
      format: "base64url",
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodE164 = /* @__PURE__ */ $constructor("$ZodE164", (inst, def) => {
  def.pattern ?? (def.pattern = e164);
  $ZodStringFormat.init(inst, def);
});
function isValidJWT(token, algorithm = null) {
  try {
    const tokensParts = token.split(".");
    if (tokensParts.length !== 3)
      return false;
    const [header] = tokensParts;
    if (!header)
      return false;
    const parsedHeader = JSON.parse(atob(header));
    if ("typ" in parsedHeader && parsedHeader?.typ !== "JWT")
      return false;
    if (!parsedHeader.alg)
      return false;
    if (algorithm && (!("alg" in parsedHeader) || parsedHeader.alg !== algorithm))
      return false;
    return true;
  } catch {
    return false;
  }
}
var $ZodJWT = /* @__PURE__ */ $constructor("$ZodJWT", (inst, def) => {
  $ZodStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    if (isValidJWT(payload.value, def.alg))
      return;
    payload.issues.push({
      code: "invalid_format",
      format: "jwt",
      input: payload.value,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodNumber = /* @__PURE__ */ $constructor("$ZodNumber", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = number;
  inst._zod.parse = (payload, _ctx) => {
    if (def.coerce)
      try {
        payload.value = Number(payload.value);
      } catch (_) {
      }
    const input = payload.value;
    if (typeof input === "number" && !Number.isNaN(input) && Number.isFinite(input)) {
      return payload;
    }
    const received = typeof input === "number" ? Number.isNaN(input) ? "NaN" : !Number.isFinite(input) ? String(input) : void 0 : void 0;
    payload.issues.push({
      expected: "number",
      code: "invalid_type",
      input,
      inst,
      ...received ? { received } : {}
    });
    return payload;
  };
});
var $ZodNumberFormat = /* @__PURE__ */ $constructor("$ZodNumberFormat", (inst, def) => {
  $ZodCheckNumberFormat.init(inst, def);
  $ZodNumber.init(inst, def);
});
var $ZodBoolean = /* @__PURE__ */ $constructor("$ZodBoolean", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = boolean;
  inst._zod.parse = (payload, _ctx) => {
    if (def.coerce)
      try {
        payload.value = Boolean(payload.value);
      } catch (_) {
      }
    const input = payload.value;
    if (typeof input === "boolean")
      return payload;
    payload.issues.push({
      expected: "boolean",
      code: "invalid_type",
      input,
      inst
    });
    return payload;
  };
});
var $ZodUnknown = /* @__PURE__ */ $constructor("$ZodUnknown", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.parse = (payload) => payload;
});
var $ZodNever = /* @__PURE__ */ $constructor("$ZodNever", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.parse = (payload, _ctx) => {
    payload.issues.push({
      expected: "never",
      code: "invalid_type",
      input: payload.value,
      inst
    });
    return payload;
  };
});
function capSize(inst, size) {
  const caps = sizeCaps(inst._zod.def.checks);
  if (!caps.length)
    return;
  const cap = Math.min(...caps.map((c) => c[0]));
  const parse2 = inst._zod.parse;
  inst._zod.parse = (payload, ctx) => {
    const n = size(payload.value);
    if (n > cap && !ctx?.skipChecks && ctx?.direction !== "backward") {
      for (const [max, ch] of sizeCaps(inst._zod.def.checks)) {
        if (n > max && ch._zod.def.when(payload)) {
          const start = payload.issues.length;
          ch._zod.check(payload);
          payload.issues[start].continue = false;
          attachSchema(payload.issues, start, inst);
          return payload;
        }
      }
    }
    return parse2(payload, ctx);
  };
}
var arraySize = (input) => Array.isArray(input) ? input.length : -1;
function handleArrayResult(result, final, index) {
  if (result.issues.length) {
    final.issues.push(...prefixIssues(index, result.issues));
  }
  final.value[index] = result.value;
}
var $ZodArray = /* @__PURE__ */ $constructor("$ZodArray", (inst, def) => {
  $ZodType.init(inst, def);
  const memo2 = globalConfig.memoizer;
  memo2?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    const input = payload.value;
    if (!Array.isArray(input)) {
      payload.issues.push({
        expected: "array",
        code: "invalid_type",
        input,
        inst
      });
      return payload;
    }
    payload.value = memo2 ? memo2.alloc(inst, payload, Array(input.length), ctx) : Array(input.length);
    const proms = [];
    const abortEarly = ctx?.abortEarly;
    for (let i = 0; i < input.length; i++) {
      const item = input[i];
      const result = def.element._zod.run({
        value: item,
        issues: []
      }, ctx);
      if (result instanceof Promise) {
        proms.push(result.then((result2) => handleArrayResult(result2, payload, i)));
      } else {
        handleArrayResult(result, payload, i);
        if (abortEarly && result.issues.length !== 0 && aborted(result))
          break;
      }
    }
    if (proms.length) {
      return Promise.all(proms).then(() => payload);
    }
    return payload;
  };
  capSize(inst, arraySize);
});
function handlePropertyResult(result, final, key, input, optin, optout) {
  const isPresent = key in input;
  const isOptionalOut = optout === "optional";
  if (!isPresent && isOptionalOut && optin === "optional") {
    return;
  }
  if (result.issues.length) {
    if (optin !== void 0 && isOptionalOut && !isPresent) {
      return;
    }
    final.issues.push(...prefixIssues(key, result.issues));
  }
  if (!isPresent && optin === void 0) {
    if (!result.issues.length) {
      final.issues.push({
        code: "invalid_type",
        expected: "nonoptional",
        input: void 0,
        path: [key]
      });
    }
    return;
  }
  if (result.value === void 0) {
    if (isPresent || optin === "defaulted" && !isOptionalOut) {
      final.value[key] = void 0;
    }
  } else {
    final.value[key] = result.value;
  }
}
var NO_SYMBOL_KEYS = [];
function normalizeDef(def) {
  const keys = Object.keys(def.shape);
  const ownSymbols = Object.getOwnPropertySymbols(def.shape);
  const symbolKeys = ownSymbols.length ? ownSymbols : NO_SYMBOL_KEYS;
  const allKeys = symbolKeys.length ? [...keys, ...symbolKeys] : keys;
  for (const k of allKeys) {
    if (!def.shape?.[k]?._zod?.traits?.has("$ZodType")) {
      throw new Error(`Invalid element at key "${String(k)}": expected a Zod schema`);
    }
  }
  const okeys = optionalKeys(def.shape);
  return {
    ...def,
    allKeys,
    symbolKeys,
    // string-only: handleCatchall matches it against `for...in`, which never yields a symbol
    keySet: new Set(keys),
    numKeys: keys.length,
    optionalKeys: new Set(okeys)
  };
}
function handleCatchall(proms, input, payload, ctx, def, inst, abortEarly) {
  const unrecognized = [];
  const keySet = def.keySet;
  const _catchall = def.catchall._zod;
  const t = _catchall.def.type;
  const optin = _catchall.optin;
  const optout = _catchall.optout;
  let seen = 0;
  for (const key in input) {
    if (abortEarly && payload.issues.length !== seen) {
      if (aborted(payload, seen))
        break;
      seen = payload.issues.length;
    }
    if (keySet.has(key))
      continue;
    if (key === "__proto__") {
      if (t === "never")
        unrecognized.push(key);
      continue;
    }
    if (t === "never") {
      unrecognized.push(key);
      continue;
    }
    const r = _catchall.run({ value: input[key], issues: [] }, ctx);
    if (r instanceof Promise) {
      proms.push(r.then((r2) => handlePropertyResult(r2, payload, key, input, optin, optout)));
    } else {
      handlePropertyResult(r, payload, key, input, optin, optout);
    }
  }
  if (unrecognized.length) {
    payload.issues.push({
      code: "unrecognized_keys",
      keys: unrecognized,
      input,
      inst,
      // Describes the shape of the input, not the validity of the parsed value, so it never aborts. The parse still fails; the schema's own checks just get to run first, and an enclosing intersection can reconcile the key against a sibling operand.
      continue: true
    });
  }
  if (!proms.length)
    return payload;
  return Promise.all(proms).then(() => {
    return payload;
  });
}
var $ZodObject = /* @__PURE__ */ $constructor("$ZodObject", (inst, def) => {
  $ZodType.init(inst, def);
  const desc = Object.getOwnPropertyDescriptor(def, "shape");
  const sh = desc?.get ? desc.get.raw : def.shape ?? {};
  if (sh) {
    const get = () => {
      const newSh = { ...sh };
      Object.defineProperty(def, "shape", { value: newSh });
      get.raw = newSh;
      return newSh;
    };
    get.raw = sh;
    Object.defineProperty(def, "shape", { get });
  }
  const _normalized = cached(() => normalizeDef(def));
  defineLazyInternal(inst, "propValues", (zod) => {
    const shape = zod.def.shape;
    const propValues = {};
    for (const key in shape) {
      const field = shape[key]._zod;
      if (field.values) {
        if (!Object.prototype.hasOwnProperty.call(propValues, key)) {
          assignProp(propValues, key, /* @__PURE__ */ new Set());
        }
        for (const v of field.values)
          propValues[key].add(v);
        if (field.optin !== void 0)
          propValues[key].add(void 0);
      }
    }
    return propValues;
  });
  const isObject2 = isObject;
  const catchall = def.catchall;
  let value;
  const memo2 = globalConfig.memoizer;
  memo2?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    value ?? (value = _normalized.value);
    const input = payload.value;
    if (!isObject2(input)) {
      payload.issues.push({
        expected: "object",
        code: "invalid_type",
        input,
        inst
      });
      return payload;
    }
    payload.value = memo2 ? memo2.alloc(inst, payload, {}, ctx) : {};
    const proms = [];
    const shape = value.shape;
    const abortEarly = ctx?.abortEarly;
    let seen = payload.issues.length;
    for (const key of value.allKeys) {
      if (abortEarly && payload.issues.length !== seen) {
        if (aborted(payload, seen))
          break;
        seen = payload.issues.length;
      }
      if (key === "__proto__")
        continue;
      const el = shape[key];
      const optin = el._zod.optin;
      const optout = el._zod.optout;
      const r = el._zod.run({ value: input[key], issues: [] }, ctx);
      if (r instanceof Promise) {
        proms.push(r.then((r2) => handlePropertyResult(r2, payload, key, input, optin, optout)));
      } else {
        handlePropertyResult(r, payload, key, input, optin, optout);
      }
    }
    if (!catchall) {
      return proms.length ? Promise.all(proms).then(() => payload) : payload;
    }
    return handleCatchall(proms, input, payload, ctx, _normalized.value, inst, abortEarly === true);
  };
});
var $ZodObjectJIT = /* @__PURE__ */ $constructor("$ZodObjectJIT", (inst, def) => {
  $ZodObject.init(inst, def);
  const superParse = inst._zod.parse;
  const _normalized = cached(() => normalizeDef(def));
  const memo2 = globalConfig.memoizer;
  const generateFastpass = (shape) => {
    const normalized = _normalized.value;
    const syms = normalized.symbolKeys;
    const doc = new Doc(["payload", "ctx"], { shape, inst, memo: memo2, syms });
    const parseStr = (k) => `shape[${k}]._zod.run({ value: input[${k}], issues: [] }, ctx)`;
    const prefixStr = (id, k) => `
          let ${id}_ab = false;
          for (let i = 0; i < ${id}.issues.length; i++) {
            const iss = ${id}.issues[i];
            iss.path = iss.path ? [${k}, ...iss.path] : [${k}];
            payload.issues.push(iss);
            if (iss.continue !== true) ${id}_ab = true;
          }
          if (${id}_ab && ctx && ctx.abortEarly) {
            payload.value = newResult;
            return payload;
          }`;
    doc.write(`const input = payload.value;`);
    const ids = /* @__PURE__ */ Object.create(null);
    let counter = 0;
    for (const key of normalized.allKeys) {
      ids[key] = `key_${counter++}`;
    }
    doc.write(memo2 ? `const newResult = memo.alloc(inst, payload, {}, ctx);` : `const newResult = {};`);
    for (const key of normalized.allKeys) {
      if (key === "__proto__")
        continue;
      const id = ids[key];
      const k = typeof key === "symbol" ? `syms[${syms.indexOf(key)}]` : esc(key);
      const isPresent = `${k} in input`;
      const schema = shape[key];
      const optin = schema?._zod?.optin;
      const isOptionalIn = optin !== void 0;
      const isOptionalOut = schema?._zod?.optout === "optional";
      doc.write(`const ${id} = ${parseStr(k)};`);
      if (isOptionalIn && isOptionalOut) {
        const assign = optin === "optional" ? `${id}_present` : `${id}.value !== undefined || ${id}_present`;
        doc.write(`
        const ${id}_present = ${isPresent};
        if (!${id}.issues.length || ${id}_present) {
          if (${id}.issues.length) {${prefixStr(id, k)}
          }

          if (${assign}) {
            newResult[${k}] = ${id}.value;
          }
        }

      `);
      } else if (!isOptionalIn) {
        doc.write(`
        const ${id}_present = ${isPresent};
        if (${id}.issues.length) {${prefixStr(id, k)}
        }
        if (!${id}_present && !${id}.issues.length) {
          payload.issues.push({
            code: "invalid_type",
            expected: "nonoptional",
            input: undefined,
            path: [${k}]
          });
          if (ctx && ctx.abortEarly) {
            payload.value = newResult;
            return payload;
          }
        }

        if (${id}_present) {
          newResult[${k}] = ${id}.value;
        }

      `);
      } else {
        doc.write(`
        if (${id}.issues.length) {${prefixStr(id, k)}
        }
      `);
        if (optin === "defaulted") {
          doc.write(`newResult[${k}] = ${id}.value;`);
        } else {
          doc.write(`
        if (${id}.value !== undefined || ${isPresent}) {
          newResult[${k}] = ${id}.value;
        }
      `);
        }
      }
    }
    doc.write(`payload.value = newResult;`);
    doc.write(`return payload;`);
    return doc.compile();
  };
  let fastpass;
  const isObject2 = isObject;
  const jit = !globalConfig.jitless;
  const allowsEval2 = allowsEval;
  const fastEnabled = jit && allowsEval2.value;
  const catchall = def.catchall;
  let value;
  inst._zod.parse = (payload, ctx) => {
    value ?? (value = _normalized.value);
    const input = payload.value;
    if (!isObject2(input)) {
      payload.issues.push({
        expected: "object",
        code: "invalid_type",
        input,
        inst
      });
      return payload;
    }
    if (jit && fastEnabled && ctx?.async === false && ctx.jitless !== true) {
      if (!fastpass)
        fastpass = generateFastpass(def.shape);
      payload = fastpass(payload, ctx);
      if (!catchall)
        return payload;
      return handleCatchall([], input, payload, ctx, value, inst, ctx?.abortEarly === true);
    }
    return superParse(payload, ctx);
  };
});
function handleUnionResults(results, final, inst, ctx) {
  for (const result of results) {
    if (result.issues.length === 0) {
      final.value = result.value;
      return final;
    }
  }
  const nonaborted = results.filter((r) => !aborted(r));
  if (nonaborted.length === 1) {
    final.value = nonaborted[0].value;
    return nonaborted[0];
  }
  final.issues.push({
    code: "invalid_union",
    input: final.value,
    inst,
    errors: results.map((result) => result.issues.map((iss) => finalizeIssue(iss, ctx, config())))
  });
  return final;
}
var $ZodUnion = /* @__PURE__ */ $constructor("$ZodUnion", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.options.some((o) => o._zod.optin === "defaulted") ? "defaulted" : zod.def.options.some((o) => o._zod.optin !== void 0) ? "optional" : void 0);
  defineLazyInternal(inst, "optout", (zod) => zod.def.options.some((o) => o._zod.optout === "optional") ? "optional" : void 0);
  defineLazyInternal(inst, "values", (zod) => {
    if (zod.def.options.every((o) => o._zod.values)) {
      return new Set(zod.def.options.flatMap((option) => Array.from(option._zod.values)));
    }
    return void 0;
  });
  defineLazyInternal(inst, "pattern", (zod) => {
    if (zod.def.options.every((o) => o._zod.pattern)) {
      const patterns2 = zod.def.options.map((o) => o._zod.pattern);
      return new RegExp(`^(${patterns2.map((p) => cleanRegex(p.source)).join("|")})$`);
    }
    return void 0;
  });
  const first = def.options.length === 1 ? def.options[0]._zod.run : null;
  inst._zod.parse = (payload, ctx) => {
    if (first) {
      return first(payload, ctx);
    }
    let async = false;
    const results = [];
    for (const option of def.options) {
      const result = option._zod.run({
        value: payload.value,
        issues: []
      }, ctx);
      if (result instanceof Promise) {
        results.push(result);
        async = true;
      } else {
        if (result.issues.length === 0)
          return result;
        results.push(result);
      }
    }
    if (!async)
      return handleUnionResults(results, payload, inst, ctx);
    return Promise.all(results).then((results2) => {
      return handleUnionResults(results2, payload, inst, ctx);
    });
  };
});
function discriminatorMap(def) {
  const map = /* @__PURE__ */ new Map();
  for (const option of def.options) {
    const values = option._zod.propValues?.[def.discriminator];
    if (!values || values.size === 0)
      throw new Error(`Invalid discriminated union option at index "${def.options.indexOf(option)}"`);
    for (const value of values) {
      if (map.has(value)) {
        if (value !== void 0)
          throw new Error(`Duplicate discriminator value "${String(value)}"`);
        map.set(value, null);
      } else {
        map.set(value, option);
      }
    }
  }
  return map;
}
var $ZodDiscriminatedUnion = /* @__PURE__ */ $constructor("$ZodDiscriminatedUnion", (inst, def) => {
  def.inclusive = false;
  $ZodUnion.init(inst, def);
  const _super = inst._zod.parse;
  defineLazyInternal(inst, "propValues", (zod) => {
    const propValues = {};
    let undefinedCount = 0;
    for (const option of zod.def.options) {
      const pv = option._zod.propValues;
      if (!pv || Object.keys(pv).length === 0)
        throw new Error(`Invalid discriminated union option at index "${zod.def.options.indexOf(option)}"`);
      if (pv[zod.def.discriminator]?.has(void 0))
        undefinedCount++;
      for (const [k, v] of Object.entries(pv)) {
        if (!Object.prototype.hasOwnProperty.call(propValues, k)) {
          assignProp(propValues, k, /* @__PURE__ */ new Set());
        }
        for (const val of v) {
          propValues[k].add(val);
        }
      }
    }
    if (!zod.def.unionFallback && undefinedCount > 1)
      propValues[zod.def.discriminator]?.delete(void 0);
    return propValues;
  });
  def.options.forEach((option, i) => {
    const propShape = rawShape(option._zod.def);
    if (propShape && !Object.prototype.hasOwnProperty.call(propShape, def.discriminator)) {
      throw new Error(`Invalid discriminated union option at index "${i}"`);
    }
  });
  const disc = cached(() => discriminatorMap(def));
  inst._zod.parse = (payload, ctx) => {
    const input = payload.value;
    if (!isObject(input)) {
      payload.issues.push({
        code: "invalid_type",
        expected: "object",
        input,
        inst
      });
      return payload;
    }
    const value = input?.[def.discriminator];
    const opt = disc.value.get(value);
    if (opt && (value !== void 0 || ctx.direction !== "backward")) {
      return opt._zod.run(payload, ctx);
    }
    if (def.unionFallback || ctx.direction === "backward") {
      return _super(payload, ctx);
    }
    payload.issues.push({
      code: "invalid_union",
      errors: [],
      note: "No matching discriminator",
      discriminator: def.discriminator,
      options: Array.from(disc.value.keys()).filter((value2) => disc.value.get(value2) !== null),
      input,
      path: [def.discriminator],
      inst
    });
    return payload;
  };
});
var $ZodIntersection = /* @__PURE__ */ $constructor("$ZodIntersection", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.parse = (payload, ctx) => {
    const input = payload.value;
    const left = def.left._zod.run({ value: input, issues: [] }, ctx);
    const right = def.right._zod.run({ value: input, issues: [] }, ctx);
    const async = left instanceof Promise || right instanceof Promise;
    if (async) {
      return Promise.all([left, right]).then(([left2, right2]) => {
        return handleIntersectionResults(payload, left2, right2);
      });
    }
    return handleIntersectionResults(payload, left, right);
  };
});
function mergeValues(a, b) {
  if (a === b) {
    return { valid: true, data: a };
  }
  if (a instanceof Date && b instanceof Date && +a === +b) {
    return { valid: true, data: a };
  }
  if (isPlainObject(a) && isPlainObject(b)) {
    const bKeys = Object.keys(b);
    const sharedKeys = Object.keys(a).filter((key) => bKeys.indexOf(key) !== -1);
    const newObj = { ...a, ...b };
    if (Object.prototype.hasOwnProperty.call(newObj, "__proto__"))
      delete newObj.__proto__;
    for (const key of sharedKeys) {
      if (key === "__proto__")
        continue;
      const sharedValue = mergeValues(a[key], b[key]);
      if (!sharedValue.valid) {
        return {
          valid: false,
          mergeErrorPath: [key, ...sharedValue.mergeErrorPath]
        };
      }
      newObj[key] = sharedValue.data;
    }
    return { valid: true, data: newObj };
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) {
      return { valid: false, mergeErrorPath: [] };
    }
    const newArray = [];
    for (let index = 0; index < a.length; index++) {
      const itemA = a[index];
      const itemB = b[index];
      const sharedValue = mergeValues(itemA, itemB);
      if (!sharedValue.valid) {
        return {
          valid: false,
          mergeErrorPath: [index, ...sharedValue.mergeErrorPath]
        };
      }
      newArray.push(sharedValue.data);
    }
    return { valid: true, data: newArray };
  }
  return { valid: false, mergeErrorPath: [] };
}
function handleIntersectionResults(result, left, right) {
  const unrecKeys = /* @__PURE__ */ new Map();
  let unrecIssue;
  const keyIssues = /* @__PURE__ */ new Map();
  const collect = (iss, side) => {
    let keys;
    if (iss.code === "unrecognized_keys" && !iss.path?.length) {
      unrecIssue ?? (unrecIssue = iss);
      keys = iss.keys;
    } else if (iss.code === "invalid_key" && iss.origin === "record" && iss.path?.length === 1) {
      const k = String(iss.path[0]);
      if (!keyIssues.has(k))
        keyIssues.set(k, iss);
      keys = [k];
    } else {
      return false;
    }
    for (const k of keys) {
      if (!unrecKeys.has(k))
        unrecKeys.set(k, {});
      unrecKeys.get(k)[side] = true;
    }
    return true;
  };
  for (const iss of left.issues) {
    if (!collect(iss, "l"))
      result.issues.push(iss);
  }
  for (const iss of right.issues) {
    if (!collect(iss, "r"))
      result.issues.push(iss);
  }
  const bothKeys = [...unrecKeys].filter(([, f]) => f.l && f.r).map(([k]) => k);
  if (bothKeys.length) {
    const aggregated = unrecIssue ? bothKeys.filter((k) => unrecIssue.keys.includes(k)) : [];
    if (aggregated.length)
      result.issues.push({ ...unrecIssue, keys: aggregated });
    for (const k of bothKeys) {
      if (!aggregated.includes(k) && keyIssues.has(k))
        result.issues.push(keyIssues.get(k));
    }
  }
  const merged = mergeValues(left.value, right.value);
  if (!merged.valid) {
    if (aborted(result))
      return result;
    throw new Error(`Unmergable intersection. Error path: ${JSON.stringify(merged.mergeErrorPath)}`);
  }
  result.value = merged.data;
  return result;
}
var $ZodTuple = /* @__PURE__ */ $constructor("$ZodTuple", (inst, def) => {
  $ZodType.init(inst, def);
  const items = def.items;
  const memo2 = globalConfig.memoizer;
  memo2?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    const input = payload.value;
    if (!Array.isArray(input)) {
      payload.issues.push({
        input,
        inst,
        expected: "tuple",
        code: "invalid_type"
      });
      return payload;
    }
    payload.value = memo2 ? memo2.alloc(inst, payload, [], ctx) : [];
    const proms = [];
    const optinStart = getTupleOptStart(items, "optin");
    const optoutStart = getTupleOptStart(items, "optout");
    if (!def.rest) {
      if (input.length < optinStart) {
        payload.issues.push({
          code: "too_small",
          minimum: optinStart,
          inclusive: true,
          input,
          inst,
          origin: "array"
        });
        return payload;
      }
      if (input.length > items.length) {
        payload.issues.push({
          code: "too_big",
          maximum: items.length,
          inclusive: true,
          input,
          inst,
          origin: "array"
        });
      }
    }
    const itemResults = new Array(items.length);
    const abortEarly = def.rest ? ctx?.abortEarly : void 0;
    let itemAborted = false;
    for (let i = 0; i < items.length; i++) {
      const r = items[i]._zod.run({ value: input[i], issues: [] }, ctx);
      if (r instanceof Promise) {
        proms.push(r.then((rr) => {
          itemResults[i] = rr;
        }));
      } else {
        itemResults[i] = r;
        if (abortEarly && !itemAborted && r.issues.length)
          itemAborted = aborted(r);
      }
    }
    if (def.rest && !itemAborted) {
      let i = items.length - 1;
      const rest = input.slice(items.length);
      let seen = payload.issues.length;
      for (const el of rest) {
        if (abortEarly && payload.issues.length !== seen) {
          if (aborted(payload, seen))
            break;
          seen = payload.issues.length;
        }
        i++;
        const result = def.rest._zod.run({ value: el, issues: [] }, ctx);
        if (result instanceof Promise) {
          proms.push(result.then((r) => handleTupleResult(r, payload, i)));
        } else {
          handleTupleResult(result, payload, i);
        }
      }
    }
    if (proms.length) {
      return Promise.all(proms).then(() => handleTupleResults(itemResults, payload, items, input, optoutStart));
    }
    return handleTupleResults(itemResults, payload, items, input, optoutStart);
  };
});
function getTupleOptStart(items, key) {
  for (let i = items.length - 1; i >= 0; i--) {
    const omittable = key === "optin" ? items[i]._zod.optin !== void 0 : items[i]._zod.optout === "optional";
    if (!omittable)
      return i + 1;
  }
  return 0;
}
function handleTupleResult(result, final, index) {
  if (result.issues.length) {
    final.issues.push(...prefixIssues(index, result.issues));
  }
  final.value[index] = result.value;
}
function handleTupleResults(itemResults, final, items, input, optoutStart) {
  for (let i = 0; i < items.length; i++) {
    const r = itemResults[i];
    const isPresent = i < input.length;
    if (!isPresent && i >= optoutStart && items[i]._zod.optin === "optional") {
      final.value.length = i;
      break;
    }
    if (r.issues.length) {
      if (!isPresent && i >= optoutStart) {
        final.value.length = i;
        break;
      }
      final.issues.push(...prefixIssues(i, r.issues));
    }
    final.value[i] = r.value;
  }
  for (let i = final.value.length - 1; i >= input.length; i--) {
    if (items[i]._zod.optout === "optional" && final.value[i] === void 0) {
      final.value.length = i;
    } else {
      break;
    }
  }
  return final;
}
var $ZodRecord = /* @__PURE__ */ $constructor("$ZodRecord", (inst, def) => {
  $ZodType.init(inst, def);
  const memo2 = globalConfig.memoizer;
  memo2?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    const input = payload.value;
    if (!isPlainObject(input)) {
      payload.issues.push({
        expected: "record",
        code: "invalid_type",
        input,
        inst
      });
      return payload;
    }
    const proms = [];
    const values = def.keyType._zod.values;
    if (values && !def.partial) {
      payload.value = memo2 ? memo2.alloc(inst, payload, {}, ctx) : {};
      const recordKeys = /* @__PURE__ */ new Set();
      for (const key of values) {
        if (typeof key === "string" || typeof key === "number" || typeof key === "symbol") {
          recordKeys.add(typeof key === "number" ? key.toString() : key);
          if (key === "__proto__")
            continue;
          const keyResult = def.keyType._zod.run({ value: key, issues: [] }, ctx);
          if (keyResult instanceof Promise) {
            throw new Error("Async schemas not supported in object keys currently");
          }
          if (keyResult.issues.length) {
            payload.issues.push({
              code: "invalid_key",
              origin: "record",
              issues: keyResult.issues.map((iss) => finalizeIssue(iss, ctx, config())),
              input: key,
              path: [key],
              inst
            });
            continue;
          }
          const outKey = keyResult.value;
          if (outKey === "__proto__")
            continue;
          const result = def.valueType._zod.run({ value: input[key], issues: [] }, ctx);
          if (result instanceof Promise) {
            proms.push(result.then((result2) => {
              if (result2.issues.length) {
                payload.issues.push(...prefixIssues(key, result2.issues));
              }
              payload.value[outKey] = result2.value;
            }));
          } else {
            if (result.issues.length) {
              payload.issues.push(...prefixIssues(key, result.issues));
            }
            payload.value[outKey] = result.value;
          }
        }
      }
      let unrecognized;
      for (const key in input) {
        if (!recordKeys.has(key)) {
          if (def.mode === "loose") {
            if (key === "__proto__")
              continue;
            payload.value[key] = input[key];
          } else {
            unrecognized = unrecognized ?? [];
            unrecognized.push(key);
          }
        }
      }
      if (unrecognized && unrecognized.length > 0) {
        payload.issues.push({
          code: "unrecognized_keys",
          input,
          inst,
          keys: unrecognized,
          continue: true
        });
      }
    } else {
      payload.value = memo2 ? memo2.alloc(inst, payload, {}, ctx) : {};
      let unrecognized;
      for (const key of Reflect.ownKeys(input)) {
        if (key === "__proto__")
          continue;
        if (!Object.prototype.propertyIsEnumerable.call(input, key))
          continue;
        let keyResult = def.keyType._zod.run({ value: key, issues: [] }, ctx);
        if (keyResult instanceof Promise) {
          throw new Error("Async schemas not supported in object keys currently");
        }
        const checkNumericKey = typeof key === "string" && number.test(key) && keyResult.issues.length;
        if (checkNumericKey) {
          const retryResult = def.keyType._zod.run({ value: Number(key), issues: [] }, ctx);
          if (retryResult instanceof Promise) {
            throw new Error("Async schemas not supported in object keys currently");
          }
          if (retryResult.issues.length === 0) {
            keyResult = retryResult;
          }
        }
        if (keyResult.issues.length) {
          if (def.mode === "loose") {
            payload.value[key] = input[key];
          } else if (values) {
            unrecognized = unrecognized ?? [];
            unrecognized.push(key);
          } else {
            payload.issues.push({
              code: "invalid_key",
              origin: "record",
              issues: keyResult.issues.map((iss) => finalizeIssue(iss, ctx, config())),
              input: key,
              path: [key],
              inst
            });
          }
          continue;
        }
        const outKey = keyResult.value;
        if (outKey === "__proto__")
          continue;
        const result = def.valueType._zod.run({ value: input[key], issues: [] }, ctx);
        if (result instanceof Promise) {
          proms.push(result.then((result2) => {
            if (result2.issues.length) {
              payload.issues.push(...prefixIssues(key, result2.issues));
            }
            payload.value[outKey] = result2.value;
          }));
        } else {
          if (result.issues.length) {
            payload.issues.push(...prefixIssues(key, result.issues));
          }
          payload.value[outKey] = result.value;
        }
      }
      if (unrecognized && unrecognized.length > 0) {
        payload.issues.push({
          code: "unrecognized_keys",
          input,
          inst,
          keys: unrecognized,
          continue: true
        });
      }
    }
    if (proms.length) {
      return Promise.all(proms).then(() => payload);
    }
    return payload;
  };
});
var $ZodEnum = /* @__PURE__ */ $constructor("$ZodEnum", (inst, def) => {
  $ZodType.init(inst, def);
  const values = getEnumValues(def.entries);
  const valuesSet = new Set(values);
  inst._zod.values = valuesSet;
  defineLazyInternal(inst, "pattern", (zod) => {
    const patternValues = getEnumValues(zod.def.entries).filter((k) => propertyKeyTypes.has(typeof k));
    return new RegExp(patternValues.length ? `^(${patternValues.map((o) => escapeRegex(o.toString())).join("|")})$` : "^[^\\s\\S]$");
  });
  inst._zod.parse = (payload, _ctx) => {
    const input = payload.value;
    if (valuesSet.has(input)) {
      return payload;
    }
    payload.issues.push({
      code: "invalid_value",
      values,
      input,
      inst
    });
    return payload;
  };
});
var $ZodLiteral = /* @__PURE__ */ $constructor("$ZodLiteral", (inst, def) => {
  $ZodType.init(inst, def);
  const values = new Set(def.values);
  inst._zod.values = values;
  defineLazyInternal(inst, "pattern", (zod) => {
    const vals = zod.def.values;
    return new RegExp(vals.length ? `^(${vals.map((o) => typeof o === "string" ? escapeRegex(o) : o ? escapeRegex(o.toString()) : String(o)).join("|")})$` : "^[^\\s\\S]$");
  });
  inst._zod.parse = (payload, _ctx) => {
    const input = payload.value;
    if (values.has(input)) {
      return payload;
    }
    payload.issues.push({
      code: "invalid_value",
      values: def.values,
      input,
      inst
    });
    return payload;
  };
});
var $ZodTransform = /* @__PURE__ */ $constructor("$ZodTransform", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.optin = "optional";
  globalConfig.memoizer?.guard(inst);
  inst._zod.parse = (payload, ctx) => {
    if (ctx.direction === "backward") {
      throw new $ZodEncodeError(inst.constructor.name);
    }
    const _out = def.transform(payload.value, payload);
    if (ctx.async) {
      const output = _out instanceof Promise ? _out : Promise.resolve(_out);
      return output.then((output2) => {
        payload.value = output2;
        return payload;
      });
    }
    if (_out instanceof Promise) {
      throw new $ZodAsyncError();
    }
    payload.value = _out;
    return payload;
  };
});
function handleOptionalResult(payload, result) {
  payload.value = result.issues.length ? void 0 : result.value;
  return payload;
}
var $ZodOptional = /* @__PURE__ */ $constructor("$ZodOptional", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin === "defaulted" ? "defaulted" : "optional");
  inst._zod.optout = "optional";
  defineLazyInternal(inst, "values", (zod) => {
    const values = zod.def.innerType._zod.values;
    return values ? /* @__PURE__ */ new Set([...values, void 0]) : void 0;
  });
  defineLazyInternal(inst, "pattern", (zod) => {
    const pattern = zod.def.innerType._zod.pattern;
    return pattern ? new RegExp(`^(${cleanRegex(pattern.source)})?$`) : void 0;
  });
  inst._zod.parse = (payload, ctx) => {
    if (payload.value === void 0) {
      if (def.innerType._zod.optin !== "defaulted")
        return payload;
      const result = def.innerType._zod.run({ value: payload.value, issues: [] }, ctx);
      if (result instanceof Promise)
        return result.then((result2) => handleOptionalResult(payload, result2));
      return handleOptionalResult(payload, result);
    }
    return def.innerType._zod.run(payload, ctx);
  };
});
var $ZodExactOptional = /* @__PURE__ */ $constructor("$ZodExactOptional", (inst, def) => {
  $ZodOptional.init(inst, def);
  defineLazyInternal(inst, "values", (zod) => zod.def.innerType._zod.values);
  defineLazyInternal(inst, "pattern", (zod) => zod.def.innerType._zod.pattern);
  inst._zod.parse = (payload, ctx) => {
    return def.innerType._zod.run(payload, ctx);
  };
});
var $ZodNullable = /* @__PURE__ */ $constructor("$ZodNullable", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin);
  defineLazyInternal(inst, "optout", (zod) => zod.def.innerType._zod.optout);
  defineLazyInternal(inst, "pattern", (zod) => {
    const pattern = zod.def.innerType._zod.pattern;
    return pattern ? new RegExp(`^(${cleanRegex(pattern.source)}|null)$`) : void 0;
  });
  defineLazyInternal(inst, "values", (zod) => {
    return zod.def.innerType._zod.values ? /* @__PURE__ */ new Set([...zod.def.innerType._zod.values, null]) : void 0;
  });
  inst._zod.parse = (payload, ctx) => {
    if (payload.value === null)
      return payload;
    return def.innerType._zod.run(payload, ctx);
  };
});
var $ZodDefault = /* @__PURE__ */ $constructor("$ZodDefault", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.optin = "defaulted";
  defineLazyInternal(inst, "values", (zod) => zod.def.innerType._zod.values);
  inst._zod.parse = (payload, ctx) => {
    if (ctx.direction === "backward") {
      return def.innerType._zod.run(payload, ctx);
    }
    if (payload.value === void 0) {
      payload.value = def.defaultValue;
      return payload;
    }
    const result = def.innerType._zod.run(payload, ctx);
    if (result instanceof Promise) {
      return result.then((result2) => handleDefaultResult(result2, def));
    }
    return handleDefaultResult(result, def);
  };
});
function handleDefaultResult(payload, def) {
  if (payload.value === void 0) {
    payload.value = def.defaultValue;
  }
  return payload;
}
var $ZodPrefault = /* @__PURE__ */ $constructor("$ZodPrefault", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.optin = "defaulted";
  defineLazyInternal(inst, "values", (zod) => zod.def.innerType._zod.values);
  inst._zod.parse = (payload, ctx) => {
    if (ctx.direction === "backward") {
      return def.innerType._zod.run(payload, ctx);
    }
    if (payload.value === void 0) {
      payload.value = def.defaultValue;
    }
    return def.innerType._zod.run(payload, ctx);
  };
});
var $ZodNonOptional = /* @__PURE__ */ $constructor("$ZodNonOptional", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "values", (zod) => {
    const v = zod.def.innerType._zod.values;
    return v ? new Set([...v].filter((x) => x !== void 0)) : void 0;
  });
  inst._zod.parse = (payload, ctx) => {
    const result = def.innerType._zod.run(payload, ctx);
    if (result instanceof Promise) {
      return result.then((result2) => handleNonOptionalResult(result2, inst));
    }
    return handleNonOptionalResult(result, inst);
  };
});
function handleNonOptionalResult(payload, inst) {
  if (!payload.issues.length && payload.value === void 0) {
    payload.issues.push({
      code: "invalid_type",
      expected: "nonoptional",
      input: payload.value,
      inst
    });
  }
  return payload;
}
function handleCatchResult(payload, result, def, ctx) {
  if (!result.issues.length) {
    payload.value = result.value;
    if (result.memo)
      payload.memo = true;
    return payload;
  }
  payload.value = def.catchValue({
    ...result,
    value: payload.value,
    error: {
      issues: result.issues.map((iss) => finalizeIssue(iss, ctx, config()))
    },
    input: payload.value
  });
  return payload;
}
var $ZodCatch = /* @__PURE__ */ $constructor("$ZodCatch", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin === "defaulted" ? "defaulted" : "optional");
  defineLazyInternal(inst, "optout", (zod) => zod.def.innerType._zod.optout);
  defineLazyInternal(inst, "values", (zod) => zod.def.innerType._zod.values);
  inst._zod.parse = (payload, ctx) => {
    if (ctx.direction === "backward") {
      return def.innerType._zod.run(payload, ctx);
    }
    const result = def.innerType._zod.run({ value: payload.value, issues: [] }, ctx);
    if (result instanceof Promise) {
      return result.then((result2) => handleCatchResult(payload, result2, def, ctx));
    }
    return handleCatchResult(payload, result, def, ctx);
  };
});
var $ZodPipe = /* @__PURE__ */ $constructor("$ZodPipe", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "values", (zod) => zod.def.in._zod.values);
  defineLazyInternal(inst, "optin", (zod) => zod.def.in._zod.optin);
  defineLazyInternal(inst, "optout", (zod) => zod.def.out._zod.optout);
  defineLazyInternal(inst, "propValues", (zod) => zod.def.in._zod.propValues);
  inst._zod.parse = (payload, ctx) => {
    if (ctx.direction === "backward") {
      const right = def.out._zod.run(payload, ctx);
      if (right instanceof Promise) {
        return right.then((right2) => handlePipeResult(right2, def.in, ctx));
      }
      return handlePipeResult(right, def.in, ctx);
    }
    const left = def.in._zod.run(payload, ctx);
    if (left instanceof Promise) {
      return left.then((left2) => handlePipeResult(left2, def.out, ctx));
    }
    return handlePipeResult(left, def.out, ctx);
  };
});
function handlePipeResult(left, next, ctx) {
  if (left.issues.some((iss) => iss.code !== "unrecognized_keys")) {
    left.aborted = true;
    return left;
  }
  return next._zod.run({ value: left.value, issues: left.issues }, ctx);
}
var $ZodReadonly = /* @__PURE__ */ $constructor("$ZodReadonly", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "propValues", (zod) => zod.def.innerType._zod.propValues);
  defineLazyInternal(inst, "values", (zod) => zod.def.innerType._zod.values);
  defineLazyInternal(inst, "optin", (zod) => zod.def.innerType?._zod?.optin);
  defineLazyInternal(inst, "optout", (zod) => zod.def.innerType?._zod?.optout);
  inst._zod.parse = (payload, ctx) => {
    if (ctx.direction === "backward") {
      return def.innerType._zod.run(payload, ctx);
    }
    const result = def.innerType._zod.run(payload, ctx);
    if (result instanceof Promise) {
      return result.then(handleReadonlyResult);
    }
    return handleReadonlyResult(result);
  };
});
function handleReadonlyResult(payload) {
  if (!payload.memo)
    payload.value = Object.freeze(payload.value);
  return payload;
}
var $ZodCustom = /* @__PURE__ */ $constructor("$ZodCustom", (inst, def) => {
  $ZodCheck.init(inst, def);
  $ZodType.init(inst, def);
  inst._zod.parse = (payload, _) => {
    return payload;
  };
  inst._zod.check = (payload) => {
    const input = payload.value;
    const r = def.fn(input);
    if (r instanceof Promise) {
      return r.then((r2) => handleRefineResult(r2, payload, input, inst));
    }
    handleRefineResult(r, payload, input, inst);
    return;
  };
});
function handleRefineResult(result, payload, input, inst) {
  if (!result) {
    const _iss = {
      code: "custom",
      input,
      inst,
      // incorporates params.error into issue reporting
      path: [...inst._zod.def.path ?? []],
      // incorporates params.error into issue reporting
      continue: !inst._zod.def.abort
      // params: inst._zod.def.params,
    };
    if (inst._zod.def.params)
      _iss.params = inst._zod.def.params;
    payload.issues.push(issue(_iss));
  }
}

// node_modules/zod/v4/core/memoizer.js
var $ZodCyclicError = class extends Error {
  constructor() {
    super(`Cannot parse a reference cycle that closes through a transform`);
    this.name = "ZodCyclicError";
  }
};
var STATE = "~memo";
var NO_ISSUES = [];
function isRef(value) {
  return value !== null && typeof value === "object";
}
function cloneIssues(issues) {
  return issues.map((iss) => iss.path ? { ...iss, path: iss.path.slice() } : { ...iss });
}
var recursive = /* @__PURE__ */ new WeakMap();
var NONE = 0;
var ASSUMED = 1;
var PROVEN = 2;
function isRecursive(inst, stack, resolve) {
  const cached2 = recursive.get(inst);
  if (cached2 !== void 0)
    return cached2 ? PROVEN : NONE;
  if (stack.has(inst))
    return PROVEN;
  stack.add(inst);
  let result = NONE;
  const check = (child) => {
    if (result !== PROVEN && child?._zod) {
      const answer = isRecursive(child, stack, resolve);
      if (answer > result)
        result = answer;
    }
  };
  const shape = (sh, spread) => {
    let answer = NONE;
    for (const key of Reflect.ownKeys(sh)) {
      const desc = Object.getOwnPropertyDescriptor(sh, key);
      if (spread && !desc.enumerable)
        continue;
      const child = desc.get ? ASSUMED : desc.value?._zod ? isRecursive(desc.value, stack, resolve) : NONE;
      if (child > answer)
        answer = child;
    }
    return answer;
  };
  const merge2 = (answer) => {
    if (answer > result)
      result = answer;
  };
  const def = inst._zod.def;
  const kind = def.type;
  switch (kind) {
    case "object": {
      const raw = rawShape(def);
      merge2(raw ? shape(raw, true) : ASSUMED);
      check(def.catchall);
      break;
    }
    case "array":
      check(def.element);
      break;
    case "tuple":
      for (const el of def.items)
        check(el);
      check(def.rest);
      break;
    case "record":
    case "map":
      check(def.keyType);
      check(def.valueType);
      break;
    case "set":
      check(def.valueType);
      break;
    case "union":
      for (const el of def.options)
        check(el);
      break;
    case "intersection":
      check(def.left);
      check(def.right);
      break;
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
    case "nonoptional":
    case "promise":
    case "success":
      check(def.innerType);
      break;
    case "pipe":
      check(def.in);
      check(def.out);
      break;
    case "function":
      check(def.input);
      check(def.output);
      break;
    // `$ZodLazy` caches its inner on the def, so a resolved edge is followed exactly
    case "lazy": {
      const inner = def._cachedInner ?? (resolve ? inst._zod.innerType : void 0);
      merge2(inner ? isRecursive(inner, stack, false) : ASSUMED);
      break;
    }
    // a leaf by choice: `parts` are regex fragments, not data positions
    case "template_literal":
    // leaves
    case "string":
    case "number":
    case "int":
    case "boolean":
    case "bigint":
    case "symbol":
    case "undefined":
    case "null":
    case "void":
    case "never":
    case "any":
    case "unknown":
    case "date":
    case "nan":
    case "enum":
    case "literal":
    case "file":
    case "transform":
    case "custom":
      break;
    default: {
      kind;
      for (const key in def) {
        const desc = Object.getOwnPropertyDescriptor(def, key);
        if (!desc || desc.get)
          continue;
        const value = desc.value;
        if (!value || typeof value !== "object")
          continue;
        if (value._zod)
          check(value);
        else if (Array.isArray(value))
          for (const el of value)
            check(el);
      }
    }
  }
  stack.delete(inst);
  return settle(inst, result);
}
function settle(inst, answer) {
  if (answer !== ASSUMED)
    recursive.set(inst, answer === PROVEN);
  return answer;
}
function bucketFor(state, inst) {
  let bucket = state.buckets.get(inst);
  if (!bucket) {
    bucket = /* @__PURE__ */ new WeakMap();
    state.buckets.set(inst, bucket);
  }
  return bucket;
}
var handoff;
var open = [];
var memo = {
  alloc(_inst, payload, empty) {
    const bucket = handoff;
    if (!bucket)
      return empty;
    handoff = void 0;
    const entry = { value: empty, issues: null };
    bucket.set(payload.value, entry);
    open.push(entry);
    return empty;
  },
  guard(inst) {
    var _a3;
    (_a3 = inst._zod).deferred ?? (_a3.deferred = []);
    inst._zod.deferred.push(() => {
      const base = inst._zod.parse;
      const wrapped = (payload, ctx) => {
        if (ctx.direction !== "backward" && isBackEdge(ctx, payload.value))
          throw new $ZodCyclicError();
        return base(payload, ctx);
      };
      inst._zod.parse = wrapped;
      if (inst._zod.run === base)
        inst._zod.run = wrapped;
    });
  },
  attach(inst) {
    var _a3;
    let isRecursiveInst;
    let rechecked = false;
    let lastCtx;
    let lastBucket;
    (_a3 = inst._zod).deferred ?? (_a3.deferred = []);
    inst._zod.deferred.push(() => {
      const base = inst._zod.parse;
      const wrapped = (payload, ctx) => {
        if (isRecursiveInst === void 0) {
          const walked = isRecursive(inst, /* @__PURE__ */ new Set(), false);
          if (walked === NONE) {
            inst._zod.parse = base;
            if (inst._zod.run === wrapped)
              inst._zod.run = base;
            return base(payload, ctx);
          }
          if (walked === PROVEN || rechecked)
            isRecursiveInst = true;
          else
            rechecked = true;
        }
        const input = payload.value;
        if (!isRef(input))
          return base(payload, ctx);
        let state = ctx[STATE];
        if (!state) {
          state = { buckets: /* @__PURE__ */ new WeakMap(), backEdges: void 0 };
          ctx[STATE] = state;
        }
        let bucket;
        if (lastCtx === ctx) {
          bucket = lastBucket;
        } else {
          bucket = bucketFor(state, inst);
          lastCtx = ctx;
          lastBucket = bucket;
        }
        const hit = bucket.get(input);
        if (hit) {
          payload.value = hit.value;
          if (hit.issues) {
            if (hit.issues.length)
              payload.issues.push(...cloneIssues(hit.issues));
          } else {
            payload.memo = true;
            state.backEdges ?? (state.backEdges = /* @__PURE__ */ new WeakSet());
            state.backEdges.add(hit.value);
          }
          return payload;
        }
        handoff = bucket;
        const depth = open.length;
        const result = base(payload, ctx);
        handoff = void 0;
        const entry = open.length > depth ? open.pop() : void 0;
        if (result instanceof Promise) {
          return result.then((r) => {
            if (entry)
              entry.issues = r.issues.length ? cloneIssues(r.issues) : NO_ISSUES;
            return r;
          });
        }
        if (entry)
          entry.issues = result.issues.length ? cloneIssues(result.issues) : NO_ISSUES;
        return result;
      };
      inst._zod.parse = wrapped;
      if (inst._zod.run === base)
        inst._zod.run = wrapped;
    });
  }
};
function memoizer() {
  return memo;
}
function isBackEdge(ctx, value) {
  const backEdges = ctx[STATE]?.backEdges;
  return backEdges !== void 0 && isRef(value) && backEdges.has(value);
}

// node_modules/zod/v4/locales/en.js
var error = () => {
  const Sizable = {
    string: { unit: "characters", verb: "to have" },
    file: { unit: "bytes", verb: "to have" },
    array: { unit: "items", verb: "to have" },
    set: { unit: "items", verb: "to have" },
    map: { unit: "entries", verb: "to have" }
  };
  function getSizing(origin) {
    return Sizable[origin] ?? null;
  }
  const FormatDictionary = {
    regex: "input",
    email: "email address",
    url: "URL",
    emoji: "emoji",
    uuid: "UUID",
    uuidv4: "UUIDv4",
    uuidv6: "UUIDv6",
    nanoid: "nanoid",
    guid: "GUID",
    cuid: "cuid",
    cuid2: "cuid2",
    ulid: "ULID",
    xid: "XID",
    ksuid: "KSUID",
    datetime: "ISO datetime",
    date: "ISO date",
    time: "ISO time",
    duration: "ISO duration",
    ipv4: "IPv4 address",
    ipv6: "IPv6 address",
    mac: "MAC address",
    cidrv4: "IPv4 range",
    cidrv6: "IPv6 range",
    base64: "base64-encoded string",
    base64url: "base64url-encoded string",
    json_string: "JSON string",
    e164: "E.164 number",
    currency_code: "currency code",
    credit_card: "credit card number",
    iban: "IBAN",
    jwt: "JWT",
    template_literal: "input"
  };
  const TypeDictionary = {
    // Compatibility: "nan" -> "NaN" for display
    nan: "NaN"
    // All other type names omitted - they fall back to raw values via ?? operator
  };
  function getTypeName(type, input) {
    if (type === "number" && typeof input === "number" && !Number.isFinite(input)) {
      return String(input);
    }
    return TypeDictionary[type] ?? type;
  }
  return (issue2) => {
    switch (issue2.code) {
      case "invalid_type": {
        const expected = getTypeName(issue2.expected);
        const receivedType = parsedType(issue2.input);
        const received = getTypeName(receivedType, issue2.input);
        return `Invalid input: expected ${expected}, received ${received}`;
      }
      case "invalid_value":
        if (issue2.values.length === 1)
          return `Invalid input: expected ${stringifyPrimitive(issue2.values[0])}`;
        return `Invalid option: expected one of ${joinValues(issue2.values, "|")}`;
      case "too_big": {
        const adj = issue2.exact ? "exactly " : issue2.inclusive ? "<=" : "<";
        const sizing = getSizing(issue2.origin);
        if (sizing)
          return `Too big: expected ${issue2.origin ?? "value"} to have ${adj}${issue2.maximum.toString()} ${sizing.unit ?? "elements"}`;
        return `Too big: expected ${issue2.origin ?? "value"} to be ${adj}${issue2.maximum.toString()}`;
      }
      case "too_small": {
        const adj = issue2.exact ? "exactly " : issue2.inclusive ? ">=" : ">";
        const sizing = getSizing(issue2.origin);
        if (sizing) {
          return `Too small: expected ${issue2.origin} to have ${adj}${issue2.minimum.toString()} ${sizing.unit}`;
        }
        return `Too small: expected ${issue2.origin} to be ${adj}${issue2.minimum.toString()}`;
      }
      case "invalid_format": {
        const _issue = issue2;
        if (_issue.format === "starts_with") {
          return `Invalid string: must start with "${_issue.prefix}"`;
        }
        if (_issue.format === "ends_with")
          return `Invalid string: must end with "${_issue.suffix}"`;
        if (_issue.format === "includes")
          return `Invalid string: must include "${_issue.includes}"`;
        if (_issue.format === "regex")
          return `Invalid string: must match pattern ${_issue.pattern}`;
        return `Invalid ${FormatDictionary[_issue.format] ?? issue2.format}`;
      }
      case "not_multiple_of":
        return `Invalid number: must be a multiple of ${issue2.divisor}`;
      case "unrecognized_keys":
        return `Unrecognized key${issue2.keys.length > 1 ? "s" : ""}: ${joinValues(issue2.keys, ", ")}`;
      case "invalid_key":
        return `Invalid key in ${issue2.origin}`;
      case "invalid_union":
        if (issue2.options && Array.isArray(issue2.options) && issue2.options.length > 0) {
          const opts = issue2.options.map((o) => `'${o}'`).join(" | ");
          return `Invalid discriminator value. Expected ${opts}`;
        }
        if (issue2.inclusive === false) {
          return "Invalid input: more than one option matched";
        }
        return "Invalid input";
      case "invalid_element":
        return `Invalid value in ${issue2.origin}`;
      default:
        return `Invalid input`;
    }
  };
};
function en_default() {
  return {
    localeError: error()
  };
}

// node_modules/zod/v4/core/registries.js
var _a2;
var $ZodRegistry = class {
  constructor() {
    this._map = /* @__PURE__ */ new WeakMap();
    this._idmap = /* @__PURE__ */ new Map();
  }
  add(schema, ..._meta) {
    const meta2 = _meta[0];
    this._map.set(schema, meta2);
    if (meta2 && typeof meta2 === "object" && "id" in meta2) {
      this._idmap.set(meta2.id, schema);
    }
    return this;
  }
  clear() {
    this._map = /* @__PURE__ */ new WeakMap();
    this._idmap = /* @__PURE__ */ new Map();
    return this;
  }
  remove(schema) {
    const meta2 = this._map.get(schema);
    if (meta2 && typeof meta2 === "object" && "id" in meta2) {
      this._idmap.delete(meta2.id);
    }
    this._map.delete(schema);
    return this;
  }
  get(schema) {
    const p = schema._zod.parent;
    if (p) {
      const pm = { ...this.get(p) ?? {} };
      delete pm.id;
      const f = { ...pm, ...this._map.get(schema) };
      return Object.keys(f).length ? f : void 0;
    }
    return this._map.get(schema);
  }
  has(schema) {
    return this._map.has(schema);
  }
};
function registry() {
  return new $ZodRegistry();
}
(_a2 = globalThis).__zod_globalRegistry ?? (_a2.__zod_globalRegistry = registry());
var globalRegistry = globalThis.__zod_globalRegistry;

// node_modules/zod/v4/core/api.js
function snapshotChecks(def) {
  if (def.checks)
    def.checks = [...def.checks];
  return def;
}
// @__NO_SIDE_EFFECTS__
function _string(Class2, params) {
  return new Class2(snapshotChecks({ type: "string", ...normalizeParams(params) }));
}
// @__NO_SIDE_EFFECTS__
function _email(Class2, params) {
  return new Class2({
    type: "string",
    format: "email",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _guid(Class2, params) {
  return new Class2({
    type: "string",
    format: "guid",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _uuid(Class2, params) {
  return new Class2({
    type: "string",
    format: "uuid",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _uuidv4(Class2, params) {
  return new Class2({
    type: "string",
    format: "uuid",
    check: "string_format",
    abort: false,
    version: "v4",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _uuidv6(Class2, params) {
  return new Class2({
    type: "string",
    format: "uuid",
    check: "string_format",
    abort: false,
    version: "v6",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _uuidv7(Class2, params) {
  return new Class2({
    type: "string",
    format: "uuid",
    check: "string_format",
    abort: false,
    version: "v7",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _url(Class2, params) {
  return new Class2({
    type: "string",
    format: "url",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _emoji2(Class2, params) {
  return new Class2({
    type: "string",
    format: "emoji",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _nanoid(Class2, params) {
  return new Class2({
    type: "string",
    format: "nanoid",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _cuid(Class2, params) {
  return new Class2({
    type: "string",
    format: "cuid",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _cuid2(Class2, params) {
  return new Class2({
    type: "string",
    format: "cuid2",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _ulid(Class2, params) {
  return new Class2({
    type: "string",
    format: "ulid",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _xid(Class2, params) {
  return new Class2({
    type: "string",
    format: "xid",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _ksuid(Class2, params) {
  return new Class2({
    type: "string",
    format: "ksuid",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _ipv4(Class2, params) {
  return new Class2({
    type: "string",
    format: "ipv4",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _ipv6(Class2, params) {
  return new Class2({
    type: "string",
    format: "ipv6",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _cidrv4(Class2, params) {
  return new Class2({
    type: "string",
    format: "cidrv4",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _cidrv6(Class2, params) {
  return new Class2({
    type: "string",
    format: "cidrv6",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _base64(Class2, params) {
  return new Class2({
    type: "string",
    format: "base64",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _base64url(Class2, params) {
  return new Class2({
    type: "string",
    format: "base64url",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _e164(Class2, params) {
  return new Class2({
    type: "string",
    format: "e164",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _jwt(Class2, params) {
  return new Class2({
    type: "string",
    format: "jwt",
    check: "string_format",
    abort: false,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _isoDateTime(Class2, params) {
  return new Class2({
    type: "string",
    format: "datetime",
    check: "string_format",
    offset: false,
    local: false,
    precision: null,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _isoDate(Class2, params) {
  return new Class2({
    type: "string",
    format: "date",
    check: "string_format",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _isoTime(Class2, params) {
  return new Class2({
    type: "string",
    format: "time",
    check: "string_format",
    precision: null,
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _isoDuration(Class2, params) {
  return new Class2({
    type: "string",
    format: "duration",
    check: "string_format",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _number(Class2, params) {
  return new Class2(snapshotChecks({ type: "number", checks: [], ...normalizeParams(params) }));
}
// @__NO_SIDE_EFFECTS__
function _int(Class2, params) {
  return new Class2({
    type: "number",
    check: "number_format",
    abort: false,
    format: "safeint",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _boolean(Class2, params) {
  return new Class2({
    type: "boolean",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _unknown(Class2) {
  return new Class2({
    type: "unknown"
  });
}
// @__NO_SIDE_EFFECTS__
function _never(Class2, params) {
  return new Class2({
    type: "never",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _lt(value, params) {
  return new $ZodCheckLessThan({
    check: "less_than",
    ...normalizeParams(params),
    value,
    inclusive: false
  });
}
// @__NO_SIDE_EFFECTS__
function _lte(value, params) {
  return new $ZodCheckLessThan({
    check: "less_than",
    ...normalizeParams(params),
    value,
    inclusive: true
  });
}
// @__NO_SIDE_EFFECTS__
function _gt(value, params) {
  return new $ZodCheckGreaterThan({
    check: "greater_than",
    ...normalizeParams(params),
    value,
    inclusive: false
  });
}
// @__NO_SIDE_EFFECTS__
function _gte(value, params) {
  return new $ZodCheckGreaterThan({
    check: "greater_than",
    ...normalizeParams(params),
    value,
    inclusive: true
  });
}
// @__NO_SIDE_EFFECTS__
function _multipleOf(value, params) {
  return new $ZodCheckMultipleOf({
    check: "multiple_of",
    ...normalizeParams(params),
    value
  });
}
// @__NO_SIDE_EFFECTS__
function _maxLength(maximum, params) {
  const ch = new $ZodCheckMaxLength({
    check: "max_length",
    ...normalizeParams(params),
    maximum
  });
  return ch;
}
// @__NO_SIDE_EFFECTS__
function _minLength(minimum, params) {
  return new $ZodCheckMinLength({
    check: "min_length",
    ...normalizeParams(params),
    minimum
  });
}
// @__NO_SIDE_EFFECTS__
function _length(length, params) {
  return new $ZodCheckLengthEquals({
    check: "length_equals",
    ...normalizeParams(params),
    length
  });
}
// @__NO_SIDE_EFFECTS__
function _regex(pattern, params) {
  return new $ZodCheckRegex({
    check: "string_format",
    format: "regex",
    ...normalizeParams(params),
    pattern
  });
}
// @__NO_SIDE_EFFECTS__
function _lowercase(params) {
  return new $ZodCheckLowerCase({
    check: "string_format",
    format: "lowercase",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _uppercase(params) {
  return new $ZodCheckUpperCase({
    check: "string_format",
    format: "uppercase",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _includes(includes, params) {
  return new $ZodCheckIncludes({
    check: "string_format",
    format: "includes",
    ...normalizeParams(params),
    includes
  });
}
// @__NO_SIDE_EFFECTS__
function _startsWith(prefix, params) {
  return new $ZodCheckStartsWith({
    check: "string_format",
    format: "starts_with",
    ...normalizeParams(params),
    prefix
  });
}
// @__NO_SIDE_EFFECTS__
function _endsWith(suffix, params) {
  return new $ZodCheckEndsWith({
    check: "string_format",
    format: "ends_with",
    ...normalizeParams(params),
    suffix
  });
}
// @__NO_SIDE_EFFECTS__
function _overwrite(tx) {
  return new $ZodCheckOverwrite({
    check: "overwrite",
    tx
  });
}
// @__NO_SIDE_EFFECTS__
function _normalize(form) {
  return /* @__PURE__ */ _overwrite((input) => input.normalize(form));
}
// @__NO_SIDE_EFFECTS__
function _trim() {
  return /* @__PURE__ */ _overwrite((input) => input.trim());
}
// @__NO_SIDE_EFFECTS__
function _toLowerCase() {
  return /* @__PURE__ */ _overwrite((input) => input.toLowerCase());
}
// @__NO_SIDE_EFFECTS__
function _toUpperCase() {
  return /* @__PURE__ */ _overwrite((input) => input.toUpperCase());
}
// @__NO_SIDE_EFFECTS__
function _slugify() {
  return /* @__PURE__ */ _overwrite((input) => slugify(input));
}
// @__NO_SIDE_EFFECTS__
function _array(Class2, element, params) {
  return new Class2({
    type: "array",
    element,
    // get element() {
    //   return element;
    // },
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _refine(Class2, fn, _params) {
  const schema = new Class2({
    type: "custom",
    check: "custom",
    fn,
    ...normalizeParams(_params)
  });
  return schema;
}
// @__NO_SIDE_EFFECTS__
function _superRefine(fn, params) {
  const ch = /* @__PURE__ */ _check((payload) => {
    payload.addIssue = (issue2) => {
      if (typeof issue2 === "string") {
        payload.issues.push(issue(issue2, payload.value, ch._zod.def));
      } else {
        const _issue = issue2;
        if (_issue.fatal)
          _issue.continue = false;
        _issue.code ?? (_issue.code = "custom");
        if (!("input" in _issue))
          _issue.input = payload.value;
        _issue.inst ?? (_issue.inst = ch);
        _issue.continue ?? (_issue.continue = !ch._zod.def.abort);
        payload.issues.push(issue(_issue));
      }
    };
    return fn(payload.value, payload);
  }, params);
  return ch;
}
// @__NO_SIDE_EFFECTS__
function _check(fn, params) {
  const ch = new $ZodCheck({
    check: "custom",
    ...normalizeParams(params)
  });
  ch._zod.check = fn;
  return ch;
}

// node_modules/zod/v4/core/to-json-schema.js
function assignProps(target2, ...sources) {
  for (const source of sources) {
    for (const key of Reflect.ownKeys(source)) {
      if (Object.prototype.propertyIsEnumerable.call(source, key)) {
        assignProp(target2, key, source[key]);
      }
    }
  }
  return target2;
}
function initializeContext(params) {
  let target2 = params?.target ?? "draft-2020-12";
  if (target2 === "draft-4")
    target2 = "draft-04";
  if (target2 === "draft-7")
    target2 = "draft-07";
  return {
    processors: params.processors ?? {},
    metadataRegistry: params?.metadata ?? globalRegistry,
    target: target2,
    unrepresentable: params?.unrepresentable ?? "throw",
    override: params?.override ?? (() => {
    }),
    io: params?.io ?? "output",
    counter: 0,
    seen: /* @__PURE__ */ new Map(),
    sharedDefsExtractedFor: void 0,
    sharedEmitDoneFor: void 0,
    cycles: params?.cycles ?? "ref",
    reused: params?.reused ?? "inline",
    intersections: [],
    deferred: [],
    external: params?.external ?? void 0
  };
}
function handleUnrepresentable(schema, ctx, json, params, message) {
  const result = typeof ctx.unrepresentable === "function" ? ctx.unrepresentable({ zodSchema: schema, path: params.path, message }) : ctx.unrepresentable;
  if (result === "any")
    return false;
  if (result === void 0 || result === "throw")
    throw new Error(message);
  Object.assign(json, result);
  return true;
}
function processSchema(schema, ctx, _params = { path: [], schemaPath: [] }) {
  var _a3;
  const def = schema._zod.def;
  const seen = ctx.seen.get(schema);
  if (seen) {
    seen.count++;
    const isCycle = _params.schemaPath.includes(schema);
    if (isCycle) {
      seen.cycle = _params.path;
    }
    return seen.schema;
  }
  const result = { schema: {}, count: 1, cycle: void 0, path: _params.path };
  ctx.seen.set(schema, result);
  ctx.sharedDefsExtractedFor = void 0;
  ctx.sharedEmitDoneFor = void 0;
  const overrideSchema = schema._zod.toJSONSchema?.();
  if (overrideSchema) {
    result.schema = overrideSchema;
  } else {
    const params = {
      ..._params,
      schemaPath: [..._params.schemaPath, schema],
      path: _params.path
    };
    if (schema._zod.processJSONSchema) {
      schema._zod.processJSONSchema(ctx, result.schema, params);
    } else {
      const _json = result.schema;
      const processor = ctx.processors[def.type];
      if (!processor) {
        throw new Error(`[toJSONSchema]: Non-representable type encountered: ${def.type}`);
      }
      processor(schema, ctx, _json, params);
    }
    const parent = schema._zod.parent;
    if (parent) {
      if (!result.ref)
        result.ref = parent;
      processSchema(parent, ctx, params);
      ctx.seen.get(parent).isParent = true;
    }
  }
  const meta2 = ctx.metadataRegistry.get(schema);
  if (meta2)
    assignProps(result.schema, meta2);
  if (ctx.io === "input" && isTransforming(schema)) {
    delete result.schema.examples;
    delete result.schema.default;
  }
  if (ctx.io === "input" && "_prefault" in result.schema)
    (_a3 = result.schema).default ?? (_a3.default = result.schema._prefault);
  delete result.schema._prefault;
  const _result = ctx.seen.get(schema);
  return _result.schema;
}
function encodeJSONPointerSegment(segment2) {
  return segment2.replace(/~/g, "~0").replace(/\//g, "~1");
}
function extractDefs(ctx, schema) {
  const root = ctx.seen.get(schema);
  if (!root)
    throw new Error("Unprocessed schema. This is a bug in Zod.");
  if (ctx.external && ctx.sharedDefsExtractedFor === ctx.external)
    return;
  const idToSchema = /* @__PURE__ */ new Map();
  for (const entry of ctx.seen.entries()) {
    const id = ctx.metadataRegistry.get(entry[0])?.id;
    if (id) {
      const existing = idToSchema.get(id);
      if (existing && existing !== entry[0]) {
        throw new Error(`Duplicate schema id "${id}" detected during JSON Schema conversion. Two different schemas cannot share the same id when converted together.`);
      }
      idToSchema.set(id, entry[0]);
    }
  }
  const makeURI = (entry) => {
    const defsSegment = ctx.target === "draft-2020-12" ? "$defs" : "definitions";
    if (ctx.external) {
      const externalId = ctx.external.registry.get(entry[0])?.id;
      const uriGenerator = ctx.external.uri ?? ((id2) => id2);
      if (externalId) {
        return { ref: uriGenerator(externalId) };
      }
      const id = entry[1].defId ?? entry[1].schema.id ?? `schema${ctx.counter++}`;
      entry[1].defId = id;
      return { defId: id, ref: `${uriGenerator("__shared")}#/${defsSegment}/${encodeJSONPointerSegment(id)}` };
    }
    const uriPrefix = `#`;
    const defUriPrefix = `${uriPrefix}/${defsSegment}/`;
    if (entry[1] === root && !entry[1].schema.id) {
      return { ref: uriPrefix };
    }
    const defId = entry[1].schema.id ?? `__schema${ctx.counter++}`;
    return { defId, ref: defUriPrefix + encodeJSONPointerSegment(defId) };
  };
  const extractToDef = (entry) => {
    if (entry[1].schema.$ref) {
      return;
    }
    const seen = entry[1];
    const { ref, defId } = makeURI(entry);
    seen.def = { ...seen.schema };
    if (defId)
      seen.defId = defId;
    const schema2 = seen.schema;
    for (const key in schema2) {
      delete schema2[key];
    }
    schema2.$ref = ref;
  };
  if (ctx.cycles === "throw") {
    for (const entry of ctx.seen.entries()) {
      const seen = entry[1];
      if (seen.cycle) {
        throw new Error(`Cycle detected: #/${seen.cycle?.join("/")}/<root>

Set the \`cycles\` parameter to \`"ref"\` to resolve cyclical schemas with defs.`);
      }
    }
  }
  for (const entry of ctx.seen.entries()) {
    const seen = entry[1];
    if (schema === entry[0]) {
      extractToDef(entry);
      continue;
    }
    if (ctx.external) {
      const ext = ctx.external.registry.get(entry[0])?.id;
      if (schema !== entry[0] && ext) {
        extractToDef(entry);
        continue;
      }
    }
    const id = ctx.metadataRegistry.get(entry[0])?.id;
    if (id) {
      extractToDef(entry);
      continue;
    }
    if (seen.cycle) {
      extractToDef(entry);
      continue;
    }
    if (seen.count > 1) {
      if (ctx.reused === "ref") {
        extractToDef(entry);
      }
    }
  }
  if (ctx.external)
    ctx.sharedDefsExtractedFor = ctx.external;
}
function compactTypeUnion(schema) {
  const options = schema.anyOf;
  if (!Array.isArray(options) || options.length === 0 || schema.type !== void 0)
    return;
  const types2 = [];
  for (const option of options) {
    if (!option || typeof option !== "object")
      return;
    compactTypeUnion(option);
    const keys = Object.keys(option);
    if (keys.length !== 1 || keys[0] !== "type")
      return;
    const type = option.type;
    for (const member of Array.isArray(type) ? type : [type]) {
      if (typeof member !== "string")
        return;
      if (!types2.includes(member))
        types2.push(member);
    }
  }
  delete schema.anyOf;
  schema.type = types2.length === 1 ? types2[0] : types2;
}
var FOLDABLE_KEYS = /* @__PURE__ */ new Set(["type", "properties", "required", "additionalProperties"]);
var UNION_KEYS = ["oneOf", "anyOf"];
function undeclaredConstraint(member) {
  const extra = member.additionalProperties;
  if (extra === void 0 || extra === false || typeof extra !== "object" || extra === null)
    return null;
  return Object.keys(extra).length ? extra : null;
}
function foldObjects(members2) {
  const objects = [];
  for (const member of members2) {
    if (typeof member !== "object" || member.type !== "object")
      return null;
    for (const key in member) {
      if (!FOLDABLE_KEYS.has(key))
        return null;
    }
    objects.push(member);
  }
  const properties = {};
  const required2 = /* @__PURE__ */ new Set();
  for (const object2 of objects) {
    for (const key in object2.properties) {
      if (Object.prototype.hasOwnProperty.call(properties, key))
        continue;
      const parts = [];
      for (const other of objects) {
        const part = other.properties?.[key] ?? undeclaredConstraint(other);
        if (part === null || part === void 0)
          continue;
        if (!parts.some((seen) => JSON.stringify(seen) === JSON.stringify(part)))
          parts.push(part);
      }
      const merged = parts.length === 1 ? parts[0] : foldObjects(parts) ?? { allOf: parts };
      assignProp(properties, key, merged);
    }
    for (const key of object2.required ?? [])
      required2.add(key);
  }
  const folded = { type: "object", properties };
  if (required2.size)
    folded.required = [...required2];
  if (objects.every((object2) => object2.additionalProperties === false)) {
    folded.additionalProperties = false;
  } else {
    const constraints = [];
    for (const object2 of objects) {
      const constraint = undeclaredConstraint(object2);
      if (constraint && !constraints.some((seen) => JSON.stringify(seen) === JSON.stringify(constraint)))
        constraints.push(constraint);
    }
    if (constraints.length === 1)
      folded.additionalProperties = constraints[0];
    else if (constraints.length > 1)
      folded.additionalProperties = { allOf: constraints };
  }
  return folded;
}
function foldIntersection(json) {
  const allOf = json.allOf;
  if (!Array.isArray(allOf) || allOf.length < 2)
    return;
  for (const key of FOLDABLE_KEYS)
    if (key in json)
      return;
  const unions = allOf.filter((m) => UNION_KEYS.some((k) => Array.isArray(m[k])));
  let folded = null;
  if (!unions.length) {
    folded = foldObjects(allOf);
  } else {
    const union2 = unions[0];
    const keyword = UNION_KEYS.find((k) => Array.isArray(union2[k]));
    if (Object.keys(union2).length !== 1)
      return;
    const rest = allOf.filter((m) => m !== union2);
    const branches = union2[keyword].map((branch) => foldObjects([...rest, branch]));
    if (branches.some((b) => !b))
      return;
    folded = { [keyword]: branches };
  }
  if (!folded)
    return;
  delete json.allOf;
  assignProps(json, folded);
}
function finalize(ctx, schema) {
  const root = ctx.seen.get(schema);
  if (!root)
    throw new Error("Unprocessed schema. This is a bug in Zod.");
  const flattenRef = (zodSchema) => {
    const seen = ctx.seen.get(zodSchema);
    if (seen.ref === null)
      return;
    const schema2 = seen.def ?? seen.schema;
    const _cached = { ...schema2 };
    const ref = seen.ref;
    seen.ref = null;
    if (ref) {
      flattenRef(ref);
      const refSeen = ctx.seen.get(ref);
      const refSchema = refSeen.schema;
      if (refSchema.$ref && (ctx.target === "draft-07" || ctx.target === "draft-04" || ctx.target === "openapi-3.0")) {
        schema2.allOf = schema2.allOf ?? [];
        schema2.allOf.push(refSchema);
      } else {
        assignProps(schema2, refSchema);
      }
      assignProps(schema2, _cached);
      const isParentRef = zodSchema._zod.parent === ref;
      if (isParentRef) {
        for (const key in schema2) {
          if (key === "$ref" || key === "allOf")
            continue;
          if (!(key in _cached)) {
            delete schema2[key];
          }
        }
      }
      if (refSchema.$ref && refSeen.def) {
        for (const key in schema2) {
          if (key === "$ref" || key === "allOf")
            continue;
          if (key in refSeen.def && JSON.stringify(schema2[key]) === JSON.stringify(refSeen.def[key])) {
            delete schema2[key];
          }
        }
      }
    }
    const parent = zodSchema._zod.parent;
    if (parent && parent !== ref) {
      flattenRef(parent);
      const parentSeen = ctx.seen.get(parent);
      if (parentSeen?.schema.$ref) {
        schema2.$ref = parentSeen.schema.$ref;
        if (parentSeen.def) {
          for (const key in schema2) {
            if (key === "$ref" || key === "allOf")
              continue;
            if (key in parentSeen.def && JSON.stringify(schema2[key]) === JSON.stringify(parentSeen.def[key])) {
              delete schema2[key];
            }
          }
        }
      }
    }
    ctx.override({
      zodSchema,
      jsonSchema: schema2,
      path: seen.path ?? []
    });
  };
  if (!ctx.external || ctx.sharedEmitDoneFor !== ctx.external) {
    for (const entry of [...ctx.seen.entries()].reverse()) {
      flattenRef(entry[0]);
    }
    if (ctx.target !== "openapi-3.0") {
      for (const entry of ctx.seen.entries()) {
        compactTypeUnion(entry[1].def ?? entry[1].schema);
      }
    }
    for (const rewrite of ctx.deferred)
      rewrite();
    if (ctx.intersections.length) {
      const carriers = /* @__PURE__ */ new Map();
      for (const seen of ctx.seen.values()) {
        for (const json of [seen.schema, seen.def]) {
          const allOf = json?.allOf;
          if (!Array.isArray(allOf))
            continue;
          const existing = carriers.get(allOf);
          if (existing)
            existing.push(json);
          else
            carriers.set(allOf, [json]);
        }
      }
      for (const allOf of ctx.intersections) {
        for (const json of carriers.get(allOf) ?? [])
          foldIntersection(json);
      }
    }
  }
  const result = {};
  if (ctx.target === "draft-2020-12") {
    result.$schema = "https://json-schema.org/draft/2020-12/schema";
  } else if (ctx.target === "draft-07") {
    result.$schema = "http://json-schema.org/draft-07/schema#";
  } else if (ctx.target === "draft-04") {
    result.$schema = "http://json-schema.org/draft-04/schema#";
  } else if (ctx.target === "openapi-3.0") {
  } else {
  }
  if (ctx.external?.uri) {
    const id = ctx.external.registry.get(schema)?.id;
    if (!id)
      throw new Error("Schema is missing an `id` property");
    result.$id = ctx.external.uri(id);
  }
  assignProps(result, root.defId ? root.schema : root.def ?? root.schema);
  const rootMetaId = ctx.metadataRegistry.get(schema)?.id;
  if (rootMetaId !== void 0 && result.id === rootMetaId)
    delete result.id;
  const defs = ctx.external?.defs ?? {};
  if (!ctx.external || ctx.sharedEmitDoneFor !== ctx.external) {
    for (const entry of ctx.seen.entries()) {
      const seen = entry[1];
      if (seen.def && seen.defId) {
        if (seen.def.id === seen.defId)
          delete seen.def.id;
        assignProp(defs, seen.defId, seen.def);
      }
    }
  }
  if (ctx.external)
    ctx.sharedEmitDoneFor = ctx.external;
  if (ctx.external) {
  } else {
    if (Object.keys(defs).length > 0) {
      if (ctx.target === "draft-2020-12") {
        result.$defs = defs;
      } else {
        result.definitions = defs;
      }
    }
  }
  try {
    const finalized = JSON.parse(JSON.stringify(result));
    Object.defineProperty(finalized, "~standard", {
      value: {
        ...schema["~standard"],
        jsonSchema: {
          input: createStandardJSONSchemaMethod(schema, "input", ctx.processors),
          output: createStandardJSONSchemaMethod(schema, "output", ctx.processors)
        }
      },
      enumerable: false,
      writable: false
    });
    return finalized;
  } catch (_err) {
    throw new Error("Error converting schema to JSON.");
  }
}
function isTransforming(_schema, _ctx) {
  const ctx = _ctx ?? { seen: /* @__PURE__ */ new Set() };
  if (ctx.seen.has(_schema))
    return false;
  ctx.seen.add(_schema);
  const def = _schema._zod.def;
  if (def.type === "transform")
    return true;
  if (def.type === "array")
    return isTransforming(def.element, ctx);
  if (def.type === "set")
    return isTransforming(def.valueType, ctx);
  if (def.type === "lazy")
    return isTransforming(def.getter(), ctx);
  if (def.type === "promise" || def.type === "optional" || def.type === "nonoptional" || def.type === "nullable" || def.type === "readonly" || def.type === "default" || def.type === "prefault" || def.type === "catch") {
    return isTransforming(def.innerType, ctx);
  }
  if (def.type === "intersection") {
    return isTransforming(def.left, ctx) || isTransforming(def.right, ctx);
  }
  if (def.type === "record" || def.type === "map") {
    return isTransforming(def.keyType, ctx) || isTransforming(def.valueType, ctx);
  }
  if (def.type === "pipe") {
    if (_schema._zod.traits.has("$ZodCodec"))
      return true;
    return isTransforming(def.in, ctx) || isTransforming(def.out, ctx);
  }
  if (def.type === "object") {
    for (const key in def.shape) {
      if (isTransforming(def.shape[key], ctx))
        return true;
    }
    return false;
  }
  if (def.type === "union") {
    for (const option of def.options) {
      if (isTransforming(option, ctx))
        return true;
    }
    return false;
  }
  if (def.type === "tuple") {
    for (const item of def.items) {
      if (isTransforming(item, ctx))
        return true;
    }
    if (def.rest && isTransforming(def.rest, ctx))
      return true;
    return false;
  }
  return false;
}
var createToJSONSchemaMethod = (schema, processors = {}) => (params) => {
  const ctx = initializeContext({ ...params, processors });
  processSchema(schema, ctx);
  extractDefs(ctx, schema);
  return finalize(ctx, schema);
};
var createStandardJSONSchemaMethod = (schema, io, processors = {}) => (params) => {
  const { libraryOptions, target: target2 } = params ?? {};
  const ctx = initializeContext({ ...libraryOptions ?? {}, target: target2, io, processors });
  processSchema(schema, ctx);
  extractDefs(ctx, schema);
  return finalize(ctx, schema);
};

// node_modules/zod/v4/core/json-schema-processors.js
var narrowMin = (agg, key, value) => {
  if (agg[key] === void 0 || value > agg[key])
    agg[key] = value;
};
var narrowMax = (agg, key, value) => {
  if (agg[key] === void 0 || value < agg[key])
    agg[key] = value;
};
var narrowBoth = (agg, value) => {
  narrowMin(agg, "minimum", value);
  narrowMax(agg, "maximum", value);
};
var addDivisor = (agg, value) => {
  agg.multipleOf ?? (agg.multipleOf = []);
  if (!agg.multipleOf.includes(value))
    agg.multipleOf.push(value);
};
var addPattern = (agg, pattern) => {
  agg.patterns ?? (agg.patterns = /* @__PURE__ */ new Set());
  agg.patterns.add(pattern);
};
var intersectMime = (agg, mime) => {
  agg.mime = agg.mime ? agg.mime.filter((m) => mime.includes(m)) : [...mime];
};
var setFormat = (agg, format) => {
  agg.format = format;
  if (format.includes("int"))
    agg.isInt = true;
};
var minContributor = (agg, def) => narrowMin(agg, "minimum", def.minimum);
var maxContributor = (agg, def) => narrowMax(agg, "maximum", def.maximum);
var formatContributor = (ranges) => (agg, def) => {
  setFormat(agg, def.format);
  const [minimum, maximum] = ranges[def.format];
  narrowMin(agg, "minimum", minimum);
  narrowMax(agg, "maximum", maximum);
};
var contributors = {
  greater_than: (agg, def) => narrowMin(agg, def.inclusive ? "minimum" : "exclusiveMinimum", def.value),
  less_than: (agg, def) => narrowMax(agg, def.inclusive ? "maximum" : "exclusiveMaximum", def.value),
  multiple_of: (agg, def) => addDivisor(agg, def.value),
  number_format: formatContributor(NUMBER_FORMAT_RANGES),
  bigint_format: formatContributor(BIGINT_FORMAT_RANGES),
  min_length: minContributor,
  max_length: maxContributor,
  length_equals: (agg, def) => narrowBoth(agg, def.length),
  min_size: minContributor,
  max_size: maxContributor,
  size_equals: (agg, def) => narrowBoth(agg, def.size),
  string_format: (agg, def) => {
    setFormat(agg, def.format);
    if (def.pattern)
      addPattern(agg, def.pattern);
    if (def.format === "base64" || def.format === "base64url")
      agg.contentEncoding = def.format;
    if (def.local || def.precision === -1)
      agg.laxFormat = true;
  },
  mime_type: (agg, def) => intersectMime(agg, def.mime)
};
function aggregateChecks(schema) {
  const agg = {};
  const def = schema._zod.def;
  const list = schema._zod.traits.has("$ZodCheck") ? [schema, ...def.checks ?? []] : def.checks ?? [];
  for (const ch of list)
    contributors[ch._zod.def.check]?.(agg, ch._zod.def);
  const bag = schema._zod.bag;
  if (bag.minimum !== void 0)
    narrowMin(agg, "minimum", bag.minimum);
  if (bag.exclusiveMinimum !== void 0)
    narrowMin(agg, "exclusiveMinimum", bag.exclusiveMinimum);
  if (bag.maximum !== void 0)
    narrowMax(agg, "maximum", bag.maximum);
  if (bag.exclusiveMaximum !== void 0)
    narrowMax(agg, "exclusiveMaximum", bag.exclusiveMaximum);
  if (bag.multipleOf !== void 0)
    addDivisor(agg, bag.multipleOf);
  if (bag.format !== void 0) {
    agg.format ?? (agg.format = bag.format);
    if (bag.format.includes("int"))
      agg.isInt = true;
  }
  if (bag.mime)
    intersectMime(agg, bag.mime);
  for (const pattern of bag.patterns ?? [])
    addPattern(agg, pattern);
  return agg;
}
var formatMap = {
  guid: "uuid",
  url: "uri",
  datetime: "date-time",
  json_string: "json-string",
  regex: ""
  // do not set
};
var exactPatterns = /* @__PURE__ */ new Map([
  [base64Charset, base64],
  [base64urlCharset, base64url]
]);
var exactPattern = (p) => exactPatterns.get(p) ?? p;
var stringProcessor = (schema, ctx, _json, _params) => {
  const json = _json;
  json.type = "string";
  const { minimum, maximum, format, patterns: patterns2, contentEncoding, laxFormat } = aggregateChecks(schema);
  if (typeof minimum === "number")
    json.minLength = minimum;
  if (typeof maximum === "number")
    json.maxLength = maximum;
  if (format) {
    json.format = formatMap[format] ?? format;
    if (json.format === "")
      delete json.format;
    if (format === "time" || laxFormat) {
      delete json.format;
    }
  }
  if (contentEncoding)
    json.contentEncoding = contentEncoding;
  if (patterns2 && patterns2.size > 0) {
    const patternList = [...patterns2].map(exactPattern);
    if (patternList.length === 1)
      json.pattern = patternList[0].source;
    else if (patternList.length > 1) {
      json.allOf = [
        ...patternList.map((regex) => ({
          ...ctx.target === "draft-07" || ctx.target === "draft-04" || ctx.target === "openapi-3.0" ? { type: "string" } : {},
          pattern: regex.source
        }))
      ];
    }
  }
};
var numberProcessor = (schema, ctx, _json, params) => {
  const json = _json;
  const { minimum, maximum, multipleOf, exclusiveMaximum, exclusiveMinimum, isInt } = aggregateChecks(schema);
  json.type = isInt ? "integer" : "number";
  const exMin = typeof exclusiveMinimum === "number" && exclusiveMinimum >= (minimum ?? Number.NEGATIVE_INFINITY);
  const exMax = typeof exclusiveMaximum === "number" && exclusiveMaximum <= (maximum ?? Number.POSITIVE_INFINITY);
  const legacy = ctx.target === "draft-04" || ctx.target === "openapi-3.0";
  if (exMin) {
    if (legacy) {
      json.minimum = exclusiveMinimum;
      json.exclusiveMinimum = true;
    } else {
      json.exclusiveMinimum = exclusiveMinimum;
    }
  } else if (typeof minimum === "number") {
    json.minimum = minimum;
  }
  if (exMax) {
    if (legacy) {
      json.maximum = exclusiveMaximum;
      json.exclusiveMaximum = true;
    } else {
      json.exclusiveMaximum = exclusiveMaximum;
    }
  } else if (typeof maximum === "number") {
    json.maximum = maximum;
  }
  if (multipleOf) {
    const divisors = /* @__PURE__ */ new Set();
    for (const divisor of multipleOf) {
      if (Number.isFinite(divisor) && divisor !== 0)
        divisors.add(Math.abs(divisor));
      else
        handleUnrepresentable(schema, ctx, json, params, `A multipleOf divisor of ${divisor} cannot be represented in JSON Schema`);
    }
    const [first, ...rest] = divisors;
    if (first !== void 0)
      json.multipleOf = first;
    if (rest.length)
      json.allOf = [...json.allOf ?? [], ...rest.map((m) => ({ multipleOf: m }))];
  }
};
var booleanProcessor = (_schema, _ctx, json, _params) => {
  json.type = "boolean";
};
var neverProcessor = (_schema, _ctx, json, _params) => {
  json.not = {};
};
var unknownProcessor = (_schema, _ctx, _json, _params) => {
};
var enumProcessor = (schema, _ctx, json, _params) => {
  const def = schema._zod.def;
  const values = getEnumValues(def.entries);
  if (values.length === 0) {
    json.not = {};
    return;
  }
  if (values.every((v) => typeof v === "number"))
    json.type = "number";
  if (values.every((v) => typeof v === "string"))
    json.type = "string";
  json.enum = values;
};
var literalProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  if (def.values.length === 0) {
    json.not = {};
    return;
  }
  const vals = [];
  for (const val of def.values) {
    if (val === void 0) {
      if (handleUnrepresentable(schema, ctx, json, params, "Literal `undefined` cannot be represented in JSON Schema"))
        return;
    } else if (typeof val === "bigint") {
      if (handleUnrepresentable(schema, ctx, json, params, "BigInt literals cannot be represented in JSON Schema"))
        return;
      vals.push(Number(val));
    } else {
      vals.push(val);
    }
  }
  if (vals.length === 0) {
  } else if (vals.length === 1) {
    const val = vals[0];
    json.type = val === null ? "null" : typeof val;
    if (ctx.target === "draft-04" || ctx.target === "openapi-3.0") {
      json.enum = [val];
    } else {
      json.const = val;
    }
  } else {
    if (vals.every((v) => typeof v === "number"))
      json.type = "number";
    if (vals.every((v) => typeof v === "string"))
      json.type = "string";
    if (vals.every((v) => typeof v === "boolean"))
      json.type = "boolean";
    if (vals.every((v) => v === null))
      json.type = "null";
    json.enum = vals;
  }
};
var customProcessor = (schema, ctx, json, params) => {
  handleUnrepresentable(schema, ctx, json, params, "Custom types cannot be represented in JSON Schema");
};
var transformProcessor = (schema, ctx, json, params) => {
  handleUnrepresentable(schema, ctx, json, params, "Transforms cannot be represented in JSON Schema");
};
var arrayProcessor = (schema, ctx, _json, params) => {
  const json = _json;
  const def = schema._zod.def;
  const { minimum, maximum } = aggregateChecks(schema);
  if (typeof minimum === "number")
    json.minItems = minimum;
  if (typeof maximum === "number")
    json.maxItems = maximum;
  json.type = "array";
  json.items = processSchema(def.element, ctx, {
    ...params,
    path: [...params.path, "items"]
  });
};
function inputOptin(schema) {
  const def = schema._zod.def;
  if (def.type === "pipe" && def.in._zod.traits.has("$ZodTransform")) {
    return inputOptin(def.out);
  }
  if (def.type === "catch") {
    return inputOptin(def.innerType);
  }
  return schema._zod.optin;
}
var objectProcessor = (schema, ctx, _json, params) => {
  const json = _json;
  const def = schema._zod.def;
  const shape = def.shape;
  const symbolKeys = Object.getOwnPropertySymbols(shape);
  if (symbolKeys.length && handleUnrepresentable(schema, ctx, json, params, "Symbol keys cannot be represented in JSON Schema")) {
    return;
  }
  json.type = "object";
  json.properties = {};
  for (const key in shape) {
    assignProp(json.properties, key, processSchema(shape[key], ctx, {
      ...params,
      path: [...params.path, "properties", key]
    }));
  }
  const requiredKeys = [];
  for (const key of Object.keys(shape)) {
    const field = def.shape[key];
    if (ctx.io === "input" ? inputOptin(field) === void 0 : field._zod.optout === void 0) {
      requiredKeys.push(key);
    }
  }
  if (requiredKeys.length > 0) {
    json.required = requiredKeys;
  }
  if (def.catchall?._zod.def.type === "never") {
    json.additionalProperties = false;
  } else if (!def.catchall) {
    if (ctx.io === "output")
      json.additionalProperties = false;
  } else if (def.catchall) {
    json.additionalProperties = processSchema(def.catchall, ctx, {
      ...params,
      path: [...params.path, "additionalProperties"]
    });
  }
};
var unionProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  const isExclusive = def.inclusive === false;
  const options = def.options.map((x, i) => processSchema(x, ctx, {
    ...params,
    path: [...params.path, isExclusive ? "oneOf" : "anyOf", i]
  }));
  if (isExclusive) {
    json.oneOf = options;
  } else {
    json.anyOf = options;
  }
};
var intersectionProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  const a = processSchema(def.left, ctx, {
    ...params,
    path: [...params.path, "allOf", 0]
  });
  const b = processSchema(def.right, ctx, {
    ...params,
    path: [...params.path, "allOf", 1]
  });
  const isSimpleIntersection = (val) => "allOf" in val && Object.keys(val).length === 1;
  const allOf = [
    ...isSimpleIntersection(a) ? a.allOf : [a],
    ...isSimpleIntersection(b) ? b.allOf : [b]
  ];
  json.allOf = allOf;
  ctx.intersections.push(allOf);
};
var tupleProcessor = (schema, ctx, _json, params) => {
  const json = _json;
  const def = schema._zod.def;
  json.type = "array";
  const prefixPath = ctx.target === "draft-2020-12" ? "prefixItems" : "items";
  const restPath = ctx.target === "draft-2020-12" ? "items" : ctx.target === "openapi-3.0" ? "items" : "additionalItems";
  const prefixItems = def.items.map((x, i) => processSchema(x, ctx, {
    ...params,
    path: [...params.path, prefixPath, i]
  }));
  const rest = def.rest ? processSchema(def.rest, ctx, {
    ...params,
    path: [...params.path, restPath, ...ctx.target === "openapi-3.0" ? [def.items.length] : []]
  }) : null;
  let minItems = def.items.length;
  while (minItems > 0) {
    const item = def.items[minItems - 1];
    const optional2 = ctx.io === "input" ? inputOptin(item) !== void 0 : item._zod.optout === "optional";
    if (!optional2)
      break;
    minItems--;
  }
  const maxItems = def.items.length;
  const isClosed = !def.rest;
  if (ctx.target === "draft-2020-12") {
    json.prefixItems = prefixItems;
    if (isClosed) {
      json.items = false;
    } else if (rest) {
      json.items = rest;
    }
    if (minItems > 0)
      json.minItems = minItems;
    if (isClosed)
      json.maxItems = maxItems;
  } else if (ctx.target === "openapi-3.0") {
    json.items = {
      anyOf: prefixItems
    };
    if (rest) {
      json.items.anyOf.push(rest);
    }
    if (minItems > 0)
      json.minItems = minItems;
    if (isClosed)
      json.maxItems = maxItems;
  } else {
    json.items = prefixItems;
    if (isClosed) {
      json.additionalItems = false;
    } else if (rest) {
      json.additionalItems = rest;
    }
    if (minItems > 0)
      json.minItems = minItems;
    if (isClosed)
      json.maxItems = maxItems;
  }
  const { minimum, maximum } = aggregateChecks(schema);
  if (typeof minimum === "number")
    json.minItems = minimum;
  if (typeof maximum === "number")
    json.maxItems = maximum;
};
function stringifyKeyNames(bySchema, json, visited) {
  if (json.$ref) {
    if (visited.has(json))
      return json;
    visited.add(json);
    const def = bySchema.get(json)?.def;
    if (!def)
      return json;
    const inlined = stringifyKeyNames(bySchema, def, visited);
    return inlined === def ? json : inlined;
  }
  for (const keyword of ["anyOf", "oneOf"]) {
    const branches = json[keyword];
    if (!Array.isArray(branches))
      continue;
    const mapped = branches.map((branch) => stringifyKeyNames(bySchema, branch, visited));
    if (mapped.some((branch, i) => branch !== branches[i]))
      json = { ...json, [keyword]: mapped };
  }
  const types2 = Array.isArray(json.type) ? json.type : [json.type];
  const numericType = !types2.includes("string") && types2.some((t) => t === "number" || t === "integer");
  const values = json.enum ?? (json.const !== void 0 ? [json.const] : void 0);
  if (!numericType && !values?.some((v) => typeof v === "number"))
    return json;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format, id, ...rest } = json;
  if (rest.enum)
    rest.enum = rest.enum.map((v) => typeof v === "number" ? String(v) : v);
  else if (typeof rest.const === "number")
    rest.const = String(rest.const);
  if (!numericType)
    return rest;
  rest.type = "string";
  if (!values)
    rest.pattern = (types2.includes("number") ? number : integer).source;
  return rest;
}
var pendingRecords = /* @__PURE__ */ new WeakMap();
function rewriteKeyNames(ctx) {
  const bySchema = /* @__PURE__ */ new Map();
  for (const entry of ctx.seen.values()) {
    if (entry.def && !bySchema.has(entry.schema))
      bySchema.set(entry.schema, entry);
  }
  const rewrites = /* @__PURE__ */ new Map();
  for (const record3 of pendingRecords.get(ctx) ?? []) {
    const seen = ctx.seen.get(record3);
    const names = (seen?.def ?? seen?.schema)?.propertyNames;
    if (!names || names === true || rewrites.has(names))
      continue;
    const rewritten = stringifyKeyNames(bySchema, names, /* @__PURE__ */ new Set());
    if (rewritten !== names)
      rewrites.set(names, rewritten);
  }
  if (!rewrites.size)
    return;
  for (const entry of ctx.seen.values()) {
    for (const carrier of [entry.schema, entry.def]) {
      const rewritten = carrier && rewrites.get(carrier.propertyNames);
      if (rewritten)
        carrier.propertyNames = rewritten;
    }
  }
}
var recordProcessor = (schema, ctx, _json, params) => {
  const json = _json;
  const def = schema._zod.def;
  json.type = "object";
  const keyType = def.keyType;
  const patterns2 = aggregateChecks(keyType).patterns;
  if (def.mode === "loose" && patterns2 && patterns2.size > 0) {
    const valueSchema = processSchema(def.valueType, ctx, {
      ...params,
      path: [...params.path, "patternProperties", "*"]
    });
    json.patternProperties = {};
    for (const pattern of patterns2) {
      assignProp(json.patternProperties, exactPattern(pattern).source, valueSchema);
    }
  } else {
    if (ctx.target === "draft-07" || ctx.target === "draft-2020-12") {
      json.propertyNames = processSchema(def.keyType, ctx, {
        ...params,
        path: [...params.path, "propertyNames"]
      });
      let pending = pendingRecords.get(ctx);
      if (!pending) {
        pending = [];
        pendingRecords.set(ctx, pending);
        ctx.deferred.push(() => rewriteKeyNames(ctx));
      }
      pending.push(schema);
    }
    json.additionalProperties = processSchema(def.valueType, ctx, {
      ...params,
      path: [...params.path, "additionalProperties"]
    });
  }
  const keyValues = keyType._zod.values;
  const omittableOnInput = ctx.io === "input" && inputOptin(def.valueType) !== void 0;
  if (keyValues && !def.partial && !omittableOnInput) {
    const validKeyValues = [...keyValues].filter((v) => typeof v === "string" || typeof v === "number");
    if (validKeyValues.length > 0) {
      json.required = validKeyValues.map(String);
    }
  }
};
var nullableProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  const inner = processSchema(def.innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  if (ctx.target === "openapi-3.0") {
    seen.ref = def.innerType;
    json.nullable = true;
  } else {
    json.anyOf = [inner, { type: "null" }];
  }
};
var nonoptionalProcessor = (schema, ctx, _json, params) => {
  const def = schema._zod.def;
  processSchema(def.innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  seen.ref = def.innerType;
};
var UNREPRESENTABLE_DEFAULT = /* @__PURE__ */ Symbol();
function serializeDefaultValue(value, schema, ctx, json, params) {
  let unrepresentable = false;
  const serialized = JSON.stringify(value, (_, val) => {
    if (typeof val !== "bigint")
      return val;
    unrepresentable = true;
    return null;
  });
  if (!unrepresentable)
    return JSON.parse(serialized);
  handleUnrepresentable(schema, ctx, json, params, "BigInt defaults cannot be represented in JSON Schema");
  return UNREPRESENTABLE_DEFAULT;
}
var defaultProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  processSchema(def.innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  seen.ref = def.innerType;
  const value = serializeDefaultValue(def.defaultValue, schema, ctx, json, params);
  if (value !== UNREPRESENTABLE_DEFAULT)
    json.default = value;
};
var prefaultProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  processSchema(def.innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  seen.ref = def.innerType;
  if (ctx.io !== "input")
    return;
  const value = serializeDefaultValue(def.defaultValue, schema, ctx, json, params);
  if (value !== UNREPRESENTABLE_DEFAULT)
    json._prefault = value;
};
var catchProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  processSchema(def.innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  seen.ref = def.innerType;
  let catchValue;
  try {
    catchValue = def.catchValue(void 0);
  } catch {
    handleUnrepresentable(schema, ctx, json, params, "Dynamic catch values are not supported in JSON Schema");
    return;
  }
  json.default = catchValue;
};
var pipeProcessor = (schema, ctx, _json, params) => {
  const def = schema._zod.def;
  const inIsTransform = def.in._zod.traits.has("$ZodTransform");
  const innerType = ctx.io === "input" ? inIsTransform ? def.out : def.in : def.out;
  processSchema(innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  seen.ref = innerType;
};
var readonlyProcessor = (schema, ctx, json, params) => {
  const def = schema._zod.def;
  processSchema(def.innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  seen.ref = def.innerType;
  json.readOnly = true;
};
var optionalProcessor = (schema, ctx, _json, params) => {
  const def = schema._zod.def;
  processSchema(def.innerType, ctx, params);
  const seen = ctx.seen.get(schema);
  seen.ref = def.innerType;
};

// node_modules/zod/v4/classic/errors.js
var _installedErrorProtos = /* @__PURE__ */ new WeakSet([Object.prototype, Error.prototype]);
function _lazyMethod(proto, key, make) {
  Object.defineProperty(proto, key, {
    configurable: true,
    enumerable: false,
    get() {
      const value = make(this);
      Object.defineProperty(this, key, { value, configurable: true, writable: true });
      return value;
    },
    set(value) {
      Object.defineProperty(this, key, { value, configurable: true, writable: true });
    }
  });
}
var initializer2 = (inst, issues) => {
  $ZodError.init(inst, issues);
  inst.name = "ZodError";
  const proto = Object.getPrototypeOf(inst);
  if (_installedErrorProtos.has(proto))
    return;
  _installedErrorProtos.add(proto);
  _lazyMethod(proto, "format", (self) => (mapper) => formatError(self, mapper));
  _lazyMethod(proto, "flatten", (self) => (mapper) => flattenError(self, mapper));
  _lazyMethod(proto, "addIssue", (self) => (issue2) => {
    self.issues.push(issue2);
    self.message = JSON.stringify(self.issues, jsonStringifyReplacer, 2);
  });
  _lazyMethod(proto, "addIssues", (self) => (issues2) => {
    self.issues.push(...issues2);
    self.message = JSON.stringify(self.issues, jsonStringifyReplacer, 2);
  });
  Object.defineProperty(proto, "isEmpty", {
    configurable: true,
    enumerable: false,
    get() {
      return this.issues.length === 0;
    }
  });
};
var ZodRealError = /* @__PURE__ */ $constructor("ZodError", initializer2, void 0, {
  Parent: Error
});

// node_modules/zod/v4/classic/parse.js
var parse = /* @__PURE__ */ _parse(ZodRealError);
var parseAsync = /* @__PURE__ */ _parseAsync(ZodRealError);
var safeParse = /* @__PURE__ */ _safeParse(ZodRealError);
var safeParseAsync = /* @__PURE__ */ _safeParseAsync(ZodRealError);
var encode = /* @__PURE__ */ _encode(ZodRealError);
var decode = /* @__PURE__ */ _decode(ZodRealError);
var encodeAsync = /* @__PURE__ */ _encodeAsync(ZodRealError);
var decodeAsync = /* @__PURE__ */ _decodeAsync(ZodRealError);
var safeEncode = /* @__PURE__ */ _safeEncode(ZodRealError);
var safeDecode = /* @__PURE__ */ _safeDecode(ZodRealError);
var safeEncodeAsync = /* @__PURE__ */ _safeEncodeAsync(ZodRealError);
var safeDecodeAsync = /* @__PURE__ */ _safeDecodeAsync(ZodRealError);

// node_modules/zod/v4/classic/schemas.js
function _ensureDefaultLocale() {
  if (!globalConfig.localeError)
    config(en_default());
}
function _ensureDefaultMemoizer() {
  if (!globalConfig.memoizer)
    config({ memoizer: memoizer() });
}
var ZodType = /* @__PURE__ */ $constructor("ZodType", (inst, def) => {
  _ensureDefaultLocale();
  $ZodType.init(inst, def);
  inst.def = def;
  inst.type = def.type;
  return inst;
}, {
  check(...chks) {
    const def = this.def;
    return this.clone(util_exports.mergeDefs(def, {
      checks: [
        ...def.checks ?? [],
        ...chks.map((ch) => typeof ch === "function" ? { _zod: { check: ch, def: { check: "custom" }, onattach: [] } } : ch)
      ]
    }), { parent: true });
  },
  with(...chks) {
    return this.check(...chks);
  },
  clone(def, params) {
    return clone(this, def, params);
  },
  brand() {
    return this;
  },
  register(reg, meta2) {
    reg.add(this, meta2);
    return this;
  },
  refine(check, params) {
    return this.check(refine(check, params));
  },
  superRefine(refinement, params) {
    return this.check(superRefine(refinement, params));
  },
  overwrite(fn) {
    return this.check(_overwrite(fn));
  },
  optional() {
    return optional(this);
  },
  exactOptional() {
    return exactOptional(this);
  },
  nullable() {
    return nullable(this);
  },
  nullish() {
    return optional(nullable(this));
  },
  nonoptional(params) {
    return nonoptional(this, params);
  },
  array() {
    return array(this);
  },
  or(arg) {
    return union([this, arg]);
  },
  and(arg) {
    return intersection(this, arg);
  },
  transform(tx) {
    return pipe(this, transform(tx));
  },
  default(d) {
    return _default(this, d);
  },
  prefault(d) {
    return prefault(this, d);
  },
  catch(params) {
    return _catch(this, params);
  },
  pipe(target2) {
    return pipe(this, target2);
  },
  readonly() {
    return readonly(this);
  },
  describe(description) {
    const cl = this.clone();
    globalRegistry.add(cl, { description });
    return cl;
  },
  meta(...args) {
    if (args.length === 0)
      return globalRegistry.get(this);
    const cl = this.clone();
    globalRegistry.add(cl, args[0]);
    return cl;
  },
  isOptional() {
    return this.safeParse(void 0).success;
  },
  isNullable() {
    return this.safeParse(null).success;
  },
  apply(fn, ...args) {
    return args.length === 0 ? fn(this) : fn(this, ...args);
  },
  // Overrides core's `~standard` to add `jsonSchema`. Must stay a prototype entry: redefining it per instance demotes instances to dictionary mode.
  get "~standard"() {
    return util_exports.hide(this, "~standard", {
      ...standardProps(this),
      jsonSchema: {
        input: createStandardJSONSchemaMethod(this, "input"),
        output: createStandardJSONSchemaMethod(this, "output")
      }
    });
  },
  set "~standard"(value) {
    util_exports.own(this, "~standard", value);
  },
  parse: function _parse2(data2, params) {
    return parse(this, data2, params, { callee: _parse2 });
  },
  parseAsync: async function _parseAsync2(data2, params) {
    return await parseAsync(this, data2, params, { callee: _parseAsync2 });
  },
  safeParse(data2, params) {
    return safeParse(this, data2, params);
  },
  async safeParseAsync(data2, params) {
    return safeParseAsync(this, data2, params);
  },
  // `spa` is an alias: same function object as `safeParseAsync`, as before.
  get spa() {
    return this?.safeParseAsync;
  },
  set spa(value) {
    util_exports.own(this, "spa", value);
  },
  validate(data2, params) {
    return validate(this, data2, params);
  },
  validateAsync(data2, params) {
    return validateAsync(this, data2, params);
  },
  encode: function _encode2(data2, params) {
    return encode(this, data2, params, { callee: _encode2 });
  },
  decode: function _decode2(data2, params) {
    return decode(this, data2, params, { callee: _decode2 });
  },
  encodeAsync: async function _encodeAsync2(data2, params) {
    return await encodeAsync(this, data2, params, { callee: _encodeAsync2 });
  },
  decodeAsync: async function _decodeAsync2(data2, params) {
    return await decodeAsync(this, data2, params, { callee: _decodeAsync2 });
  },
  safeEncode(data2, params) {
    return safeEncode(this, data2, params);
  },
  safeDecode(data2, params) {
    return safeDecode(this, data2, params);
  },
  async safeEncodeAsync(data2, params) {
    return safeEncodeAsync(this, data2, params);
  },
  async safeDecodeAsync(data2, params) {
    return safeDecodeAsync(this, data2, params);
  },
  toJSONSchema(params) {
    return createToJSONSchemaMethod(this, {})(params);
  },
  // Reads through to the registry on every access, so it must not cache.
  get description() {
    return globalRegistry.get(this)?.description;
  },
  // No setter: `schema._def = x` throws, as it did when `_def` was a non-writable own property.
  get _def() {
    return this._zod.def;
  }
});
var _ZodString = /* @__PURE__ */ $constructor(
  "_ZodString",
  (inst, def) => {
    $ZodString.init(inst, def);
    ZodType.init(inst, def);
    inst._zod.processJSONSchema = (ctx, json, params) => stringProcessor(inst, ctx, json, params);
  },
  /* @__PURE__ */ util_exports.derived({
    format: (inst) => aggregateChecks(inst).format ?? null,
    minLength: (inst) => aggregateChecks(inst).minimum ?? null,
    maxLength: (inst) => aggregateChecks(inst).maximum ?? null
  }, {
    regex(...args) {
      return this.check(_regex(...args));
    },
    includes(...args) {
      return this.check(_includes(...args));
    },
    startsWith(...args) {
      return this.check(_startsWith(...args));
    },
    endsWith(...args) {
      return this.check(_endsWith(...args));
    },
    min(...args) {
      return this.check(_minLength(...args));
    },
    max(...args) {
      return this.check(_maxLength(...args));
    },
    length(...args) {
      return this.check(_length(...args));
    },
    nonempty(...args) {
      return this.check(_minLength(1, ...args));
    },
    lowercase(params) {
      return this.check(_lowercase(params));
    },
    uppercase(params) {
      return this.check(_uppercase(params));
    },
    trim() {
      return this.check(_trim());
    },
    normalize(...args) {
      return this.check(_normalize(...args));
    },
    toLowerCase() {
      return this.check(_toLowerCase());
    },
    toUpperCase() {
      return this.check(_toUpperCase());
    },
    slugify() {
      return this.check(_slugify());
    }
  })
);
var ZodString = /* @__PURE__ */ $constructor("ZodString", (inst, def) => {
  $ZodString.init(inst, def);
  _ZodString.init(inst, def);
}, {
  email(params) {
    return this.check(_email(ZodEmail, params));
  },
  url(params) {
    return this.check(_url(ZodURL, params));
  },
  jwt(params) {
    return this.check(_jwt(ZodJWT, params));
  },
  emoji(params) {
    return this.check(_emoji2(ZodEmoji, params));
  },
  guid(params) {
    return this.check(_guid(ZodGUID, params));
  },
  uuid(params) {
    return this.check(_uuid(ZodUUID, params));
  },
  uuidv4(params) {
    return this.check(_uuidv4(ZodUUID, params));
  },
  uuidv6(params) {
    return this.check(_uuidv6(ZodUUID, params));
  },
  uuidv7(params) {
    return this.check(_uuidv7(ZodUUID, params));
  },
  nanoid(params) {
    return this.check(_nanoid(ZodNanoID, params));
  },
  cuid(params) {
    return this.check(_cuid(ZodCUID, params));
  },
  cuid2(params) {
    return this.check(_cuid2(ZodCUID2, params));
  },
  ulid(params) {
    return this.check(_ulid(ZodULID, params));
  },
  base64(params) {
    return this.check(_base64(ZodBase64, params));
  },
  base64url(params) {
    return this.check(_base64url(ZodBase64URL, params));
  },
  xid(params) {
    return this.check(_xid(ZodXID, params));
  },
  ksuid(params) {
    return this.check(_ksuid(ZodKSUID, params));
  },
  ipv4(params) {
    return this.check(_ipv4(ZodIPv4, params));
  },
  ipv6(params) {
    return this.check(_ipv6(ZodIPv6, params));
  },
  cidrv4(params) {
    return this.check(_cidrv4(ZodCIDRv4, params));
  },
  cidrv6(params) {
    return this.check(_cidrv6(ZodCIDRv6, params));
  },
  e164(params) {
    return this.check(_e164(ZodE164, params));
  },
  datetime(params) {
    return this.check(_isoDateTime(ZodISODateTime, params));
  },
  date(params) {
    return this.check(_isoDate(ZodISODate, params));
  },
  time(params) {
    return this.check(_isoTime(ZodISOTime, params));
  },
  duration(params) {
    return this.check(_isoDuration(ZodISODuration, params));
  }
});
function string2(params) {
  return _string(ZodString, params);
}
var ZodStringFormat = /* @__PURE__ */ $constructor("ZodStringFormat", (inst, def) => {
  $ZodStringFormat.init(inst, def);
  _ZodString.init(inst, def);
});
var ZodISODateTime = /* @__PURE__ */ $constructor("ZodISODateTime", (inst, def) => {
  $ZodISODateTime.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodISODate = /* @__PURE__ */ $constructor("ZodISODate", (inst, def) => {
  $ZodISODate.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodISOTime = /* @__PURE__ */ $constructor("ZodISOTime", (inst, def) => {
  $ZodISOTime.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodISODuration = /* @__PURE__ */ $constructor("ZodISODuration", (inst, def) => {
  $ZodISODuration.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodEmail = /* @__PURE__ */ $constructor("ZodEmail", (inst, def) => {
  $ZodEmail.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodGUID = /* @__PURE__ */ $constructor("ZodGUID", (inst, def) => {
  $ZodGUID.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodUUID = /* @__PURE__ */ $constructor("ZodUUID", (inst, def) => {
  $ZodUUID.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodURL = /* @__PURE__ */ $constructor("ZodURL", (inst, def) => {
  $ZodURL.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodEmoji = /* @__PURE__ */ $constructor("ZodEmoji", (inst, def) => {
  $ZodEmoji.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodNanoID = /* @__PURE__ */ $constructor("ZodNanoID", (inst, def) => {
  $ZodNanoID.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodCUID = /* @__PURE__ */ $constructor("ZodCUID", (inst, def) => {
  $ZodCUID.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodCUID2 = /* @__PURE__ */ $constructor("ZodCUID2", (inst, def) => {
  $ZodCUID2.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodULID = /* @__PURE__ */ $constructor("ZodULID", (inst, def) => {
  $ZodULID.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodXID = /* @__PURE__ */ $constructor("ZodXID", (inst, def) => {
  $ZodXID.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodKSUID = /* @__PURE__ */ $constructor("ZodKSUID", (inst, def) => {
  $ZodKSUID.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodIPv4 = /* @__PURE__ */ $constructor("ZodIPv4", (inst, def) => {
  $ZodIPv4.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodIPv6 = /* @__PURE__ */ $constructor("ZodIPv6", (inst, def) => {
  $ZodIPv6.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodCIDRv4 = /* @__PURE__ */ $constructor("ZodCIDRv4", (inst, def) => {
  $ZodCIDRv4.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodCIDRv6 = /* @__PURE__ */ $constructor("ZodCIDRv6", (inst, def) => {
  $ZodCIDRv6.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodBase64 = /* @__PURE__ */ $constructor("ZodBase64", (inst, def) => {
  $ZodBase64.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodBase64URL = /* @__PURE__ */ $constructor("ZodBase64URL", (inst, def) => {
  $ZodBase64URL.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodE164 = /* @__PURE__ */ $constructor("ZodE164", (inst, def) => {
  $ZodE164.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodJWT = /* @__PURE__ */ $constructor("ZodJWT", (inst, def) => {
  $ZodJWT.init(inst, def);
  ZodStringFormat.init(inst, def);
});
var ZodNumber = /* @__PURE__ */ $constructor(
  "ZodNumber",
  (inst, def) => {
    $ZodNumber.init(inst, def);
    ZodType.init(inst, def);
    inst._zod.processJSONSchema = (ctx, json, params) => numberProcessor(inst, ctx, json, params);
    inst.isFinite = true;
  },
  /* @__PURE__ */ util_exports.derived({
    minValue: (inst) => {
      const { minimum, exclusiveMinimum } = aggregateChecks(inst);
      return Math.max(minimum ?? Number.NEGATIVE_INFINITY, exclusiveMinimum ?? Number.NEGATIVE_INFINITY);
    },
    maxValue: (inst) => {
      const { maximum, exclusiveMaximum } = aggregateChecks(inst);
      return Math.min(maximum ?? Number.POSITIVE_INFINITY, exclusiveMaximum ?? Number.POSITIVE_INFINITY);
    },
    isInt: (inst) => {
      const { isInt, multipleOf } = aggregateChecks(inst);
      return !!isInt || !!multipleOf?.some(Number.isSafeInteger);
    },
    format: (inst) => aggregateChecks(inst).format ?? null
  }, {
    gt(value, params) {
      return this.check(_gt(value, params));
    },
    gte(value, params) {
      return this.check(_gte(value, params));
    },
    min(value, params) {
      return this.check(_gte(value, params));
    },
    lt(value, params) {
      return this.check(_lt(value, params));
    },
    lte(value, params) {
      return this.check(_lte(value, params));
    },
    max(value, params) {
      return this.check(_lte(value, params));
    },
    int(params) {
      return this.check(int(params));
    },
    safe(params) {
      return this.check(int(params));
    },
    positive(params) {
      return this.check(_gt(0, params));
    },
    nonnegative(params) {
      return this.check(_gte(0, params));
    },
    negative(params) {
      return this.check(_lt(0, params));
    },
    nonpositive(params) {
      return this.check(_lte(0, params));
    },
    multipleOf(value, params) {
      return this.check(_multipleOf(value, params));
    },
    step(value, params) {
      return this.check(_multipleOf(value, params));
    },
    finite() {
      return this;
    }
  })
);
function number2(params) {
  return _number(ZodNumber, params);
}
var ZodNumberFormat = /* @__PURE__ */ $constructor("ZodNumberFormat", (inst, def) => {
  $ZodNumberFormat.init(inst, def);
  ZodNumber.init(inst, def);
});
function int(params) {
  return _int(ZodNumberFormat, params);
}
var ZodBoolean = /* @__PURE__ */ $constructor("ZodBoolean", (inst, def) => {
  $ZodBoolean.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => booleanProcessor(inst, ctx, json, params);
});
function boolean2(params) {
  return _boolean(ZodBoolean, params);
}
var ZodUnknown = /* @__PURE__ */ $constructor("ZodUnknown", (inst, def) => {
  $ZodUnknown.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => unknownProcessor(inst, ctx, json, params);
});
function unknown() {
  return _unknown(ZodUnknown);
}
var ZodNever = /* @__PURE__ */ $constructor("ZodNever", (inst, def) => {
  $ZodNever.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => neverProcessor(inst, ctx, json, params);
});
function never(params) {
  return _never(ZodNever, params);
}
var ZodArray = /* @__PURE__ */ $constructor("ZodArray", (inst, def) => {
  _ensureDefaultMemoizer();
  $ZodArray.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => arrayProcessor(inst, ctx, json, params);
  inst.element = def.element;
}, {
  min(n, params) {
    return this.check(_minLength(n, params));
  },
  nonempty(params) {
    return this.check(_minLength(1, params));
  },
  max(n, params) {
    return this.check(_maxLength(n, params));
  },
  length(n, params) {
    return this.check(_length(n, params));
  },
  unwrap() {
    return this.element;
  }
});
function array(element, params) {
  return _array(ZodArray, element, params);
}
var ZodObject = /* @__PURE__ */ $constructor("ZodObject", (inst, def) => {
  _ensureDefaultMemoizer();
  $ZodObjectJIT.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => objectProcessor(inst, ctx, json, params);
  util_exports.installLazyProp(inst, "shape", (self) => self._zod.def.shape, false);
}, {
  keyof() {
    return _enum(Object.keys(this._zod.def.shape));
  },
  catchall(catchall) {
    return this.clone(util_exports.mergeDefs(this._zod.def, { catchall }));
  },
  passthrough() {
    return this.clone(util_exports.mergeDefs(this._zod.def, { catchall: unknown() }));
  },
  loose() {
    return this.clone(util_exports.mergeDefs(this._zod.def, { catchall: unknown() }));
  },
  strict() {
    return this.clone(util_exports.mergeDefs(this._zod.def, { catchall: never() }));
  },
  strip() {
    return this.clone(util_exports.mergeDefs(this._zod.def, { catchall: void 0 }));
  },
  extend(incoming) {
    return util_exports.extend(this, incoming);
  },
  safeExtend(incoming) {
    return util_exports.safeExtend(this, incoming);
  },
  merge(other) {
    return util_exports.merge(this, other);
  },
  pick(mask) {
    return util_exports.pick(this, mask);
  },
  omit(mask) {
    return util_exports.omit(this, mask);
  },
  partial(...args) {
    return util_exports.partial(ZodOptional, this, args[0]);
  },
  exactPartial(...args) {
    return util_exports.partial(ZodExactOptional, this, args[0], "exactPartial");
  },
  required(...args) {
    return util_exports.required(ZodNonOptional, this, args[0]);
  }
});
function object(shape, params) {
  const def = {
    type: "object",
    shape: shape ?? {},
    ...util_exports.normalizeParams(params)
  };
  return new ZodObject(def);
}
function strictObject(shape, params) {
  return new ZodObject({
    type: "object",
    shape,
    catchall: never(),
    ...util_exports.normalizeParams(params)
  });
}
var ZodUnion = /* @__PURE__ */ $constructor("ZodUnion", (inst, def) => {
  $ZodUnion.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => unionProcessor(inst, ctx, json, params);
  inst.options = def.options;
});
function union(options, params) {
  return new ZodUnion({
    type: "union",
    options,
    ...util_exports.normalizeParams(params)
  });
}
var ZodDiscriminatedUnion = /* @__PURE__ */ $constructor("ZodDiscriminatedUnion", (inst, def) => {
  ZodUnion.init(inst, def);
  $ZodDiscriminatedUnion.init(inst, def);
});
function discriminatedUnion(discriminator, options, params) {
  return new ZodDiscriminatedUnion({
    type: "union",
    options,
    discriminator,
    ...util_exports.normalizeParams(params)
  });
}
var ZodIntersection = /* @__PURE__ */ $constructor("ZodIntersection", (inst, def) => {
  $ZodIntersection.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => intersectionProcessor(inst, ctx, json, params);
});
function intersection(left, right) {
  return new ZodIntersection({
    type: "intersection",
    left,
    right
  });
}
var ZodTuple = /* @__PURE__ */ $constructor("ZodTuple", (inst, def) => {
  _ensureDefaultMemoizer();
  $ZodTuple.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => tupleProcessor(inst, ctx, json, params);
}, {
  rest(rest) {
    return this.clone({
      ...this._zod.def,
      rest
    });
  },
  partial() {
    const def = this._zod.def;
    if (def.checks?.length)
      throw new Error(".partial() cannot be used on tuple schemas containing refinements");
    return this.clone({
      ...def,
      items: def.items.map((item) => new ZodOptional({ type: "optional", innerType: item }))
    });
  }
});
function tuple(items, _paramsOrRest, _params) {
  const hasRest = _paramsOrRest instanceof $ZodType;
  const params = hasRest ? _params : _paramsOrRest;
  const rest = hasRest ? _paramsOrRest : null;
  return new ZodTuple({
    type: "tuple",
    items,
    rest,
    ...util_exports.normalizeParams(params)
  });
}
var ZodRecord = /* @__PURE__ */ $constructor("ZodRecord", (inst, def) => {
  _ensureDefaultMemoizer();
  $ZodRecord.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => recordProcessor(inst, ctx, json, params);
  inst.keyType = def.keyType;
  inst.valueType = def.valueType;
});
function record(keyType, valueType, params) {
  if (!valueType || !valueType._zod) {
    return new ZodRecord({
      type: "record",
      keyType: string2(),
      valueType: keyType,
      ...util_exports.normalizeParams(valueType)
    });
  }
  return new ZodRecord({
    type: "record",
    keyType,
    valueType,
    ...util_exports.normalizeParams(params)
  });
}
var ZodEnum = /* @__PURE__ */ $constructor("ZodEnum", (inst, def) => {
  $ZodEnum.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => enumProcessor(inst, ctx, json, params);
  inst.enum = def.entries;
  inst.options = [...inst._zod.values];
  const keys = new Set(Object.keys(def.entries));
  inst.extract = (values, params) => {
    const newEntries = {};
    for (const value of values) {
      if (keys.has(value)) {
        newEntries[value] = def.entries[value];
      } else
        throw new Error(`Key ${value} not found in enum`);
    }
    return new ZodEnum({
      ...def,
      checks: [],
      ...util_exports.normalizeParams(params),
      entries: newEntries
    });
  };
  inst.exclude = (values, params) => {
    const newEntries = { ...def.entries };
    for (const value of values) {
      if (keys.has(value)) {
        delete newEntries[value];
      } else
        throw new Error(`Key ${value} not found in enum`);
    }
    return new ZodEnum({
      ...def,
      checks: [],
      ...util_exports.normalizeParams(params),
      entries: newEntries
    });
  };
});
function _enum(values, params) {
  const entries = Array.isArray(values) ? Object.fromEntries(values.map((v) => [v, v])) : values;
  return new ZodEnum({
    type: "enum",
    entries,
    ...util_exports.normalizeParams(params)
  });
}
var ZodLiteral = /* @__PURE__ */ $constructor("ZodLiteral", (inst, def) => {
  $ZodLiteral.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => literalProcessor(inst, ctx, json, params);
  inst.values = new Set(def.values);
  Object.defineProperty(inst, "value", {
    get() {
      if (def.values.length > 1) {
        throw new Error("This schema contains multiple valid literal values. Use `.values` instead.");
      }
      return def.values[0];
    }
  });
});
function literal(value, params) {
  return new ZodLiteral({
    type: "literal",
    values: Array.isArray(value) ? value : [value],
    ...util_exports.normalizeParams(params)
  });
}
var ZodTransform = /* @__PURE__ */ $constructor("ZodTransform", (inst, def) => {
  _ensureDefaultMemoizer();
  $ZodTransform.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => transformProcessor(inst, ctx, json, params);
  inst._zod.parse = (payload, _ctx) => {
    if (_ctx.direction === "backward") {
      throw new $ZodEncodeError(inst.constructor.name);
    }
    payload.addIssue = (issue2) => {
      if (typeof issue2 === "string") {
        payload.issues.push(util_exports.issue(issue2, payload.value, def));
      } else {
        const _issue = issue2;
        if (_issue.fatal)
          _issue.continue = false;
        _issue.code ?? (_issue.code = "custom");
        if (!("input" in _issue))
          _issue.input = payload.value;
        _issue.inst ?? (_issue.inst = inst);
        payload.issues.push(util_exports.issue(_issue));
      }
    };
    const output = def.transform(payload.value, payload);
    if (output instanceof Promise) {
      return output.then((output2) => {
        payload.value = output2;
        return payload;
      });
    }
    payload.value = output;
    return payload;
  };
});
function transform(fn) {
  return new ZodTransform({
    type: "transform",
    transform: fn
  });
}
var ZodOptional = /* @__PURE__ */ $constructor("ZodOptional", (inst, def) => {
  $ZodOptional.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => optionalProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
});
function optional(innerType) {
  return new ZodOptional({
    type: "optional",
    innerType
  });
}
var ZodExactOptional = /* @__PURE__ */ $constructor("ZodExactOptional", (inst, def) => {
  $ZodExactOptional.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => optionalProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
});
function exactOptional(innerType) {
  return new ZodExactOptional({
    type: "optional",
    innerType
  });
}
var ZodNullable = /* @__PURE__ */ $constructor("ZodNullable", (inst, def) => {
  $ZodNullable.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => nullableProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
});
function nullable(innerType) {
  return new ZodNullable({
    type: "nullable",
    innerType
  });
}
var ZodDefault = /* @__PURE__ */ $constructor("ZodDefault", (inst, def) => {
  $ZodDefault.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => defaultProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
  inst.removeDefault = inst.unwrap;
});
function _default(innerType, defaultValue) {
  return new ZodDefault({
    type: "default",
    innerType,
    get defaultValue() {
      return typeof defaultValue === "function" ? defaultValue() : util_exports.shallowClone(defaultValue);
    }
  });
}
var ZodPrefault = /* @__PURE__ */ $constructor("ZodPrefault", (inst, def) => {
  $ZodPrefault.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => prefaultProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
});
function prefault(innerType, defaultValue) {
  return new ZodPrefault({
    type: "prefault",
    innerType,
    get defaultValue() {
      return typeof defaultValue === "function" ? defaultValue() : util_exports.shallowClone(defaultValue);
    }
  });
}
var ZodNonOptional = /* @__PURE__ */ $constructor("ZodNonOptional", (inst, def) => {
  $ZodNonOptional.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => nonoptionalProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
});
function nonoptional(innerType, params) {
  return new ZodNonOptional({
    type: "nonoptional",
    innerType,
    ...util_exports.normalizeParams(params)
  });
}
var ZodCatch = /* @__PURE__ */ $constructor("ZodCatch", (inst, def) => {
  $ZodCatch.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => catchProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
  inst.removeCatch = inst.unwrap;
});
function _catch(innerType, catchValue) {
  return new ZodCatch({
    type: "catch",
    innerType,
    catchValue: typeof catchValue === "function" ? catchValue : util_exports.constantCatch(catchValue)
  });
}
var ZodPipe = /* @__PURE__ */ $constructor("ZodPipe", (inst, def) => {
  $ZodPipe.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => pipeProcessor(inst, ctx, json, params);
  inst.in = def.in;
  inst.out = def.out;
});
function pipe(in_, out) {
  return new ZodPipe({
    type: "pipe",
    in: in_,
    out
    // ...util.normalizeParams(params),
  });
}
var ZodReadonly = /* @__PURE__ */ $constructor("ZodReadonly", (inst, def) => {
  $ZodReadonly.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => readonlyProcessor(inst, ctx, json, params);
  inst.unwrap = () => inst._zod.def.innerType;
});
function readonly(innerType) {
  return new ZodReadonly({
    type: "readonly",
    innerType
  });
}
var ZodCustom = /* @__PURE__ */ $constructor("ZodCustom", (inst, def) => {
  $ZodCustom.init(inst, def);
  ZodType.init(inst, def);
  inst._zod.processJSONSchema = (ctx, json, params) => customProcessor(inst, ctx, json, params);
});
function refine(fn, _params = {}) {
  return _refine(ZodCustom, fn, _params);
}
function superRefine(fn, params) {
  return _superRefine(fn, params);
}

// src/hardware/rom/formats/cHeader.ts
var machineWidths = [8, 16, 32, 64];
function writeCHeader(image) {
  const symbol = `tritloom_${image.name}`;
  const macro = symbol.toUpperCase();
  const { declaration, initialisers, order } = arrayOf(image, symbol, macro);
  return [
    `#ifndef ${macro}_H`,
    `#define ${macro}_H`,
    "",
    "#include <stdint.h>",
    "",
    `/* ${image.depth} words of ${image.width} bits, word 0 first. ${order}`,
    `   Unused top bits are 0. Lanes and number format: see manifest.json. */`,
    `#define ${macro}_WIDTH ${image.width}`,
    `#define ${macro}_LENGTH ${image.depth}`,
    "",
    `static const ${declaration} = {`,
    ...initialisers.map((initialiser) => `    ${initialiser},`),
    "};",
    "",
    "#endif",
    ""
  ].join("\n");
}
function arrayOf(image, symbol, macro) {
  const addresses = Array.from({ length: image.depth }, (_, address) => address);
  const machineWidth = machineWidths.find((width) => image.width <= width);
  if (machineWidth !== void 0) {
    const suffix = machineWidth === 64 ? "ULL" : "U";
    return {
      declaration: `uint${machineWidth}_t ${symbol}[${macro}_LENGTH]`,
      initialisers: addresses.map((address) => `0x${hexWord(image, address)}${suffix}`),
      order: "Bit 0 is the least significant."
    };
  }
  const bytes = bytesPerWord(image.width);
  return {
    declaration: `uint8_t ${symbol}[${macro}_LENGTH][${bytes}]`,
    initialisers: addresses.map((address) => `{${byteLiterals(image.data.subarray(address * bytes, (address + 1) * bytes))}}`),
    order: `Each word is ${bytes} bytes, least significant first.`
  };
}
function byteLiterals(bytes) {
  return Array.from(bytes, (byte) => `0x${byte.toString(16).toUpperCase().padStart(2, "0")}U`).join(", ");
}

// src/hardware/rom/formats/coe.ts
function writeCoe(image) {
  const words = hexWords(image).join(",\n");
  return `memory_initialization_radix=16;
memory_initialization_vector=
${words};
`;
}

// src/hardware/rom/formats/gowinMi.ts
function writeGowinMi(image) {
  const header = ["#File_format=Hex", `#Address_depth=${image.depth}`, `#Data_width=${image.width}`];
  return [...header, ...hexWords(image), ""].join("\n");
}

// src/hardware/rom/formats/hexRecord.ts
var recordType = { data: 0, endOfFile: 1, extendedLinearAddress: 4 };
var segment = 65536;
var addressSpace = 2 ** 32;
var endOfFile = hexRecord(0, recordType.endOfFile, new Uint8Array(0));
function extendedAddress(address) {
  const upper = address / segment;
  return hexRecord(0, recordType.extendedLinearAddress, Uint8Array.of(upper >> 8, upper & 255));
}
function hexRecord(address, type, data2) {
  const bytes = [data2.length, address >> 8, address & 255, type, ...data2];
  const sum2 = bytes.reduce((total, byte) => total + byte, 0);
  const line = Buffer.from([...bytes, -sum2 & 255]).toString("hex");
  return `:${line.toUpperCase()}
`;
}

// src/hardware/rom/formats/hexWords.ts
var mostBytesPerRecord = 255;
function writeHexWords({ name: name2, width, depth, data: data2 }) {
  const bytes = bytesPerWord(width);
  if (bytes > mostBytesPerRecord) {
    throw new RangeError(
      `${name2} has words of ${width} bits; a record of Intel HEX holds ${8 * mostBytesPerRecord}. Split it with a maximum width, or choose MIF.`
    );
  }
  const records = [];
  for (let address = 0; address < depth; address++) {
    if (address > 0 && address % segment === 0) {
      records.push(extendedAddress(address));
    }
    const word = data2.slice(address * bytes, (address + 1) * bytes).reverse();
    records.push(hexRecord(address % segment, recordType.data, word));
  }
  return [...records, endOfFile].join("");
}

// src/hardware/rom/formats/intelHex.ts
var bytesPerRecord = 16;
function writeIntelHex({ name: name2, data: data2 }) {
  if (data2.length > addressSpace) {
    throw new RangeError(`${name2} has ${data2.length} bytes; Intel HEX addresses ${addressSpace}. Choose another format.`);
  }
  const records = [];
  for (let address = 0; address < data2.length; address += bytesPerRecord) {
    if (address > 0 && address % segment === 0) {
      records.push(extendedAddress(address));
    }
    records.push(hexRecord(address % segment, recordType.data, data2.subarray(address, address + bytesPerRecord)));
  }
  return [...records, endOfFile].join("");
}

// src/hardware/rom/formats/latticeMem.ts
var most = { width: 256, depth: 65536 };
var hexadecimal = 3;
function writeLatticeMem(image) {
  const { name: name2, width, depth } = image;
  if (width > most.width || depth > most.depth) {
    throw new RangeError(
      `${name2} has ${depth} words of ${width} bits; Lattice's format holds ${most.depth} words of ${most.width} bits. Split it with a maximum width, or choose mem.`
    );
  }
  const header = ["Format=Hex", `Depth=${depth}`, `Width=${width}`, `AddrRadix=${hexadecimal}`, `DataRadix=${hexadecimal}`, "Data"];
  return [...header.map((field) => `#${field}`), ...hexWords(image), ""].join("\n");
}

// src/hardware/rom/formats/mem.ts
function writeMem(image) {
  return hexWords(image).map((word) => `${word}
`).join("");
}

// src/hardware/rom/formats/memAnnotated.ts
var wordsPerMark = 16;
function writeMemAnnotated(image) {
  const { name: name2, width, depth } = image;
  const lines = hexWords(image).flatMap(
    (word, address) => address % wordsPerMark === 0 ? [`@${address.toString(16).toUpperCase()}`, word] : [word]
  );
  return `// ${name2}: ${depth} words of ${width} bits, word 0 first. Lanes and number format: see manifest.json.
${lines.join("\n")}
`;
}

// src/hardware/rom/formats/mif.ts
function writeMif(image) {
  const digits = (image.depth - 1).toString(16).length;
  const lines = hexWords(image).map((word, address) => {
    const place = address.toString(16).toUpperCase().padStart(digits, "0");
    return `${place} : ${word};
`;
  });
  return [
    `WIDTH=${image.width};
`,
    `DEPTH=${image.depth};
`,
    "ADDRESS_RADIX=HEX;\n",
    "DATA_RADIX=HEX;\n",
    "CONTENT BEGIN\n",
    ...lines,
    "END;\n"
  ].join("");
}

// src/hardware/rom/formats/npy.ts
var magic = "\x93NUMPY\0";
var alignment = 64;
var elementBytes = [1, 2, 4, 8];
function writeNpy({ width, depth, data: data2 }) {
  const stride = bytesPerWord(width);
  const size = elementBytes.find((bytes) => stride <= bytes);
  const descr = size === void 0 || size === 1 ? "|u1" : `<u${size}`;
  return npyFile(descr, size === void 0 ? [depth, stride] : [depth], widened(data2, stride, size ?? stride));
}
function npyFile(descr, shape, data2) {
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${sizes}, }`;
  const start = magic.length + 2;
  const length = Math.ceil((start + header.length + 1) / alignment) * alignment - start;
  const lengthBytes2 = Buffer.alloc(2);
  lengthBytes2.writeUInt16LE(length);
  const text = `${header.padEnd(length - 1)}
`;
  return Buffer.concat([Buffer.from(magic, "latin1"), lengthBytes2, Buffer.from(text, "latin1"), data2]);
}
function widened(data2, stride, size) {
  const wide = new Uint8Array(data2.length / stride * size);
  for (let word = 0; word * stride < data2.length; word++) {
    wide.set(data2.subarray(word * stride, (word + 1) * stride), word * size);
  }
  return wide;
}

// src/hardware/rom/formats/rawBytes.ts
function writeRawBytes({ data: data2 }) {
  return data2;
}

// src/hardware/rom/formats/srecord.ts
var bytesPerRecord2 = 16;
function addressing(bytes) {
  if (bytes <= 2 ** 16) {
    return { size: 2, data: "1", end: "9" };
  }
  return bytes <= 2 ** 24 ? { size: 3, data: "2", end: "8" } : { size: 4, data: "3", end: "7" };
}
function writeSrecord({ name: name2, data: data2 }) {
  if (data2.length > 2 ** 32) {
    throw new RangeError(`${name2} has ${data2.length} bytes; S-records address ${2 ** 32}. Choose another format.`);
  }
  const { size, data: dataType, end } = addressing(data2.length);
  const records = [record2("0", 0, 2, Buffer.from(name2.slice(0, 32), "ascii"))];
  for (let address = 0; address < data2.length; address += bytesPerRecord2) {
    records.push(record2(dataType, address, size, data2.subarray(address, address + bytesPerRecord2)));
  }
  const count5 = records.length - 1;
  if (count5 < 2 ** 24) {
    const counter = count5 < 2 ** 16 ? { type: "5", size: 2 } : { type: "6", size: 3 };
    records.push(record2(counter.type, count5, counter.size, new Uint8Array(0)));
  }
  records.push(record2(end, 0, size, new Uint8Array(0)));
  return records.join("");
}
function record2(type, address, size, data2) {
  const place = Array.from({ length: size }, (_, index) => Math.floor(address / 256 ** (size - 1 - index)) % 256);
  const bytes = [size + data2.length + 1, ...place, ...data2];
  const sum2 = bytes.reduce((total, byte) => total + byte, 0);
  return `S${type}${Buffer.from([...bytes, ~sum2 & 255]).toString("hex").toUpperCase()}
`;
}

// src/hardware/rom/formats/updateMem.ts
function writeUpdateMem(image) {
  const digits = 2 * bytesPerWord(image.width);
  return ["@00000000", ...hexWords(image).map((word) => word.padStart(digits, "0")), ""].join("\n");
}

// src/hardware/rom/formats/vhdl.ts
function writeVhdl(image) {
  const { name: name2, width, depth } = image;
  const words = Array.from({ length: depth }, (_, address) => {
    const bits = BigInt(`0x${hexWord(image, address)}`).toString(2).padStart(width, "0");
    return `    ${address} => "${bits}"${address === depth - 1 ? "" : ","}`;
  });
  return [
    `-- ${depth} words of ${width} bits, word 0 first. Lanes and number format: see manifest.json.`,
    "library ieee;",
    "use ieee.std_logic_1164.all;",
    "",
    `package ${name2}_rom is`,
    `  subtype word_t is std_logic_vector(${width - 1} downto 0);`,
    `  type words_t is array (0 to ${depth - 1}) of word_t;`,
    "  constant words : words_t := (",
    ...words,
    "  );",
    `end package ${name2}_rom;`,
    ""
  ].join("\n");
}

// src/hardware/rom/formats.ts
var romWriters = {
  "mem": { extension: "mem", title: "Verilog $readmemh (simulators, Vivado, Quartus, Yosys)", write: writeMem },
  "coe": { extension: "coe", title: "COE (Vivado memory generators)", write: writeCoe },
  "mif": { extension: "mif", title: "MIF (Quartus)", write: writeMif },
  "hex": { extension: "hex", title: "Intel HEX by byte (programmers, microcontrollers)", write: writeIntelHex },
  "c": { extension: "h", title: "C header (firmware, high-level synthesis)", write: writeCHeader },
  "mem-annotated": { extension: "annotated.mem", title: "Verilog $readmemh with comments and addresses (people)", write: writeMemAnnotated },
  "hex-words": { extension: "words.hex", title: "Intel HEX by word (Quartus)", write: writeHexWords },
  "srec": { extension: "srec", title: "Motorola S-record (programmers)", write: writeSrecord },
  "lattice": { extension: "lattice.mem", title: "Lattice .mem (Diamond, Radiant)", write: writeLatticeMem },
  "gowin": { extension: "mi", title: "Gowin .mi (Gowin IP generator)", write: writeGowinMi },
  "updatemem": { extension: "updatemem.mem", title: "UpdateMEM .mem (patching a Xilinx bitstream)", write: writeUpdateMem },
  "vhdl": { extension: "vhd", title: "VHDL package (GHDL, Vivado, Quartus)", write: writeVhdl },
  "npy": { extension: "npy", title: "NumPy array (Python)", write: writeNpy },
  "bin": { extension: "bin", title: "raw bytes (anything that reads the manifest)", write: writeRawBytes }
};
var romFormats = Object.keys(romWriters);

// src/hardware/fixedModel.ts
var cellRanges = ["calibrated", "trained", "assumed"];

// src/hardware/fixModel.ts
var narrowestRange = 2 ** -8;

// src/hardware/rom/arrayFile.ts
var elementTypes = ["int32", "float32", "float64"];
var arrayFileSchema = strictObject({
  path: string2().min(1).describe("Relative to the manifest."),
  type: _enum(elementTypes),
  shape: array(number2().int().min(0)),
  bytes: number2().int().min(0),
  sha256: string2().regex(/^[0-9a-f]{64}$/)
});

// src/hardware/rom/layout.ts
var gateOrderNames = {
  lstm: { gfio: "this project and the paper's code", ifgo: "PyTorch", ifco: "Keras, as ifgo", iofc: "ONNX" },
  gru: { rzn: "this project and PyTorch", zrh: "Keras and ONNX" }
};
var allGateOrders = [...Object.keys(gateOrderNames.lstm), ...Object.keys(gateOrderNames.gru)];

// src/hardware/rom/goldenVectors.ts
var goldenSchema = strictObject({
  origin: string2().min(1).describe("What was read."),
  timesteps: number2().int().min(1),
  inputs: arrayFileSchema.describe("[T] numbers of symbols, or [T, I] integers in the first layer's inputFormat."),
  restarts: arrayFileSchema.describe("[T]: 1 where a sequence begins, from the initial state, else 0."),
  layers: array(
    strictObject({
      hidden: arrayFileSchema.describe("[T, H]: h after each timestep."),
      gates: arrayFileSchema.describe("[T, G H]: results of the look-ups, in the order of gateOrder."),
      cell: arrayFileSchema.describe("[T, H]: c after each timestep.").optional()
    })
  ),
  logits: arrayFileSchema.describe("[T, V]: what host.output makes of the last layer's h.").optional()
}).describe("Inputs, and every signal that they give.");

// src/hardware/rom/hostArrays.ts
var hostSchema = strictObject({
  output: strictObject({
    readout: _enum(["every-timestep", "last-timestep"]).describe("Whether every timestep's logits count, or those of a sequence's last one."),
    names: array(string2()).describe("Of the V outputs."),
    equation: string2(),
    weights: arrayFileSchema.describe("[H, V]"),
    bias: arrayFileSchema.describe("[V]")
  }).describe("The output layer.").optional(),
  embedding: strictObject({ equation: string2(), vectors: arrayFileSchema.describe("[symbols, I]") }).describe("Word vectors, which the first layer reads.").optional()
}).describe("What the host computes in floating point before and after the accelerator.");

// src/hardware/rom/constants.ts
var gateConstants = [
  { name: "gate_scale_recurrent", key: "gateScaleRecurrent", role: "scale of the recurrent sum, for each gate row" },
  { name: "gate_scale_input", key: "gateScaleInput", role: "scale of the input sum, for each gate row" },
  { name: "gate_shift", key: "gateShift", role: "added to both scaled sums, for each gate row" }
];
var initialHidden = { name: "initial_hidden", key: "initialHidden", role: "hidden state before the first timestep, for each unit" };
var lstmConstants = [
  ...gateConstants,
  { name: "cell_scale", key: "cellScale", role: "scale of the cell state before the output tanh, for each unit" },
  { name: "cell_shift", key: "cellShift", role: "added to the scaled cell state, for each unit" },
  initialHidden,
  { name: "initial_cell", key: "initialCell", role: "cell state before the first timestep, for each unit" }
];
var gruConstants = [
  ...gateConstants,
  { name: "reset_shift", key: "resetShift", role: "added to the candidate's scaled recurrent sum inside the reset, for each unit" },
  initialHidden
];

// src/hardware/rom/manifestModel.ts
var gateEquation = "gate_scale_input * (x * input_weights) + gate_shift";
var lstmEquations = [
  `p = gate_scale_recurrent * (h * recurrent_weights) + ${gateEquation}`,
  "c = sigmoid(p_f) * c + sigmoid(p_i) * tanh(p_g)",
  "h = sigmoid(p_o) * tanh(cell_scale * c + cell_shift)"
];
var candidates = {
  after: `p_n = sigmoid(p_r) * (gate_scale_recurrent * (h * recurrent_weights) + reset_shift) + ${gateEquation}`,
  before: `p_n = gate_scale_recurrent * ((sigmoid(p_r) * h) * recurrent_weights) + reset_shift + ${gateEquation}`
};

// src/hardware/rom/manifestSchema.ts
var count = number2().int().min(0);
var precision = _enum(["binary", "ternary", "full"]);
var fixedPointSchema = strictObject({ bits: count, fractionBits: number2().int(), signed: boolean2() }).describe("Integers of so many bits, in two's complement where signed, each worth integer * 2^-fractionBits.");
var shiftSchema = strictObject({ direction: _enum(["left", "right"]), bits: count }).describe("left: times 2^bits; right: round(x / 2^bits), to the nearest integer, ties upwards.");
var gates = {
  imagePrefix: string2().describe("What the names of this layer's images begin with; empty in a model of one layer."),
  units: count,
  inputs: count.describe("Symbols, features, or units of the layer below."),
  inputKind: _enum(["one-hot", "dense"]),
  inputFormat: fixedPointSchema,
  precision: strictObject({ input: precision, recurrent: precision }),
  phases: array(strictObject({ firstRow: count, rows: count })).describe("Gate rows that are computed one after the other; each phase begins a new group of rows in the weight images."),
  accumulatorBits: strictObject({ recurrentSum: count, inputSum: count, recurrentTerm: count, inputTerm: count, total: count }).describe("Widths in two's complement in which no sum can overflow."),
  shifts: strictObject({
    recurrent: shiftSchema.describe("Of gate_scale_recurrent times the recurrent sum, to the binary point formats.sumFractionBits."),
    input: shiftSchema.describe("Of gate_scale_input times the input sum, to the same."),
    gateShift: shiftSchema.describe("Of gate_shift, to the same."),
    preactivation: shiftSchema.describe("Of the sum of all terms, to formats.preactivation, which saturates."),
    gateProduct: shiftSchema.describe("Of a gate times h, tanh or a sum: the gate's binary point.")
  }),
  steps: array(string2()).min(1).describe("One timestep in integers, line by line.")
};
var layerSchema = discriminatedUnion("cell", [
  strictObject({
    cell: literal("lstm"),
    gateOrder: array(_enum(["g", "f", "i", "o", "c"])).length(4).describe("Blocks of H gate rows each; c is Keras's and ONNX's name of g."),
    ...gates,
    cellFormat: fixedPointSchema,
    cellRange: _enum(cellRanges).describe("Whether the range of cellFormat was seen on data, is that of training, or is the default."),
    cellAccumulatorBits: strictObject({ update: count, total: count }),
    cellShifts: strictObject({
      kept: shiftSchema.describe("Of f * c."),
      added: shiftSchema.describe("Of i * g, to the binary point of f * c."),
      update: shiftSchema.describe("Of their sum, to cellFormat, which saturates."),
      cell: shiftSchema.describe("Of cell_scale * c, to the binary point formats.sumFractionBits."),
      cellShift: shiftSchema.describe("Of cell_shift, to the same.")
    })
  }),
  strictObject({
    cell: literal("gru"),
    reset: _enum(["before", "after"]),
    gateOrder: array(_enum(["r", "z", "n", "h"])).length(3).describe("Blocks of H gate rows each; h is Keras's and ONNX's name of n."),
    ...gates,
    resetShifts: strictObject({ resetShift: shiftSchema.describe("Of reset_shift, to the binary point formats.sumFractionBits.") })
  })
]);
var tableSchema = strictObject({
  name: _enum(["sigmoid", "tanh"]),
  entries: count,
  interpolation: _enum(["linear", "none"]),
  segmentBits: count.describe("Low bits of the pre-activation that lie between two words."),
  input: fixedPointSchema,
  output: fixedPointSchema,
  errorBound: number2().describe("A real number, over all pre-activations including those that were saturated.")
});

// src/hardware/rom/manifest.ts
var manifestName = "manifest.json";
var count2 = number2().int().min(0);
var compressionSchema = strictObject({ weightsOnly: number2(), allCounted: number2(), wholeModel: number2().optional() });
var memorySchema = strictObject({
  weightBits: count2,
  scaleBits: count2,
  shiftBits: count2,
  stateBits: count2,
  tableBits: count2,
  paddingBits: count2,
  shippedBits: count2,
  hostBits: count2.optional(),
  float32Bits: count2,
  fixed12Bits: count2,
  againstFloat32: compressionSchema,
  againstFixed12: compressionSchema,
  memorySaving: number2()
});
var fileSchema = strictObject({
  format: _enum(romFormats),
  /** Relative to the manifest. */
  path: string2().min(1),
  bytes: count2,
  sha256: string2().regex(/^[0-9a-f]{64}$/)
});
var partSchema = strictObject({ name: string2(), bits: count2, signed: literal(true).describe("Two's complement.") });
var encodingSchema = strictObject({
  name: _enum(encodingNames),
  /** Of a field. */
  bits: count2,
  /** Integers in a field, where it is not one. */
  valuesPerField: count2.optional()
});
var packingSchema = strictObject({
  lanes: count2,
  /** Where lane 0 sits: in the least or the most significant bits. */
  bitOrder: _enum(bitOrders),
  /** Of an image that is a part of a wider one: its lane j is lane firstLane + j of the formula. */
  bank: strictObject({ index: count2, of: count2, firstLane: count2 }).optional(),
  order: array(string2()),
  formula: string2(),
  parts: array(partSchema).optional(),
  /** Of a weight image with more than one: its word has so many inputs of each gate row side by side. */
  inputsPerWord: count2.optional()
});
var imageSchema = strictObject({
  name: string2().regex(/^[a-z][a-z0-9_]*$/),
  role: string2(),
  shape: array(count2),
  encoding: encodingSchema,
  packing: packingSchema,
  width: count2,
  depth: count2,
  fixedPoint: fixedPointSchema.optional(),
  saturated: count2.optional(),
  /** The real numbers that the integers round; not repeated for weights. */
  values: array(number2()).optional(),
  files: array(fileSchema).min(1)
});
var romManifestSchema = strictObject({
  kind: literal("tritloom-rom"),
  version: literal(3),
  tool: strictObject({ name: literal("tritloom"), version: string2() }),
  source: strictObject({ name: string2().optional(), runDir: string2().optional() }),
  model: strictObject({
    /** What the accelerator reads; word vectors are looked up before it. */
    input: discriminatedUnion("kind", [
      strictObject({ kind: literal("one-hot"), symbols: array(string2()) }),
      strictObject({ kind: literal("embedding"), symbols: array(string2()), width: count2 }),
      strictObject({ kind: literal("dense"), width: count2 })
    ]),
    /** How the weights were chosen: "deterministic", or the number of a seeded draw. */
    choice: string2().min(1),
    /** From the input on. */
    layers: array(layerSchema).min(1),
    equations: array(string2()).describe("In real numbers."),
    delta: strictObject({ threshold: count2 }).describe("How far h may move before the recurrent sums follow it.").optional(),
    rules: array(string2()).describe("How integers are computed from integers; layers[].steps is written in these terms.")
  }),
  formats: strictObject({
    hidden: fixedPointSchema,
    gate: fixedPointSchema,
    preactivation: fixedPointSchema,
    sumFractionBits: number2().int()
  }),
  tables: array(tableSchema).length(2),
  macUnits: count2,
  /** Columns of a matrix that each MAC unit takes in one cycle, where they are several. */
  columnsPerCycle: count2.optional(),
  /** Bits of a weight word at most, where images were split into banks for it. */
  maxWidth: count2.optional(),
  /** Byte order wherever a format stores a word as several bytes. */
  byteOrder: literal("least significant byte first"),
  images: array(imageSchema).min(1),
  host: hostSchema,
  golden: goldenSchema,
  memory: memorySchema
});
var listedSchema = object({
  kind: literal("tritloom-rom"),
  images: array(object({ files: array(object({ path: string2() })) })).min(1),
  host: unknown().optional(),
  golden: unknown().optional()
});

// src/hardware/rom/besideManifest.ts
var count3 = number2().int().positive().max(2 ** 31);
var manifestSchema = object({
  kind: literal("tritloom-rom"),
  model: object({
    layers: array(
      object({
        imagePrefix: string2(),
        units: count3,
        gateOrder: array(string2()),
        /** The phases that the images were made with: not every version splits a GRU's rows alike. */
        phases: array(object({ firstRow: number2().int().nonnegative(), rows: count3 })).optional()
      })
    )
  }),
  macUnits: count3,
  images: array(
    object({
      name: string2(),
      shape: array(count3),
      encoding: object({
        name: _enum(encodingNames),
        bits: count3.max(32),
        valuesPerField: count3.max(5).optional()
      }),
      packing: object({
        lanes: count3.max(romLimits.wordBits),
        bitOrder: _enum(["lsb-first", "msb-first"]).optional(),
        order: array(string2()),
        bank: object({ firstLane: number2().int().nonnegative() }).optional(),
        inputsPerWord: number2().int().positive().optional()
      }),
      width: count3.max(romLimits.wordBits),
      depth: count3.max(romLimits.words),
      fixedPoint: object({ fractionBits: number2().int() }).optional(),
      files: array(object({ format: _enum(romFormats), path: string2(), sha256: string2() }))
    })
  )
});
function besideText(manifest2, name2) {
  return besideOf(parsedManifest(manifest2), name2);
}
function besideOf(manifest2, name2) {
  if (typeof manifest2 === "string") {
    return { problem: manifest2 };
  }
  const image = manifest2?.images.find(({ files }) => files.some((each) => each.path === name2));
  if (manifest2 === void 0 || image === void 0) {
    return {};
  }
  const { model, macUnits } = manifest2;
  const entry = image.files.find((each) => each.path === name2);
  const layer = model.layers.find(({ imagePrefix }) => image.name.startsWith(imagePrefix));
  return { entry: { image, file: entry, ...layer && { layer }, macUnits } };
}
function parsedManifest(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return void 0;
  }
  if (!object({ kind: literal("tritloom-rom") }).safeParse(json).success) {
    return void 0;
  }
  const { data: data2, error: error2 } = manifestSchema.safeParse(json);
  return data2 ?? `${manifestName} beside the file is not used: ${firstFault(error2)}.`;
}
function firstFault({ issues }) {
  const { path: place, message } = issues[0];
  return `${place.join(".")}: ${message}`;
}

// src/hardware/rom/readers/readRom.ts
var PlacedWords = class {
  constructor(findings) {
    this.findings = findings;
  }
  findings;
  words = [];
  highest = -1;
  /** Line of each address; made when the first address does not follow those before it, which most files never do. */
  lines;
  /** Whether the limit is reached and further words are dropped. */
  get isFull() {
    return this.words.length >= romLimits.words;
  }
  /** The address after that of the last word. */
  get next() {
    return this.words.length === 0 ? 0 : this.words[this.words.length - 1].address + 1;
  }
  add(word) {
    if (this.isFull) {
      tellTooManyWords(this.findings, word.line);
      return;
    }
    if (word.address > this.highest && this.lines === void 0) {
      this.highest = word.address;
    } else {
      this.noteOutOfOrder(word);
    }
    this.words.push(word);
  }
  /** Adds a word at each address from `first` to `last`, as far as the limit goes. */
  fill(first, last, wordAt) {
    for (let address = first; address <= last; address++) {
      const { value, bits, line } = wordAt(address);
      this.add({ address, value, bits, line });
      if (this.isFull) {
        return;
      }
    }
  }
  noteOutOfOrder({ address, line }) {
    this.lines ??= new Map(this.words.map((word) => [word.address, word.line]));
    const earlier = this.lines.get(address);
    if (earlier === void 0) {
      this.lines.set(address, line);
    } else {
      this.findings.add("address-overlap", line, `Address ${address} was given in line ${earlier} already.`);
    }
  }
};
function tellTooManyWords(findings, line) {
  if (!findings.has("huge-file")) {
    findings.add("huge-file", line, `There are more words than ${romLimits.words}, and no more are read.`);
  }
}
function* numberedLines(text) {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    yield { line, text: text.slice(start, end) };
    line++;
    start = end + 1;
  }
  yield { line, text: text.slice(start) };
}
var LineCounter = class {
  /** @param firstLine the number of the line in which the text begins */
  constructor(text, firstLine = 1) {
    this.text = text;
    this.line = firstLine;
    this.newline = text.indexOf("\n");
  }
  text;
  line;
  newline;
  at(index) {
    while (this.newline >= 0 && this.newline < index) {
      this.line++;
      this.newline = this.text.indexOf("\n", this.newline + 1);
    }
    return this.line;
  }
};
var prefixes = { 2: "0b", 8: "0o", 10: "", 16: "0x" };
var digitsOf2 = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/i };
var bitsPerDigit = { 2: 1, 8: 3, 10: void 0, 16: 4 };
var exactDigits = { 2: 53, 8: 17, 10: 15, 16: 13 };
function parseDigits(digits, radix) {
  if (!digitsOf2[radix].test(digits) || digits.length > romLimits.digits) {
    return void 0;
  }
  return digits.length <= exactDigits[radix] ? BigInt(Number.parseInt(digits, radix)) : BigInt(prefixes[radix] + digits);
}
function parseAddress(digits, radix) {
  const value = parseDigits(digits, radix);
  return value === void 0 || value > BigInt(Number.MAX_SAFE_INTEGER) ? void 0 : Number(value);
}
function bitsOfDigits(digits, radix, value) {
  return (bitsPerDigit[radix] ?? 0) * digits.length || bitLength(value);
}
var twoTo32 = 2 ** 32;
function bitLength(value) {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    const digits = value.toString(16);
    return 4 * digits.length - Math.clz32(Number.parseInt(digits[0], 16)) + 28;
  }
  const number3 = Number(value);
  return number3 < twoTo32 ? Math.max(1, 32 - Math.clz32(number3)) : 64 - Math.clz32(Math.floor(number3 / twoTo32));
}
function quoted(text) {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}\u2026` : text);
}

// src/hardware/rom/convert.ts
var ConversionError = class extends Error {
  name = "ConversionError";
};
function imageOfRom(rom, name2) {
  const error2 = rom.findings.find(({ severity }) => severity === "error");
  if (error2 !== void 0) {
    throw new ConversionError(`line ${error2.line}: ${error2.message}`);
  }
  const words = wordsByAddress(rom);
  const last = words.at(-1);
  if (last === void 0) {
    throw new ConversionError("The file holds no word. Export it again.");
  }
  const width = rom.width ?? words.reduce((most2, word) => Math.max(most2, word.bits, bitLength(word.value)), 1);
  const depth = rom.depth ?? last.address + 1;
  if (!isReadableSize(depth, width)) {
    throw new ConversionError(`${depth} words of ${width} bits are too many: the highest address is ${last.address}, in line ${last.line}. Correct it, or say --depth.`);
  }
  checkWhole(words, depth);
  return { name: identifier(name2), width, depth, data: packed(words, width, depth) };
}
function checkWhole(words, depth) {
  const gap = words.findIndex(({ address }, index) => address !== index);
  const missing = gap >= 0 ? gap : words.length < depth ? words.length : void 0;
  if (missing !== void 0) {
    throw new ConversionError(`Address ${missing} has no word, and its content is not known. Give every address a word, or say a smaller --depth.`);
  }
}
function packed(words, width, depth) {
  const stride = bytesPerWord(width);
  const data2 = new Uint8Array(depth * stride);
  for (const { address, value } of words) {
    const bytes = Buffer.from(value.toString(16).padStart(2 * stride, "0"), "hex").reverse();
    data2.set(bytes, address * stride);
  }
  return data2;
}
function identifier(name2) {
  const plain = name2.toLowerCase().replace(/[^a-z0-9_]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60);
  return /^[a-z]/.test(plain) ? plain : `rom_${plain}`.replace(/_$/, "");
}

// src/hardware/rom/romFile.ts
var import_node_path3 = __toESM(require("node:path"));

// src/hardware/rom/rules.ts
var vivadoSubset = "Icarus 11, Verilator 5.006 and Yosys 0.23 accept it; Vivado's synthesis reads words alone, one a line (UG901).";
var stopsHalfWay = "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads on without a word.";
var romRules = {
  "unreadable": { severity: "error", tools: {}, remedy: "Check the path and its permissions." },
  "huge-file": { severity: "error", tools: {}, remedy: "Lint a part of it, or a denser format." },
  "empty-file": {
    severity: "error",
    tools: { readmem: "Icarus 11 warns; Verilator 5.006 and Yosys 0.23 load nothing without a word." },
    remedy: "Export it again."
  },
  "unknown-format": { severity: "error", tools: {}, remedy: "Name the format with --as." },
  "binary-content": {
    severity: "error",
    tools: { readmem: "Icarus 11 stops there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads it as 0." },
    remedy: "Name the format with --as if it is npy or bin; otherwise export it again."
  },
  "byte-order-mark": {
    severity: "error",
    tools: { readmem: "Icarus 11 refuses the file but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 reads past it." },
    remedy: "Save it as UTF-8 without byte order mark, or as ASCII."
  },
  "crlf": {
    severity: "warning",
    tools: { readmem: "Icarus 11, Verilator 5.006 and Yosys 0.23 read it alike, but checksums differ.", any: "Checksums differ." },
    remedy: "Save it with LF line ends."
  },
  "no-final-newline": {
    severity: "error",
    tools: { readmem: "Verilator 5.006 loses the last word without a warning; Icarus 11 and Yosys 0.23 read it." },
    remedy: "End the last line with a newline."
  },
  "comment": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Remove it; the manifest is the place for notes." },
  "unterminated-comment": {
    severity: "error",
    tools: { readmem: "Icarus 11 warns that words are missing; Verilator 5.006 and Yosys 0.23 lose them without a word." },
    remedy: "Close the comment."
  },
  "hash-comment": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 takes it as a comment, Yosys 0.23 reads its letters as data."
    },
    remedy: "Remove it."
  },
  "underscore": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Remove the underscores." },
  "address-directive": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Write every word from address 0 on, without @." },
  "several-words-per-line": { severity: "warning", tools: { readmem: vivadoSubset }, remedy: "Write one word a line." },
  "short-word": {
    severity: "warning",
    tools: { readmem: "Icarus 11, Verilator 5.006 and Yosys 0.23 fill the top with zeros; others need not." },
    remedy: "Write all digits."
  },
  "excess-digits": {
    severity: "warning",
    tools: { readmem: "Icarus 11 warns of each; Verilator 5.006 and Yosys 0.23 read the same word." },
    remedy: "Drop the leading zeros."
  },
  "ragged-words": { severity: "warning", tools: {}, remedy: "Write all words with the same number of digits." },
  "unknown-digits": {
    severity: "error",
    tools: { readmem: "Icarus 11 and Yosys 0.23 load unknown bits, Verilator 5.006 aborts." },
    remedy: "Write a number."
  },
  "radix-prefix": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 and Yosys 0.23 read the x as unknown bits, Verilator 5.006 as 0.",
      updatemem: "UpdateMEM calls it a syntax error (UG1580)."
    },
    remedy: "Drop the prefix."
  },
  "address-prefix": {
    severity: "error",
    tools: { readmem: "Icarus 11 takes the 0 as the address and the rest as a word, Verilator 5.006 aborts, Yosys 0.23 reads past the prefix." },
    remedy: "Drop the prefix."
  },
  "sign": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 stops reading there but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 drops the sign without a word.",
      mif: "Quartus takes a sign with DATA_RADIX=DEC alone."
    },
    remedy: "Write the two's complement bits."
  },
  "illegal-character": { severity: "error", tools: { readmem: stopsHalfWay }, remedy: "Write digits of the format's radix only." },
  "address-space": {
    severity: "error",
    tools: { readmem: "Icarus 11 refuses it but ends with exit code 0, Verilator 5.006 reads the address as data, Yosys 0.23 stops." },
    remedy: "Write the address directly after the @."
  },
  "address-out-of-range": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 stops reading but ends with exit code 0, Verilator 5.006 aborts, Yosys 0.23 drops the words without a word."
    },
    remedy: "Keep addresses below the depth."
  },
  "address-overlap": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 and Verilator 5.006 keep the last word, Yosys 0.23 the first.",
      updatemem: "UpdateMEM refuses overlapping blocks (UG1580)."
    },
    remedy: "Give each address once."
  },
  "address-misaligned": { severity: "error", tools: {}, remedy: "Begin at a multiple of the word's bytes." },
  "missing-address": { severity: "error", tools: { updatemem: "UpdateMEM wants @ and a byte address before the first word (UG1580)." }, remedy: "Begin with @0." },
  "too-few-words": {
    severity: "error",
    tools: {
      readmem: "Icarus 11 warns, Verilator 5.006 does not, and both leave the other words as they were; Yosys 0.23 leaves them x without a word; Vivado wants a line for each row.",
      lattice: "Lattice's Memory Generator fills with 0, and so they are read.",
      gowin: "Gowin's IP generator fills with 0, and so they are read.",
      mif: "Quartus warns and fills with 0, and so they are read."
    },
    remedy: "Pad with words of 0 to the depth.",
    onlyWarningFor: ["lattice", "gowin", "mif"]
  },
  "too-many-words": {
    severity: "error",
    tools: { readmem: "Icarus 11 warns and drops the rest, Verilator 5.006 aborts, Yosys 0.23 drops the rest without a word." },
    remedy: "Drop the words beyond the depth, or correct the depth."
  },
  "word-too-wide": {
    severity: "error",
    tools: { readmem: "Icarus 11 and Yosys 0.23 warn and cut the top bits, Verilator 5.006 cuts them without a word." },
    remedy: "Correct the word or the width."
  },
  "binary-digits": {
    severity: "warning",
    tools: { readmem: "$readmemh reads each digit as four bits, $readmemb as one." },
    remedy: "If the words are binary, read them with --radix 2; if not, say the width with --width."
  },
  "filter-coefficients": {
    severity: "warning",
    tools: { coe: "Vivado's FIR Compiler reads them; its memory generators want memory_initialization_radix and memory_initialization_vector (UG896)." },
    remedy: "For a memory, write those two keywords."
  },
  "no-words": { severity: "error", tools: {}, remedy: "Export it again." },
  "missing-field": { severity: "error", tools: {}, remedy: "Add it." },
  "bad-field": { severity: "error", tools: {}, remedy: "Correct it." },
  "missing-semicolon": { severity: "error", tools: {}, remedy: "End it with a semicolon." },
  "missing-end": {
    severity: "error",
    tools: { srec: "srec_cat reads and writes such files." },
    remedy: "Export it again: the file may be cut off.",
    onlyWarningFor: ["srec"]
  },
  "data-after-end": {
    severity: "error",
    tools: { coe: "Vivado wants the vector last (UG896) and ignores what follows." },
    remedy: "Remove what follows.",
    onlyWarningFor: ["coe"]
  },
  "width-mismatch": { severity: "error", tools: {}, remedy: "Export it again, or correct the width." },
  "depth-mismatch": { severity: "error", tools: {}, remedy: "Export it again, or correct the depth." },
  "ragged-vector": { severity: "error", tools: { vhdl: "GHDL stops: the lengths do not match." }, remedy: "Give each word all its bits." },
  "record-syntax": { severity: "error", tools: {}, remedy: "Export it again." },
  "record-length": { severity: "error", tools: { any: "Programmers and srec_cat refuse the file." }, remedy: "Export it again: the line may be cut off." },
  "record-type": { severity: "error", tools: {}, remedy: "Keep to the record types of the format." },
  "bad-checksum": { severity: "error", tools: { any: "Programmers, Quartus and srec_cat refuse the file." }, remedy: "Export it again: a byte was changed." },
  "count-mismatch": { severity: "error", tools: { srec: "srec_cat refuses the file." }, remedy: "Export it again: something is missing." },
  "partial-word": { severity: "error", tools: {}, remedy: "Give the width with --width, or export it again." },
  "unsupported-type": { severity: "error", tools: {}, remedy: "Save unsigned integers, or rows of uint8." },
  "illegal-code": { severity: "error", tools: { any: "The accelerator has no weight for it." }, remedy: "Export it again, or name the encoding." },
  "sha256-mismatch": { severity: "error", tools: {}, remedy: "Export it again: the file is not the one that was exported." }
};

// src/hardware/rom/findings.ts
var mostOfOneRule = 20;
var RomFindings = class {
  /** @param wanted rules that the file breaks on purpose */
  constructor(family, wanted = []) {
    this.family = family;
    this.wanted = wanted;
  }
  family;
  wanted;
  found = [];
  counts = /* @__PURE__ */ new Map();
  /** @param what the value and its place, as a sentence */
  add(rule, line, what) {
    if (this.wanted.includes(rule)) {
      return;
    }
    const count5 = (this.counts.get(rule) ?? 0) + 1;
    this.counts.set(rule, count5);
    if (count5 <= mostOfOneRule) {
      const { severity: usual, tools, remedy, onlyWarningFor = [] } = romRules[rule];
      const severity = this.family && onlyWarningFor.includes(this.family) ? "warning" : usual;
      const does = (this.family && tools[this.family]) ?? tools.any;
      const message = [printable(what), does, remedy].filter((part) => part !== void 0).join(" ");
      this.found.push({ line, rule, severity, message });
    }
  }
  /** Whether the rule was broken so far. */
  has(rule) {
    return this.counts.has(rule);
  }
  /** Whether anything but a warning was found so far. */
  get hasError() {
    return this.found.some(({ severity }) => severity === "error");
  }
  /** In the order of lines; the last one of a frequent rule says how many more there are. */
  all() {
    const last = new Map(this.found.map((finding, index) => [finding.rule, index]));
    return this.found.map((finding, index) => {
      const more = (this.counts.get(finding.rule) ?? 0) - mostOfOneRule;
      const isLast = last.get(finding.rule) === index;
      return isLast && more > 0 ? { ...finding, message: `${finding.message} (${more} more like this.)` } : finding;
    }).toSorted((one, other) => one.line - other.line);
  }
};
function printable(text) {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

// src/hardware/rom/lint.ts
var import_node_crypto = require("node:crypto");

// src/hardware/rom/comments.ts
var cComment = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
var hashComment = /(?:#|\/\/)[^\n]*/g;
var patterns = {
  readmem: cComment,
  updatemem: cComment,
  c: cComment,
  coe: /;[^\n]*/g,
  mif: /--[^\n]*|%[^%]*(?:%|$)/g,
  vhdl: /--[^\n]*|\/\*[^]*?(?:\*\/|$)/g,
  lattice: hashComment,
  gowin: hashComment
};
function withoutComments(text, family) {
  const pattern = patterns[family];
  return pattern === void 0 ? text : text.replace(pattern, (comment) => comment.replace(/[^\n]/g, " "));
}

// src/hardware/rom/readers/placedBytes.ts
var PlacedBytes = class {
  constructor(findings) {
    this.findings = findings;
  }
  findings;
  chunks = [];
  add(address, data2, line) {
    if (data2.length > 0) {
      this.chunks.push({ address, data: data2, line });
    }
  }
  /** Words of ceil(width / 8) bytes by address, least significant byte first; a word that lacks bytes is told and filled with 0. */
  words(width) {
    const stride = Math.ceil(width / 8);
    const words = [];
    let partial2;
    for (const segment2 of this.segments()) {
      const end = segment2.start + segment2.bytes.length;
      for (let first = segment2.start; first < end; ) {
        const address = Math.floor(first / stride);
        const last = Math.min(end, (address + 1) * stride);
        if (words.length >= romLimits.words) {
          tellTooManyWords(this.findings, segment2.lines[first - segment2.start]);
          return words;
        }
        const start = first - segment2.start;
        const line = segment2.lines[start];
        if (last - first === stride) {
          words.push({ address, value: littleEndian(segment2.bytes, start, stride), bits: 8 * stride, line });
        } else {
          const piece = { offset: first - address * stride, bytes: segment2.bytes.subarray(start, last - segment2.start) };
          partial2 = this.joined(partial2, address, piece, line, stride, words);
        }
        first = last;
      }
    }
    this.close(partial2, stride, words);
    return words.toSorted((one, other) => one.address - other.address);
  }
  /** The piece of a word together with those before it, after closing another word's. */
  joined(partial2, address, piece, line, stride, words) {
    if (partial2?.address === address) {
      partial2.pieces.push(piece);
      return partial2;
    }
    this.close(partial2, stride, words);
    return { address, pieces: [piece], line };
  }
  close(partial2, stride, words) {
    if (partial2 === void 0) {
      return;
    }
    const { address, pieces, line } = partial2;
    const word = new Uint8Array(stride);
    pieces.forEach(({ offset, bytes }) => word.set(bytes, offset));
    const count5 = pieces.reduce((sum2, { bytes }) => sum2 + bytes.length, 0);
    if (count5 < stride) {
      this.findings.add("partial-word", line, `Word ${address} has ${count5} of its ${stride} bytes.`);
    }
    words.push({ address, value: littleEndian(word, 0, stride), bits: 8 * stride, line });
  }
  /** By address. Of bytes given twice the later ones stay. */
  segments() {
    const segments = extents(this.chunks).map(({ start, end }) => ({
      start,
      bytes: new Uint8Array(end - start),
      lines: new Uint32Array(end - start)
    }));
    for (const { address, data: data2, line } of this.chunks) {
      const { start, bytes, lines } = segmentAt(segments, address);
      const place = address - start;
      const clash = lines.subarray(place, place + data2.length).findIndex((earlier) => earlier !== 0);
      if (clash >= 0) {
        this.findings.add("address-overlap", line, `Byte address ${address + clash} was given already.`);
      }
      bytes.set(data2, place);
      lines.fill(line, place, place + data2.length);
    }
    return segments;
  }
};
function extents(chunks) {
  const spans = [];
  for (const { address, data: data2 } of chunks.toSorted((one, other) => one.address - other.address)) {
    const last = spans.at(-1);
    if (last !== void 0 && address <= last.end) {
      last.end = Math.max(last.end, address + data2.length);
    } else {
      spans.push({ start: address, end: address + data2.length });
    }
  }
  return spans;
}
function segmentAt(segments, address) {
  let [low, high] = [0, segments.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    [low, high] = segments[middle].start <= address ? [middle, high] : [low, middle - 1];
  }
  return segments[low];
}
var exactBytes = 6;
function littleEndian(bytes, start, length) {
  if (length > exactBytes) {
    return BigInt(`0x${Buffer.from(bytes.subarray(start, start + length)).reverse().toString("hex")}`);
  }
  let value = 0;
  for (let index = start + length - 1; index >= start; index--) {
    value = value * 256 + bytes[index];
  }
  return BigInt(value);
}
function bigEndian(bytes, start, length) {
  if (length > exactBytes) {
    return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString("hex")}`);
  }
  let value = 0;
  for (let index = start; index < start + length; index++) {
    value = value * 256 + bytes[index];
  }
  return BigInt(value);
}

// src/hardware/rom/readers/rawBytes.ts
function readRawBytes({ bytes }, { width = 8 }, findings) {
  const wordBytes = Math.ceil(width / 8);
  const rest = bytes.length % wordBytes;
  if (rest !== 0) {
    findings.add("partial-word", 1, `${bytes.length} bytes are not whole words of ${wordBytes} bytes.`);
  }
  return { words: wordsOfBytes(bytes.subarray(0, bytes.length - rest), wordBytes, false, findings) };
}
function wordsOfBytes(bytes, wordBytes, isBigEndian, findings) {
  const words = bytes.length / wordBytes;
  if (words > romLimits.words) {
    tellTooManyWords(findings, 1);
  }
  const valueOf = isBigEndian ? bigEndian : littleEndian;
  return Array.from({ length: Math.min(words, romLimits.words) }, (_, address) => ({
    address,
    value: valueOf(bytes, address * wordBytes, wordBytes),
    bits: 8 * wordBytes,
    line: 1
  }));
}

// src/hardware/rom/readers/npy.ts
var npyMagic = "\x93NUMPY";
function readNpy({ bytes }, { width }, findings) {
  const header = readHeader(Buffer.from(bytes), findings);
  const layout = header && layoutOf(header.text, findings);
  if (header === void 0 || layout === void 0) {
    return { words: [] };
  }
  const { wordBytes, isBigEndian, depth } = layout;
  const data2 = bytes.subarray(header.end);
  if (data2.length !== depth * wordBytes) {
    findings.add("count-mismatch", 1, `The header makes ${depth * wordBytes} bytes of data, but the file has ${data2.length}.`);
  }
  const whole = data2.subarray(0, Math.min(depth, Math.floor(data2.length / wordBytes)) * wordBytes);
  return { ...width === void 0 && { width: 8 * wordBytes }, depth, words: wordsOfBytes(whole, wordBytes, isBigEndian, findings) };
}
function readHeader(file, findings) {
  const version2 = file[6];
  if (file.length < 12 || file.toString("latin1", 0, 6) !== npyMagic || version2 === void 0 || version2 < 1 || version2 > 3) {
    findings.add("bad-field", 1, "It does not begin as a NumPy array of version 1, 2 or 3.");
    return void 0;
  }
  const start = version2 === 1 ? 10 : 12;
  const end = start + (version2 === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8));
  if (end > file.length) {
    findings.add("missing-end", 1, `The header ends at byte ${end}, but the file has ${file.length}.`);
    return void 0;
  }
  return { text: file.toString("latin1", start, end), end };
}
function layoutOf(header, findings) {
  const descr = found(/'descr'\s{0,9}:\s{0,9}'([^']{0,99})'/, header);
  const shape = found(/'shape'\s{0,9}:\s{0,9}\(([^)]{0,99})\)/, header);
  const [, byteOrder, size] = /^([<>|=])u([1248])$/.exec(descr) ?? [];
  const [, depth, row] = /^\s*(\d+)\s*,\s*(?:(\d+)\s*,?\s*)?$/.exec(shape) ?? [];
  if (size === void 0 || depth === void 0) {
    findings.add("unsupported-type", 1, `The array has type ${JSON.stringify(descr)} and shape (${shape.trim()}).`);
    return void 0;
  }
  const isFortran = /'fortran_order'\s*:\s*True/.test(header);
  if (row !== void 0 && (size !== "1" || isFortran)) {
    const order = isFortran ? "Fortran" : "C";
    findings.add("unsupported-type", 1, `A matrix must hold uint8 in C order, but this has ${descr} in ${order} order.`);
    return void 0;
  }
  return readableLayout({ wordBytes: Number(size) * Number(row ?? 1), isBigEndian: byteOrder === ">", depth: Number(depth) }, findings);
}
function readableLayout(layout, findings) {
  const { depth, wordBytes } = layout;
  if (wordBytes > 0 && isReadableSize(depth, 8 * wordBytes)) {
    return layout;
  }
  findings.add("unsupported-type", 1, `The array has ${depth} words of ${8 * wordBytes} bits.`);
  return void 0;
}
function found(pattern, text) {
  return pattern.exec(text)?.[1] ?? "";
}

// src/hardware/rom/detectFormat.ts
var signs = [
  ["gowin", /^#\s{0,9}(File_format|Address_depth|Data_width)\s{0,9}=/i],
  ["lattice", /^#\s{0,9}(Format|Depth|Width|AddrRadix|DataRadix)\s{0,9}=/i],
  ["coe", /\bmemory_initialization_(radix|vector)\s{0,9}=|^coefdata\s{0,9}=/i],
  ["mif", /^(WIDTH|DEPTH|ADDRESS_RADIX|DATA_RADIX)\s{0,9}=|\bCONTENT\s{1,9}BEGIN\b|^CONTENT$/i],
  ["vhdl", /\bpackage\s{1,9}\w{1,99}\s{1,9}is\b|\b(constant|signal)\s{1,9}\w{1,99}\s{0,9}:|\b(use|library)\s{1,9}ieee\b/i],
  ["c", /^#\s{0,9}(include|ifndef|define|pragma)\b|\bu?int(8|16|32|64)_t\b|\b(char|short|int|long|unsigned|signed)\b[^;={[]{0,99}\[/],
  ["srec", /^S[0-9][0-9a-f]{6}/i]
];
var extensions = {
  memh: "mem",
  hexh: "mem",
  mcs: "hex",
  ihex: "hex",
  ihx: "hex",
  s19: "srec",
  s28: "srec",
  s37: "srec",
  mot: "srec",
  vhdl: "vhdl",
  ...Object.fromEntries(["hpp", "hh", "hxx", "c", "cc", "cpp", "cxx", "ino"].map((extension) => [extension, "c"]))
};
var looksAt = 65536;
var lineLooksAt = 300;
function detectFormat(name2, bytes) {
  const head = Buffer.from(bytes.subarray(0, looksAt)).toString("latin1");
  if (head.startsWith(npyMagic)) {
    return "npy";
  }
  const named = formatOfName(name2);
  const isToldByName = named === "npy" || named === "bin" || named === "updatemem";
  return isToldByName ? named : formatOfText(head, named) ?? named;
}
function formatOfText(head, named) {
  const lines = head.split(/\r\n?|\n/).map((line) => line.trim().slice(0, lineLooksAt)).filter((line) => line !== "");
  const signed2 = signs.find(([, sign]) => lines.some((line) => sign.test(line)))?.[0];
  if (signed2 !== void 0) {
    return signed2;
  }
  if (lines.some((line) => /^:[0-9a-f]{2}/i.test(line))) {
    return named === "hex-words" || addressesCountWords(lines) ? "hex-words" : "hex";
  }
  return named === "mif" && isBinaryLines(lines) ? "mem" : memoryFile(head);
}
var binaryLine = /^[01]+$/;
function isBinaryLines(lines) {
  return lines.length > 0 && lines.every((line) => binaryLine.test(line));
}
function isVivadoMif(name2, bytes) {
  const head = Buffer.from(bytes.subarray(0, looksAt)).toString("latin1");
  return name2.toLowerCase().endsWith(".mif") && isBinaryLines(head.split(/\s+/).filter((word) => word !== ""));
}
function formatOfName(name2) {
  const lower = name2.toLowerCase();
  const own2 = romFormats.filter((format) => lower.endsWith(`.${romWriters[format].extension}`)).toSorted((one, other) => romWriters[other].extension.length - romWriters[one].extension.length);
  const extension = lower.split(".").at(-1);
  return own2[0] ?? (Object.hasOwn(extensions, extension) ? extensions[extension] : void 0);
}
function addressesCountWords(lines) {
  const records = lines.flatMap((line) => {
    const [, length, address] = /^:([0-9a-f]{2})([0-9a-f]{4})00/i.exec(line) ?? [];
    return length === void 0 ? [] : [{ length: Number.parseInt(length, 16), address: Number.parseInt(address, 16) }];
  });
  const [first, second] = records;
  return first !== void 0 && second !== void 0 && first.length > 1 && second.address === first.address + 1;
}
function memoryFile(head) {
  const plain = withoutComments(head.replace(/^\xef\xbb\xbf/, ""), "readmem");
  const isMemory = /^[\s0-9a-fxz_@?]*$/i.test(plain) && /[0-9a-fxz]/i.test(plain);
  return isMemory ? /@|\/\/|\/\*/.test(head) ? "mem-annotated" : "mem" : void 0;
}

// src/hardware/rom/readers/c/numbers.ts
var mostNested = 8;
var escapes = new Map(Object.entries({ "n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63 }));
function integerLiteral(token) {
  if (token.startsWith("'")) {
    return characterValue(token.slice(1, -1));
  }
  const [, prefix = "", digits = ""] = /^(0x|0b)?([0-9a-f]+?)(?:u?l{0,2}|l{1,2}u|u?z|zu)$/i.exec(token.replaceAll("'", "")) ?? [];
  const radix = prefix === "" ? /^0\d/.test(digits) ? 8 : 10 : prefix.toLowerCase() === "0x" ? 16 : 2;
  return parseDigits(digits, radix);
}
function characterValue(character) {
  if (!character.startsWith("\\")) {
    return BigInt(character.codePointAt(0) ?? 0);
  }
  const [, hexadecimal2, octal] = /^\\(?:x([0-9a-f]{1,2})|([0-7]{1,3}))$/i.exec(character) ?? [];
  if (hexadecimal2 !== void 0 || octal !== void 0) {
    return BigInt(hexadecimal2 === void 0 ? `0o${octal}` : `0x${hexadecimal2}`);
  }
  const code = escapes.get(character.slice(1));
  return code === void 0 ? void 0 : BigInt(code);
}
function initialiserValue(tokens2, macros, nested = 0) {
  const [first = ""] = tokens2;
  if (nested > mostNested) {
    return void 0;
  }
  if (/^[-~+]$/.test(first)) {
    const value = initialiserValue(tokens2.slice(1), macros, nested + 1);
    return value === void 0 ? void 0 : withSign(first, value);
  }
  if (first === "(") {
    const close = tokens2.indexOf(")");
    const rest = close === tokens2.length - 1 ? tokens2.slice(1, close) : tokens2.slice(close + 1);
    return initialiserValue(rest, macros, nested + 1);
  }
  return tokens2.length === 1 ? integerLiteral(first) ?? macroValue(first, macros, nested) : void 0;
}
function withSign(sign, value) {
  return sign === "+" ? value : sign === "-" ? -value : ~value;
}
function macroValue(name2, macros, nested) {
  const text = macros.get(name2);
  return text === void 0 ? void 0 : initialiserValue(macroTokens(text), macros, nested + 1);
}
function macroTokens(text) {
  return text.match(/[-+~()]|[^-+~()\s]+/g) ?? [];
}

// src/hardware/rom/readers/c/declaration.ts
var mostTokens = 256;
var namedWidths = new Map([
  ...["char", "bool", "_bool", "byte", "char8_t"].map((name2) => [name2, 8]),
  ...["short", "word", "char16_t"].map((name2) => [name2, 16]),
  ...["long", "dword", "char32_t"].map((name2) => [name2, 32]),
  ["qword", 64]
]);
var notWhole = /* @__PURE__ */ new Set(["float", "double", "struct", "union", "string"]);
function findArray(tokens2) {
  const typedefs = /* @__PURE__ */ new Map();
  let declaration = [];
  let last = "";
  for (let token = tokens2.next(); token !== void 0; token = tokens2.next()) {
    const { text } = token;
    const isInitialiser = text === "{" && (last === "=" || last === "]");
    const array2 = isInitialiser ? arrayOf2(last === "=" ? declaration.slice(0, -1) : declaration, typedefs, tokens2.macros) : void 0;
    if (array2 !== void 0) {
      return array2;
    }
    if (text === ";" || text === "{" || text === "}") {
      noteTypedef(declaration, typedefs);
      declaration = [];
    } else if (declaration.length < mostTokens) {
      declaration.push(text);
    }
    last = text;
  }
  return void 0;
}
function noteTypedef(declaration, typedefs) {
  const [first, ...rest] = declaration;
  const name2 = rest.at(-1);
  if (first === "typedef" && name2 !== void 0 && rest.length > 1) {
    typedefs.set(name2, rest.slice(0, -1));
  }
}
function arrayOf2(declaration, typedefs, macros) {
  const open2 = arrayBracket(declaration);
  if (open2 < 0) {
    return void 0;
  }
  const name2 = declaration[open2 - 1];
  const specifiers = specifierWords(declaration.slice(0, open2 - 1), typedefs);
  const { bits, isLong } = sizeOf(specifiers);
  return { name: name2, elementBits: bits, isLong, type: specifiers.join(" "), bounds: boundsOf(declaration.slice(open2), macros) };
}
function arrayBracket(declaration) {
  let depth = 0;
  return declaration.findIndex((token, index) => {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    return depth === 0 && token === "[" && index > 0 && declaration[index + 1] !== "[" && /^[A-Za-z_]/.test(declaration[index - 1]);
  });
}
function specifierWords(tokens2, typedefs) {
  let depth = 0;
  const words = [];
  for (const token of tokens2) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth === 0 && /^[\w<>]/.test(token)) {
      words.push(...typedefs.get(token) ?? [token]);
    }
  }
  return words;
}
function sizeOf(words) {
  if (words.some((word) => notWhole.has(word))) {
    return { bits: void 0, isLong: false };
  }
  const exact = words.map((word, index) => exactBits(word, words.slice(index + 1, index + 4))).find((bits) => bits !== void 0);
  const longs = words.filter((word) => word === "long").length;
  if (exact !== void 0 || longs > 1) {
    return { bits: exact ?? 64, isLong: false };
  }
  const sizes = words.flatMap((word) => namedWidths.get(word.toLowerCase()) ?? []);
  return { bits: sizes[0] ?? 32, isLong: longs === 1 };
}
function exactBits(word, [open2, bits, close]) {
  if (/^(ap|sc)_u?int$/.test(word) && open2 === "<" && close === ">" && /^[1-9]\d{0,3}$/.test(bits ?? "")) {
    return Number(bits);
  }
  const [, digits] = /^_{0,2}(?:u?int_?(?:least|fast)?_?|[us])(8|16|32|64)(?:_t)?$/i.exec(word) ?? [];
  return digits === void 0 ? void 0 : Number(digits);
}
function boundsOf(tokens2, macros) {
  const bounds = [];
  for (let open2 = tokens2.indexOf("["); open2 >= 0; open2 = tokens2.indexOf("[", open2 + 1)) {
    const close = tokens2.indexOf("]", open2);
    const value = close < 0 ? void 0 : initialiserValue(tokens2.slice(open2 + 1, close), macros);
    bounds.push(value === void 0 || value < 1n || value > BigInt(2 ** 31) ? void 0 : Number(value));
  }
  return bounds;
}

// src/hardware/rom/readers/c/tokens.ts
var tokenPattern = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|#(?:\\\n|[^\n])*|"(?:\\.|[^"\\\n])*"|'(?:\\[^\n]{1,8}|[^'\\\n])'|\d(?:'?[\w.])*|[A-Za-z_]\w*|\.\.\.|\S/g;
var CTokens = class {
  constructor(text) {
    this.text = text;
    this.lines = new LineCounter(text);
  }
  text;
  macros = /* @__PURE__ */ new Map();
  lines;
  at = 0;
  get line() {
    return this.lines.at(this.at);
  }
  next() {
    for (; ; ) {
      tokenPattern.lastIndex = this.at;
      const found2 = tokenPattern.exec(this.text);
      if (found2 === null) {
        return void 0;
      }
      const [text] = found2;
      this.at = tokenPattern.lastIndex;
      if (text.startsWith("#")) {
        this.noteMacro(text);
      } else if (!text.startsWith("//") && !text.startsWith("/*")) {
        return { text, line: this.lines.at(found2.index) };
      }
    }
  }
  /** What a sticky pattern finds at the next token; null leaves everything as it is. */
  match(pattern) {
    pattern.lastIndex = this.at;
    const found2 = pattern.exec(this.text);
    if (found2 === null) {
      return null;
    }
    this.at = pattern.lastIndex;
    return { found: found2, line: this.line };
  }
  noteMacro(directive) {
    const [, name2, value] = /^#[^\S\n]{0,99}define[^\S\n]{1,99}(\w{1,200})[^\S\n]{1,99}([^\n]{1,200})/.exec(directive) ?? [];
    if (name2 !== void 0) {
      this.macros.set(name2, value.replace(/\/[/*].*$/, "").trim().replace(/^\((.*)\)$/, "$1").trim());
    }
  }
};

// src/hardware/rom/readers/coeStatements.ts
var statementStart = /^\s*memory_initialization_\w+\s*=/i;
function statementsOf(text) {
  const statements = [];
  let pending = [];
  let begin = 1;
  const close = (isEnded) => {
    if (pending.length > 0) {
      statements.push({ line: begin, text: pending.join(""), isEnded });
    }
    pending = [];
  };
  for (const { line, text: content } of numberedLines(text)) {
    withoutComment(content).forEach((part, place, parts) => {
      const isBlank = part.trim() === "";
      if (!isBlank && statementStart.test(part)) {
        close(false);
      }
      if (pending.length === 0) {
        begin = line;
      }
      if (!isBlank || pending.length > 0) {
        pending.push(part);
      }
      if (place < parts.length - 1) {
        close(true);
      }
    });
    if (pending.length > 0) {
      pending.push("\n");
    }
  }
  close(false);
  return statements;
}
var nextStatement = /^\s*(memory_initialization_\w{1,20}|radix|coefdata|coefficient_width)\s*=/i;
function withoutComment(line) {
  const parts = [];
  let rest = line;
  for (let end = rest.indexOf(";"); end >= 0; end = rest.indexOf(";")) {
    parts.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
    if (!nextStatement.test(rest.slice(0, 99))) {
      return [...parts, ""];
    }
  }
  return [...parts, rest];
}
function keywordOf(text) {
  const equals = text.indexOf("=");
  return (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
}
function partsOf({ text, line, isEnded }, findings) {
  const keyword = keywordOf(text);
  const equals = text.includes("=") ? text.indexOf("=") : text.length;
  if (!isEnded) {
    findings.add("missing-semicolon", line, `The value of ${keyword.slice(0, 40)} does not end.`);
  }
  return { keyword, value: text.slice(equals + 1), line: line + newlines(text.slice(0, equals)) };
}
function newlines(text) {
  return text.split("\n").length - 1;
}
function readRadix(value, line, findings) {
  if (value === "2" || value === "10" || value === "16") {
    return Number(value);
  }
  findings.add("bad-field", line, `The radix is ${quoted(value)}; a COE file has 2, 10 or 16.`);
  return 16;
}

// src/hardware/rom/readers/coeFilter.ts
function isOfFilter(keyword) {
  return keyword === "coefdata" || keyword === "coefficient_width";
}
function readFilter(assignments, options, findings) {
  let radix = 10;
  let stated;
  const coefficients = [];
  for (const { keyword, value, line } of assignments) {
    if (keyword === "radix") {
      radix = readRadix(value.trim(), line, findings);
    } else if (keyword === "coefficient_width") {
      stated = readWidth(value.trim(), line, findings);
    } else if (keyword === "coefdata") {
      findings.add("filter-coefficients", line, "coefdata are the coefficients of a filter.");
      readCoefficients(value, line, radix, coefficients, findings);
    }
  }
  const width = stated ?? options.width ?? coefficients.reduce((most2, { bits }) => Math.max(most2, bits), 1);
  return { width, words: placeCoefficients(coefficients, width, findings) };
}
function placeCoefficients(coefficients, width, findings) {
  const placed = new PlacedWords(findings);
  for (const { value, bits, line } of coefficients) {
    if (value < 0n && bits > width) {
      findings.add("word-too-wide", line, `${value.toString().slice(0, 40)} does not fit in ${width} bits.`);
    }
    placed.add({ address: placed.next, value: value < 0n ? BigInt.asUintN(width, value) : value, bits: width, line });
  }
  return placed.words;
}
function readWidth(text, line, findings) {
  if (/^[1-9]\d{0,6}$/.test(text) && isReadableSize(1, Number(text))) {
    return Number(text);
  }
  findings.add("bad-field", line, `Coefficient_Width is ${quoted(text)}; it must be a decimal number above 0.`);
  return void 0;
}
function readCoefficients(vector2, firstLine, radix, coefficients, findings) {
  const lines = new LineCounter(vector2, firstLine);
  for (const { 0: token, index } of vector2.matchAll(/[^\s,]+/g)) {
    const line = lines.at(index);
    const isNegative = token.startsWith("-");
    const digits = isNegative ? token.slice(1) : token;
    const magnitude = parseDigits(digits, radix);
    if (magnitude === void 0) {
      findings.add("illegal-character", line, `${quoted(token)} is not a whole number of radix ${radix}.`);
    }
    const value = isNegative ? -(magnitude ?? 0n) : magnitude ?? 0n;
    coefficients.push({ value, bits: radix === 10 ? signedBits2(value) : bitsOfDigits(digits, radix, magnitude ?? 0n), line });
  }
}
function signedBits2(value) {
  if (value === 0n || value === -1n) {
    return 1;
  }
  return bitLength(value < 0n ? -value - 1n : value) + 1;
}

// src/hardware/rom/readers/cHeader.ts
function readCHeader({ text }, options, findings) {
  const tokens2 = new CTokens(text);
  const array2 = findArray(tokens2);
  if (array2 === void 0) {
    findings.add("missing-field", 1, "There is no array of words.");
    return { words: [] };
  }
  if (array2.elementBits === void 0) {
    findings.add("unsupported-type", tokens2.line, `The array ${array2.name} has elements of type ${quoted(array2.type)}.`);
    return { words: [] };
  }
  const values = new Initialiser(tokens2, findings).read();
  const macro = (ending) => {
    const value = integerLiteral(tokens2.macros.get(`${array2.name.toUpperCase()}_${ending}`) ?? "");
    return value === void 0 || value < 1n || value > BigInt(2 ** 31) ? void 0 : Number(value);
  };
  const read = placeWords(values, array2, macro("WIDTH"), findings);
  const depth = macro("LENGTH") ?? macro("DEPTH") ?? array2.bounds[0];
  const width = macro("WIDTH") ?? (options.width === void 0 ? read.bits : void 0);
  return { ...width && { width }, ...depth && { depth }, words: read.words };
}
var plainValue = /\s*(-?)(0[xX][0-9A-Fa-f]+|\d+)(?:[uU]?[lL]{0,2}),/y;
var Initialiser = class {
  constructor(tokens2, findings) {
    this.tokens = tokens2;
    this.findings = findings;
  }
  tokens;
  findings;
  values = [];
  row = 0;
  depth = 1;
  read() {
    let pending = [];
    let line = this.tokens.line;
    for (; ; ) {
      if (pending.length === 0) {
        this.readPlain();
      }
      const token = this.tokens.next();
      if (token === void 0) {
        this.findings.add("missing-end", this.tokens.text.split("\n").length, "The braces of the array do not close.");
        return this.values;
      }
      if (/^[{},;]$/.test(token.text)) {
        this.close(pending, line);
        pending = [];
        if (this.isEnd(token.text)) {
          return this.values;
        }
      } else if (pending.length < 64) {
        line = pending.length === 0 ? token.line : line;
        pending.push(token.text);
      }
    }
  }
  isEnd(text) {
    if (text === "{") {
      this.depth++;
      this.row++;
    } else if (text === "}") {
      this.depth--;
    }
    if (this.depth > 0 && text !== ";") {
      return false;
    }
    if (text === ";") {
      this.findings.add("missing-end", this.tokens.line, "The braces of the array do not close.");
    } else if (this.tokens.next()?.text !== ";") {
      this.findings.add("missing-semicolon", this.tokens.line, "The array does not end with };.");
    }
    return true;
  }
  readPlain() {
    for (let plain = this.tokens.match(plainValue); plain !== null; plain = this.tokens.match(plainValue)) {
      const [, sign, digits] = plain.found;
      const value = integerLiteral(digits);
      this.add(value !== void 0 && sign === "-" ? -value : value, sign + digits, plain.line);
    }
  }
  close(pending, line) {
    if (pending.length === 0) {
      return;
    }
    const equals = pending.indexOf("=");
    const place = equals < 0 ? void 0 : this.designator(pending.slice(0, equals));
    const value = initialiserValue(pending.slice(equals + 1), this.tokens.macros);
    const isRead = equals < 0 || place !== void 0;
    this.add(isRead ? value : void 0, pending.join(equals < 0 ? "" : " "), line, place);
  }
  /** `[3]` and, of GNU C, `[0 ... 3]`. */
  designator(tokens2) {
    const [open2, first = "", dots, last = first] = tokens2;
    const ends = [first, dots === "..." ? last : first].map((token) => initialiserValue([token], this.tokens.macros));
    const isInRange = ends.every((end) => end !== void 0 && end >= 0n && end < BigInt(romLimits.words));
    return open2 === "[" && tokens2.at(-1) === "]" && isInRange ? { first: Number(ends[0]), last: Number(ends[1]) } : void 0;
  }
  add(value, text, line, place) {
    if (value === void 0) {
      this.findings.add("illegal-character", line, `${quoted(text)} is no whole number.`);
    }
    if (this.values.length < romLimits.memoryBits / 64) {
      this.values.push({ value: value ?? 0n, line, row: this.row, place });
    }
  }
};
function placeWords(values, array2, stated, findings) {
  const fits = (bits) => values.every(({ value }) => bitsOf3(value) <= bits);
  const elementBits = array2.isLong && !fits(32) ? 64 : array2.elementBits;
  const isRows = array2.bounds.length > 1;
  const signedIn = isRows ? elementBits : Math.min(elementBits, stated ?? elementBits);
  const elements2 = { bits: elementBits, of: (value) => elementOf(value, elementBits, signedIn, findings) };
  return isRows ? placeRows(values, elements2, array2.bounds.at(-1), findings) : placeElements(values, elements2, findings);
}
function bitsOf3(value) {
  return value < 0n ? signedBits2(value) : bitLength(value);
}
function elementOf({ value, line }, bits, signedIn, findings) {
  const most2 = value < 0n ? signedIn : bits;
  if (bitsOf3(value) > most2) {
    findings.add("word-too-wide", line, `${shown(value)} does not fit in an element of ${most2} bits.`);
  }
  return value < 0n ? BigInt.asUintN(most2, value) : value;
}
function shown(value) {
  return bitsOf3(value) > 128 ? "A number" : String(value);
}
function placeElements(values, { bits, of }, findings) {
  const placed = new PlacedWords(findings);
  for (const each of values) {
    const { line, place } = each;
    const value = of(each);
    if (place === void 0) {
      placed.add({ address: placed.next, value, bits, line });
    } else {
      placed.fill(place.first, place.last, () => ({ value, bits, line }));
    }
  }
  return { words: placed.words, bits };
}
function placeRows(values, elements2, bound, findings) {
  const placed = new PlacedWords(findings);
  const rows = rowsOf(values, bound);
  const { bits: elementBits } = elements2;
  const length = rows[0]?.length ?? 1;
  const bits = length * elementBits;
  for (const row of rows) {
    const { line } = row[0];
    if (!isReadableSize(1, row.length * elementBits)) {
      findings.add("huge-file", line, `The row has ${row.length} elements of ${elementBits} bits.`);
      continue;
    }
    if (row.length !== length) {
      findings.add("ragged-vector", line, `The row has ${row.length} bytes; the first has ${length}.`);
    }
    placed.add({ address: placed.next, value: rowValue(row, elements2), bits: row.length * elementBits, line });
  }
  return { words: placed.words, bits };
}
function rowValue(row, { bits, of }) {
  const digits = row.map((value) => BigInt.asUintN(bits, of(value)).toString(2).padStart(bits, "0"));
  return BigInt(`0b${digits.toReversed().join("")}`);
}
function rowsOf(elements2, bound) {
  const isFlat = elements2.every(({ row }) => row === elements2[0].row);
  const rows = [];
  for (const [index, element] of elements2.entries()) {
    const isNew = isFlat && bound !== void 0 ? index % bound === 0 : element.row !== elements2[index - 1]?.row;
    if (isNew) {
      rows.push([]);
    }
    rows.at(-1).push(element);
  }
  return rows;
}

// src/hardware/rom/readers/coe.ts
var keywords = { radix: "memory_initialization_radix", vector: "memory_initialization_vector" };
function readCoe({ text }, options, findings) {
  const statements = statementsOf(text);
  if (statements.some((statement) => isOfFilter(keywordOf(statement.text)))) {
    return readFilter(statements.map((statement) => partsOf(statement, findings)), options, findings);
  }
  let radix;
  for (const [index, statement] of statements.entries()) {
    const { keyword, value, line } = partsOf(statement, findings);
    if (keyword === keywords.radix) {
      radix = readRadix(value.trim(), line, findings);
    } else if (keyword === keywords.vector) {
      tellRest(statements[index + 1], findings);
      return { words: readVector(value, line, radix ?? missingRadix(line, findings), findings) };
    } else {
      findings.add("bad-field", line, `${quoted(keyword)} is no keyword of a COE file.`);
    }
  }
  findings.add("missing-field", 1, `There is no ${keywords.vector}.`);
  return { words: [] };
}
function tellRest(statement, findings) {
  if (statement !== void 0) {
    findings.add("data-after-end", statement.line, `${JSON.stringify(statement.text.trim().slice(0, 30))} follows the vector.`);
  }
}
function missingRadix(line, findings) {
  findings.add("missing-field", line, `There is no ${keywords.radix} before the vector.`);
  return 16;
}
function readVector(vector2, firstLine, radix, findings) {
  const placed = new PlacedWords(findings);
  const lines = new LineCounter(vector2, firstLine);
  for (const { 0: token, index } of vector2.matchAll(/[^\s,]+/g)) {
    readWord(token, placed, lines.at(index), radix, findings);
  }
  if (placed.words.length === 0) {
    findings.add("no-words", firstLine, "The vector is empty.");
  }
  return placed.words;
}
function readWord(token, placed, line, radix, findings) {
  const value = parseDigits(token, radix);
  if (value === void 0) {
    const negative = token.startsWith("-");
    findings.add(negative ? "sign" : "illegal-character", line, `${quoted(token)} is not a number of radix ${radix}.`);
  }
  const bits = value === void 0 ? 1 : Math.min(romLimits.wordBits, bitsOfDigits(token, radix, value));
  placed.add({ address: placed.next, value: value ?? 0n, bits, line });
}

// src/hardware/rom/readers/headedMem.ts
function readHeadedMem(text, names, findings) {
  const reading = new HeaderReading(names, findings);
  const placed = new PlacedWords(findings);
  let format;
  for (const line of numberedLines(text)) {
    if (format === void 0 && reading.takes(line)) {
      continue;
    }
    const plain = withoutComment2(line.text);
    if (plain !== "") {
      format ??= reading.header.format ?? likelyFormat(plain);
      readBodyLine({ line: line.line, text: plain }, format, placed, findings);
    }
  }
  reading.finish();
  const { width, depth } = reading.header;
  return { ...width && { width }, ...depth && { depth }, words: placed.words };
}
function likelyFormat(line) {
  return line.includes(":") ? "addrhex" : "hex";
}
function withoutComment2(line) {
  const ends = [line.indexOf("#"), line.indexOf("//")].filter((index) => index >= 0);
  return (ends.length === 0 ? line : line.slice(0, Math.min(ends[0], ends[1] ?? Infinity))).trim();
}
var HeaderReading = class {
  constructor(names, findings) {
    this.names = names;
    this.findings = findings;
  }
  names;
  findings;
  header = {};
  seen = /* @__PURE__ */ new Set();
  isEnded = false;
  /** Whether the line belongs to the header: a field, an empty line, or a comment among them. */
  takes({ line, text }) {
    const content = text.trim();
    const field = this.isEnded ? void 0 : headerField(content, this.names);
    if (field === void 0) {
      return content === "" || this.passesOver(content, line);
    }
    this.seen.add(field.name.toLowerCase());
    if (field.value === void 0) {
      this.isEnded = true;
    } else {
      readField(field.name, field.value, line, this.names, this.header, this.findings);
    }
    return true;
  }
  /** Tells the fields that are not there. */
  finish() {
    const { names, seen, findings } = this;
    const needed = [names.format, names.depth, names.width, ...names.data ? [names.data] : []];
    for (const name2 of needed.filter((each) => !seen.has(each.toLowerCase()))) {
      findings.add("missing-field", 1, `The header has no #${name2}.`);
    }
  }
  passesOver(content, line) {
    const isComment2 = /^(#|\/\/)/.test(content);
    if (isComment2 && this.seen.size === 0) {
      this.findings.add("comment", line, `${quoted(content)} is a comment before the header, which is read all the same.`);
    }
    return isComment2;
  }
};
function headerField(text, names) {
  const [, name2, value] = /^#[^\S\n]{0,99}(\w{1,99})[^\S\n]{0,99}(?:=(.*))?$/.exec(text) ?? [];
  const isEnd2 = name2 !== void 0 && name2.toLowerCase() === names.data?.toLowerCase();
  if (name2 === void 0 || !isEnd2 && value === void 0) {
    return void 0;
  }
  return { name: name2, ...!isEnd2 && { value: value.trim() } };
}
function readField(name2, value, line, names, header, findings) {
  const key = name2.toLowerCase();
  const isCount = key === names.width.toLowerCase() || key === names.depth.toLowerCase();
  if (isCount && /^[1-9]\d{0,8}$/.test(value)) {
    header[key === names.width.toLowerCase() ? "width" : "depth"] = Number(value);
  } else if (key === names.format.toLowerCase() && /^(bin|hex|addrhex)$/i.test(value)) {
    header.format = value.toLowerCase();
  } else if (!names.others.some((other) => other.toLowerCase() === key)) {
    findings.add("bad-field", line, `#${name2}=${value.slice(0, 40)} is no field of this header, or has a value that it cannot have.`);
  }
}
function readBodyLine({ line, text }, format, placed, findings) {
  const radix = format === "bin" ? 2 : 16;
  const { first, data: data2 } = format === "addrhex" ? addressedData(text) : { first: placed.next, data: text };
  if (first === void 0) {
    findings.add("illegal-character", line, `${JSON.stringify(text.slice(0, 30))} is not "address: word ...".`);
    return;
  }
  const tokens2 = data2.trim().split(/\s+/);
  if (format !== "addrhex" && tokens2.length > 1) {
    findings.add("several-words-per-line", line, `${tokens2[1].slice(0, 40)} is not the first word of its line.`);
  }
  tokens2.forEach((token, index) => {
    const value = parseDigits(token, radix);
    if (value === void 0) {
      findings.add("illegal-character", line, `${quoted(token)} is not a ${radix === 2 ? "binary" : "hexadecimal"} word.`);
    }
    placed.add({ address: first + index, value: value ?? 0n, bits: bitsOfDigits(token, radix, value ?? 0n), line });
  });
}
function addressedData(text) {
  const colon = text.indexOf(":");
  const data2 = text.slice(colon + 1);
  const first = parseAddress(text.slice(0, Math.max(0, colon)).trim(), 16);
  return { ...first !== void 0 && data2.trim() !== "" && { first }, data: data2 };
}

// src/hardware/rom/readers/gowinMi.ts
function readGowinMi({ text }, _, findings) {
  return readHeadedMem(text, { format: "File_format", depth: "Address_depth", width: "Data_width", others: [] }, findings);
}

// src/hardware/rom/readers/hexRecords.ts
var frameBytes = 5;
var types = { data: 0, endOfFile: 1, segment: 2, startSegment: 3, linear: 4, startLinear: 5 };
function* readHexRecords(text, findings) {
  let base = 0;
  let endLine;
  let last = 1;
  for (const { line, text: content } of numberedLines(text)) {
    if (content.trim() === "") {
      continue;
    }
    last = line;
    if (endLine !== void 0) {
      findings.add("data-after-end", line, `There is a line after the end record of line ${endLine}.`);
      break;
    }
    const bytes = recordBytes(content.trim(), line, findings);
    if (bytes === void 0) {
      continue;
    }
    const [, high, low, type] = bytes;
    const data2 = bytes.subarray(4, -1);
    if (type === types.data) {
      yield { address: base + high * 256 + low, data: data2, line };
    } else if (type === types.endOfFile) {
      endLine = line;
    } else {
      base = extendedBase(type, data2, line, base, findings);
    }
  }
  if (endLine === void 0) {
    findings.add("missing-end", last, "There is no end record :00000001FF.");
  }
}
function recordBytes(record3, line, findings) {
  const bytes = record3.startsWith(":") ? pairsOfDigits(record3, 1) : void 0;
  if (bytes === void 0) {
    findings.add("record-syntax", line, `${JSON.stringify(record3.slice(0, 20))} is not a colon and pairs of hexadecimal digits.`);
    return void 0;
  }
  const expected = bytes[0] + frameBytes;
  if (bytes.length !== expected) {
    findings.add("record-length", line, `The record has ${bytes.length} bytes, but its length byte ${bytes[0]} makes ${expected}.`);
    return void 0;
  }
  let sum2 = 0;
  for (let index = 0; index < bytes.length - 1; index++) {
    sum2 += bytes[index];
  }
  const checksum = -sum2 & 255;
  if (checksum !== bytes.at(-1)) {
    findings.add("bad-checksum", line, `The checksum is ${hexByte(bytes.at(-1))}, but the bytes before it make ${hexByte(checksum)}.`);
  }
  return bytes;
}
var digitValues = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});
function pairsOfDigits(text, from) {
  const length = text.length - from;
  if (length === 0 || length % 2 !== 0) {
    return void 0;
  }
  const bytes = new Uint8Array(length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const high = digitValues[text.charCodeAt(from + 2 * index)] ?? 255;
    const low = digitValues[text.charCodeAt(from + 2 * index + 1)] ?? 255;
    if (high === 255 || low === 255) {
      return void 0;
    }
    bytes[index] = 16 * high + low;
  }
  return bytes;
}
function hexByte(byte) {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
function extendedBase(type, data2, line, base, findings) {
  const upper = (data2[0] ?? 0) * 256 + (data2[1] ?? 0);
  switch (type) {
    case types.segment:
      return upper * 16;
    case types.linear:
      return upper * 65536;
    case types.startSegment:
    case types.startLinear:
      return base;
    default:
      findings.add("record-type", line, `Record type ${hexByte(type)} is not known; Intel HEX has 00 to 05.`);
      return base;
  }
}

// src/hardware/rom/readers/hexWords.ts
function readHexWords({ text }, { width }, findings) {
  const placed = new PlacedWords(findings);
  let stride = width === void 0 ? 0 : Math.ceil(width / 8);
  for (const { address, data: data2, line } of readHexRecords(text, findings)) {
    stride ||= data2.length;
    if (stride === 0 || data2.length % stride !== 0) {
      findings.add("partial-word", line, `The record has ${data2.length} bytes; words have ${stride}.`);
    }
    for (let word = 0; word < Math.floor(data2.length / (stride || 1)); word++) {
      placed.add({ address: address + word, value: bigEndian(data2, word * stride, stride), bits: 8 * stride, line });
    }
  }
  stride ||= 1;
  return { ...width === void 0 && { width: 8 * stride }, words: placed.words };
}

// src/hardware/rom/readers/intelHex.ts
function readIntelHex({ text }, { width = 8 }, findings) {
  const bytes = new PlacedBytes(findings);
  for (const { address, data: data2, line } of readHexRecords(text, findings)) {
    bytes.add(address, data2, line);
  }
  return { words: bytes.words(width) };
}

// src/hardware/rom/readers/latticeMem.ts
var limits = { width: 256, depth: 65536 };
function readLatticeMem({ text }, _, findings) {
  const others = ["AddrRadix", "DataRadix"];
  const read = readHeadedMem(text, { format: "Format", depth: "Depth", width: "Width", others, data: "Data" }, findings);
  for (const name2 of ["width", "depth"]) {
    if ((read[name2] ?? 1) > limits[name2]) {
      findings.add("bad-field", 1, `The ${name2} is ${read[name2]}; Lattice's Memory Generator takes 1 to ${limits[name2]}.`);
    }
  }
  return read;
}

// src/hardware/rom/readers/mem.ts
var tokenPattern2 = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|#[^\n]*|--[^\n]*|@[^\s@/]*|[^\s@/#]+|\//g;
function readMem({ text }, options, findings) {
  const { radix = 16 } = options;
  const placed = new PlacedWords(findings);
  const place = { address: 0, lineOfWord: 0, isAllBinary: true };
  const lines = new LineCounter(text);
  for (const { 0: token, index } of text.matchAll(tokenPattern2)) {
    const line = lines.at(index);
    if (isComment(token)) {
      readComment(token, line, findings);
    } else if (token.startsWith("@")) {
      readAddress(token, line, place, findings);
    } else {
      readWord2(token, line, radix, place, placed, findings);
    }
  }
  const { words } = placed;
  if (place.isAllBinary && options.radix === void 0) {
    tellBinaryDigits(words, options, findings);
  }
  const width = radix === 2 && options.width === void 0 ? commonBits(words) : void 0;
  return { ...width && { width }, words };
}
function tellBinaryDigits(words, { width }, findings) {
  const isOfWidth = width !== void 0 && words.every(({ bits }) => bits <= 4 * Math.ceil(width / 4));
  const first = words.find(({ value }) => value > 1n);
  if (first !== void 0 && !isOfWidth) {
    findings.add("binary-digits", first.line, `Every digit is 0 or 1, and word ${first.address} was read as hexadecimal ${hexText(first.value)}.`);
  }
}
function hexText(value) {
  const digits = value.toString(16);
  return digits.length > 40 ? `${digits.slice(0, 40)}\u2026` : digits;
}
function commonBits(words) {
  const bits = words[0]?.bits;
  return words.every((word) => word.bits === bits) ? bits : void 0;
}
function isComment(token) {
  const first = token[0];
  return first === "#" || token.startsWith("--") || first === "/" && token.length > 1;
}
function readComment(token, line, findings) {
  const start = JSON.stringify(token.slice(0, 20).split("\n")[0]);
  if (token.startsWith("#")) {
    findings.add("hash-comment", line, `${start} begins with #, which is no comment in Verilog.`);
  } else if (token.startsWith("--")) {
    findings.add("illegal-character", line, `${start} begins with --, which is no comment in Verilog.`);
  } else if (token.startsWith("/*") && !token.endsWith("*/")) {
    findings.add("unterminated-comment", line, `The comment ${start} does not end.`);
  } else {
    findings.add("comment", line, `${start} is a comment.`);
  }
}
function readAddress(token, line, place, findings) {
  const digits = token.slice(1).replaceAll("_", "");
  const plain = digits.replace(/^0x/i, "");
  const address = parseAddress(plain, 16);
  if (digits === "") {
    findings.add("address-space", line, "The @ has no address directly after it.");
    return;
  }
  if (plain !== digits) {
    findings.add("address-prefix", line, `The address ${shown2(token)} has a prefix.`);
  }
  if (address === void 0) {
    findings.add("illegal-character", line, `The address ${shown2(token)} is not hexadecimal.`);
    return;
  }
  findings.add("address-directive", line, `${shown2(token)} sets the address.`);
  place.address = address;
}
function readWord2(token, line, radix, place, placed, findings) {
  if (place.lineOfWord === line) {
    findings.add("several-words-per-line", line, `${shown2(token)} is not the first word of its line.`);
  }
  place.lineOfWord = line;
  place.isAllBinary &&= /^[01_]+$/.test(token);
  const known = parseDigits(token, radix);
  const word = known === void 0 ? oddWord(token, line, radix, findings) : { value: known, digits: token.length };
  placed.add({ address: place.address++, value: word.value, bits: word.digits * (radix === 2 ? 1 : 4), line });
}
function oddWord(token, line, radix, findings) {
  const digits = plainDigits(token, line, radix, findings);
  const value = parseDigits(digits, radix);
  if (value === void 0) {
    findings.add("illegal-character", line, `${quoted(token)} is not a ${radix === 2 ? "binary" : "hexadecimal"} word.`);
  }
  const isPlain = value !== void 0 && /^[^-+]/.test(token) && !/^0x[0-9a-f]/i.test(token);
  return { value: value ?? 0n, digits: isPlain ? digits.length : 0 };
}
function plainDigits(token, line, radix, findings) {
  const [, sign = "", prefix = "", body = ""] = /^([-+]?)(0[xX](?=[0-9a-fA-F]))?(.*)$/.exec(token);
  if (sign !== "") {
    findings.add("sign", line, `${shown2(token)} has a sign.`);
  }
  if (prefix !== "") {
    findings.add("radix-prefix", line, `${shown2(token)} has a prefix.`);
  }
  if (body.includes("_")) {
    findings.add("underscore", line, `${shown2(token)} has underscores.`);
  }
  const digits = body.replaceAll("_", "");
  const unknown2 = radix === 2 ? /^[01xz?]+$/i : /^[0-9a-fxz?]+$/i;
  if (!unknown2.test(digits) || !/[xz?]/i.test(digits)) {
    return digits;
  }
  findings.add("unknown-digits", line, `${shown2(token)} has digits that are x or z.`);
  return digits.replace(/[xz?]/gi, "0");
}
function shown2(token) {
  return token.length > 40 ? `${token.slice(0, 40)}\u2026` : token;
}

// src/hardware/rom/readers/mif.ts
var radices = { BIN: 2, OCT: 8, HEX: 16, DEC: 10, UNS: 10 };
var tokenPattern3 = /--[^\n]*|%[^%]*(?:%|$)|\.\.|[;:=[\]]|[^\s;:=[\]%.]+|\./g;
var plainItem = /\s*([0-9A-Za-z]+)[^\S\n]*:[^\S\n]*(-?[0-9A-Za-z]+)[^\S\n]*;/y;
var Tokens = class {
  constructor(text, findings) {
    this.text = text;
    this.findings = findings;
    this.lines = new LineCounter(text);
  }
  text;
  findings;
  lastLine = 1;
  ahead = [];
  lines;
  at = 0;
  peek(place = 0) {
    while (this.ahead.length <= place) {
      const token = this.find();
      if (token === void 0) {
        return void 0;
      }
      this.ahead.push(token);
    }
    return this.ahead[place];
  }
  skip(count5) {
    for (let taken = 0; taken < count5; taken++) {
      this.ahead.shift();
    }
  }
  /** Address and word of the next item, where it is a plain one; undefined leaves everything as it is. */
  takePlainItem() {
    plainItem.lastIndex = this.at;
    const found2 = this.ahead.length > 0 ? null : plainItem.exec(this.text);
    if (found2 === null || /^end$/i.test(found2[1])) {
      return void 0;
    }
    const line = this.lines.at(plainItem.lastIndex - 1);
    this.at = plainItem.lastIndex;
    this.lastLine = line;
    return [{ line, text: found2[1] }, { line, text: found2[2] }];
  }
  find() {
    for (; ; ) {
      tokenPattern3.lastIndex = this.at;
      const found2 = tokenPattern3.exec(this.text);
      if (found2 === null) {
        return void 0;
      }
      const [text] = found2;
      const line = this.lines.at(found2.index);
      this.at = tokenPattern3.lastIndex;
      if (text.startsWith("%") && (text.length === 1 || !text.endsWith("%"))) {
        this.findings.add("unterminated-comment", line, "The comment that % begins does not end.");
      }
      if (!text.startsWith("--") && !text.startsWith("%")) {
        this.lastLine = line;
        return { line, text };
      }
    }
  }
};
function readMif({ text }, _, findings) {
  const tokens2 = new Tokens(text, findings);
  const header = readHeader2(tokens2, findings);
  const placed = new PlacedWords(findings);
  readContent(tokens2, header, placed, findings);
  const { width, depth } = header;
  return { ...width && { width }, ...depth && { depth }, words: placed.words };
}
function readHeader2(tokens2, findings) {
  const header = { addressRadix: "HEX", dataRadix: "HEX" };
  for (let next = tokens2.peek(); next !== void 0 && !isContent(next); next = tokens2.peek()) {
    readField2(takeStatement(tokens2, findings, isContent), header, findings);
  }
  for (const name2 of ["WIDTH", "DEPTH"]) {
    if (header[name2 === "WIDTH" ? "width" : "depth"] === void 0) {
      findings.add("missing-field", 1, `There is no ${name2}.`);
    }
  }
  return header;
}
function isContent({ text }) {
  return text.toUpperCase() === "CONTENT";
}
function takeStatement(tokens2, findings, stop) {
  const taken = [];
  for (let next = tokens2.peek(); next !== void 0 && !stop(next); next = tokens2.peek()) {
    tokens2.skip(1);
    if (next.text === ";") {
      return taken;
    }
    taken.push(next);
  }
  if (taken.length > 0) {
    findings.add("missing-semicolon", taken.at(-1).line, `${textOf(taken)} does not end.`);
  }
  return taken;
}
function textOf(tokens2) {
  return quoted(tokens2.slice(0, 16).map(({ text }) => text.slice(0, 40)).join(" "));
}
function readField2(tokens2, header, findings) {
  if (tokens2.length === 0) {
    return;
  }
  const [name2, equals, value, ...others] = tokens2.slice(0, 4).map(({ text }) => text.toUpperCase());
  const { line } = tokens2[0];
  const known = { WIDTH: "width", DEPTH: "depth", ADDRESS_RADIX: "addressRadix", DATA_RADIX: "dataRadix" };
  if (!Object.hasOwn(known, name2) || equals !== "=" || value === void 0 || others.length > 0) {
    findings.add("bad-field", line, `${textOf(tokens2)} is no field of a MIF file.`);
    return;
  }
  const key = known[name2];
  if (key === "width" || key === "depth") {
    readCount(key, value, line, header, findings);
  } else if (Object.hasOwn(radices, value)) {
    header[key] = value;
  } else {
    findings.add("bad-field", line, `${name2} is ${value.slice(0, 40)}; a MIF file has BIN, OCT, HEX, DEC or UNS.`);
  }
}
function readCount(key, value, line, header, findings) {
  if (/^[1-9]\d{0,8}$/.test(value)) {
    header[key] = Number(value);
  } else {
    findings.add("bad-field", line, `${key.toUpperCase()} is ${value.slice(0, 40)}; it must be a decimal number above 0.`);
  }
}
function readContent(tokens2, header, placed, findings) {
  if (tokens2.peek(1)?.text.toUpperCase() !== "BEGIN") {
    findings.add("missing-field", tokens2.peek()?.line ?? 1, "There is no CONTENT BEGIN.");
    return;
  }
  tokens2.skip(2);
  for (; ; ) {
    for (let plain = tokens2.takePlainItem(); plain !== void 0; plain = tokens2.takePlainItem()) {
      placePlain(plain, header, placed, findings);
    }
    const next = tokens2.peek();
    if (next === void 0 || isEnd(next)) {
      break;
    }
    readItem(takeStatement(tokens2, findings, isEnd), header, placed, findings);
  }
  checkEnd(tokens2, findings);
}
function isEnd({ text }) {
  return text.toUpperCase() === "END";
}
function checkEnd(tokens2, findings) {
  const [end, semicolon, following] = [tokens2.peek(), tokens2.peek(1), tokens2.peek(2)];
  if (end === void 0) {
    findings.add("missing-end", tokens2.lastLine, "There is no END;.");
  } else if (semicolon?.text !== ";") {
    findings.add("missing-semicolon", end.line, "END does not end.");
  } else if (following !== void 0) {
    findings.add("data-after-end", following.line, `${quoted(following.text)} follows END.`);
  }
}
function readItem(item, header, placed, findings) {
  const colon = item.findIndex(({ text }) => text === ":");
  const data2 = item.slice(colon + 1);
  if (item.length === 0) {
    return;
  }
  if (colon < 1 || data2.length === 0 || data2.some(({ text }) => text === ":")) {
    findings.add("missing-semicolon", item[0].line, `${textOf(item)} is not one item "address : data".`);
    return;
  }
  placeItem(item.slice(0, colon), data2, header, placed, findings);
}
function placePlain([place, data2], header, placed, findings) {
  const address = parseAddress(place.text, radices[header.addressRadix]);
  if (address === void 0) {
    placeItem([place], [data2], header, placed, findings);
    return;
  }
  const { value, bits, line } = readValue(data2, header, findings);
  placed.add({ address, value, bits, line });
}
function placeItem(place, data2, header, placed, findings) {
  const range = readRange(place, header, findings);
  if (range === void 0) {
    return;
  }
  const { first, last = first + data2.length - 1 } = range;
  const values = data2.map((token) => readValue(token, header, findings));
  placed.fill(first, lastWorth(first, last, header), (address) => values[(address - first) % values.length]);
}
function lastWorth(first, last, { depth = romLimits.words }) {
  return depth > romLimits.words ? first : Math.min(last, Math.max(first, depth));
}
function readRange(tokens2, header, findings) {
  const ends = rangeEnds(tokens2.map(({ text }) => text));
  const isRange = ends.length === 2;
  const [first, last] = ends.map((digits) => parseAddress(digits, radices[header.addressRadix]));
  if (first === void 0 || isRange && (last === void 0 || last < first)) {
    findings.add("illegal-character", tokens2[0].line, `${textOf(tokens2)} is no address in ${header.addressRadix}.`);
    return void 0;
  }
  return { first, ...isRange && { last } };
}
function rangeEnds(texts) {
  const [open2, first, dots, last, close] = texts;
  const isRange = texts.length === 5 && open2 === "[" && dots === ".." && close === "]";
  return isRange ? [first, last] : texts.length === 1 ? texts : [];
}
function readValue({ text, line }, header, findings) {
  const { width = 1, dataRadix } = header;
  const isNegative = text.startsWith("-");
  const magnitude = parseDigits(isNegative ? text.slice(1) : text, radices[dataRadix]);
  if (magnitude === void 0) {
    findings.add("illegal-character", line, `${quoted(text)} is not a number in ${dataRadix}.`);
    return { value: 0n, bits: 1, line };
  }
  if (!isNegative) {
    return { value: magnitude, bits: bitsOfDigits(text, radices[dataRadix], magnitude), line };
  }
  if (dataRadix !== "DEC") {
    findings.add("sign", line, `${text.slice(0, 40)} has a sign, but DATA_RADIX is ${dataRadix}.`);
  }
  const isWidthReadable = isReadableSize(1, width);
  if (isWidthReadable && magnitude > 1n << BigInt(width - 1)) {
    findings.add("word-too-wide", line, `${text.slice(0, 40)} does not fit in ${width} bits.`);
  }
  return { value: isWidthReadable ? BigInt.asUintN(width, -magnitude) : 0n, bits: width, line };
}

// src/hardware/rom/readers/srecord.ts
var addressBytes = { 0: 2, 1: 2, 2: 3, 3: 4, 5: 2, 6: 3, 7: 4, 8: 3, 9: 2 };
var kinds = ["other", "data", "data", "data", "other", "count", "count", "end", "end", "end"];
function readSrecord({ text }, { width = 8 }, findings) {
  const bytes = new PlacedBytes(findings);
  let count5 = 0;
  let endLine;
  let last = 1;
  for (const { line, text: content } of numberedLines(text)) {
    if (content.trim() === "") {
      continue;
    }
    last = line;
    if (endLine !== void 0) {
      findings.add("data-after-end", line, `There is a line after the end record of line ${endLine}.`);
      break;
    }
    const { kind, address, data: data2 } = readRecord(content.trim(), line, findings);
    if (kind === "data") {
      bytes.add(address, data2, line);
      count5++;
    } else if (kind === "end") {
      endLine = line;
    } else if (kind === "count") {
      checkCount(address, count5, line, findings);
    }
  }
  if (endLine === void 0) {
    findings.add("missing-end", last, "There is no end record S7, S8 or S9.");
  }
  return { words: bytes.words(width) };
}
function checkCount(stated, count5, line, findings) {
  if (stated !== count5) {
    findings.add("count-mismatch", line, `The file says ${stated} data records, but has ${count5}.`);
  }
}
var unread = { kind: "other", address: 0, data: new Uint8Array(0) };
function readRecord(content, line, findings) {
  const bytes = /^S[0-9]/i.test(content) ? pairsOfDigits(content, 2) : void 0;
  const type = content[1];
  if (type === void 0 || bytes === void 0) {
    findings.add("record-syntax", line, `${JSON.stringify(content.slice(0, 20))} is not S, a digit and pairs of hexadecimal digits.`);
    return unread;
  }
  const size = addressBytes[type];
  if (size === void 0) {
    findings.add("record-type", line, `Record type S${type} is reserved.`);
    return unread;
  }
  if (bytes.length !== bytes[0] + 1 || bytes.length < size + 2) {
    findings.add("record-length", line, `The record has ${bytes.length - 1} bytes after its length, which says ${bytes[0]}.`);
    return unread;
  }
  checkSum(bytes, line, findings);
  const address = bytes.subarray(1, size + 1).reduce((total, byte) => total * 256 + byte, 0);
  return { kind: kinds[Number(type)], address, data: bytes.subarray(size + 1, -1) };
}
function checkSum(bytes, line, findings) {
  const expected = ~bytes.subarray(0, -1).reduce((total, byte) => total + byte, 0) & 255;
  if (expected !== bytes.at(-1)) {
    const [given, right] = [bytes.at(-1), expected].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
    findings.add("bad-checksum", line, `The checksum is ${given}, but the bytes before it make ${right}.`);
  }
}

// src/hardware/rom/readers/updateMem.ts
function readUpdateMem({ text }, { width }, findings) {
  const placed = new PlacedWords(findings);
  const lines = new LineCounter(text);
  let stride = width === void 0 ? void 0 : Math.ceil(width / 8);
  let byteAddress;
  for (const { 0: token, index } of text.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[^\s/]+|\//g)) {
    const line = lines.at(index);
    if (token.startsWith("@")) {
      byteAddress = readAddress2(token, line, findings) ?? byteAddress;
    } else if (!/^\/[/*]/.test(token)) {
      byteAddress ??= missingAddress(line, findings);
      stride ??= Math.ceil(Math.min(token.length, romLimits.digits) / 2);
      readWord3(token, line, byteAddress, stride, placed, findings);
      byteAddress += stride;
    }
  }
  return { ...width === void 0 && stride !== void 0 && { width: 8 * stride }, words: placed.words };
}
function missingAddress(line, findings) {
  findings.add("missing-address", line, "There is a word before the first address.");
  return 0;
}
function readAddress2(token, line, findings) {
  if (token === "@") {
    findings.add("address-space", line, "The @ has no address directly after it.");
    return void 0;
  }
  const digits = withoutPrefix(token.slice(1), token, line, findings);
  return digits === void 0 ? void 0 : parseAddress(digits, 16);
}
function withoutPrefix(digits, token, line, findings) {
  const plain = digits.replace(/^0x/i, "");
  if (plain !== digits) {
    findings.add("radix-prefix", line, `${token.slice(0, 40)} has a prefix.`);
  }
  if (/^[0-9a-f]+$/i.test(plain)) {
    return plain;
  }
  findings.add("illegal-character", line, `${quoted(token)} is not hexadecimal.`);
  return void 0;
}
function readWord3(token, line, byteAddress, stride, placed, findings) {
  if (byteAddress % stride !== 0) {
    findings.add("address-misaligned", line, `Byte address ${byteAddress} is not a multiple of the word's ${stride} bytes.`);
  }
  const digits = withoutPrefix(token, token, line, findings);
  const value = (digits === void 0 ? void 0 : parseDigits(digits, 16)) ?? 0n;
  const bits = 8 * Math.ceil(token.replace(/^0x/i, "").length / 2);
  placed.add({ address: Math.floor(byteAddress / stride), value, bits, line });
}

// src/hardware/rom/readers/vhdl/integers.ts
var mostNested2 = 32;
function integerLiteral2(token) {
  const plain = token.replaceAll("_", "").toLowerCase();
  const [, base, digits] = /^(2|8|10|16)#([0-9a-f]+)#$/.exec(plain) ?? [];
  if (base !== void 0) {
    return parseAddress(digits, Number(base));
  }
  const [, number3, exponent = "0"] = /^(\d+)(?:e\+?(\d))?$/.exec(plain) ?? [];
  const value = number3 === void 0 ? void 0 : parseAddress(number3, 10);
  return value === void 0 ? void 0 : value * 10 ** Number(exponent);
}
function integerValue(tokens2, named) {
  const reading = new Expression(tokens2, named);
  const value = reading.sum();
  return reading.isAtEnd && Number.isSafeInteger(value) ? value : void 0;
}
var Expression = class {
  constructor(tokens2, named) {
    this.tokens = tokens2;
    this.named = named;
  }
  tokens;
  named;
  at = 0;
  nested = 0;
  get isAtEnd() {
    return this.at === this.tokens.length;
  }
  /** NaN for what cannot be computed. */
  sum() {
    let value = this.takes("-") ? -this.product() : this.product();
    for (; ; ) {
      if (this.takes("+")) {
        value += this.product();
      } else if (this.takes("-")) {
        value -= this.product();
      } else {
        return value;
      }
    }
  }
  product() {
    let value = this.power();
    for (; ; ) {
      if (this.takes("*")) {
        value *= this.power();
      } else if (this.takes("/")) {
        value = Math.trunc(value / this.power());
      } else {
        return value;
      }
    }
  }
  power() {
    const base = this.factor();
    return this.takes("**") ? base ** this.factor() : base;
  }
  factor() {
    if (this.takes("(")) {
      if (++this.nested > mostNested2) {
        return Number.NaN;
      }
      const value = this.sum();
      return this.takes(")") ? value : Number.NaN;
    }
    const token = this.tokens[this.at++];
    return token === void 0 ? Number.NaN : integerLiteral2(token) ?? this.named.get(token.toLowerCase()) ?? Number.NaN;
  }
  takes(token) {
    const isNext = this.tokens[this.at] === token;
    this.at += isNext ? 1 : 0;
    return isNext;
  }
};

// src/hardware/rom/readers/vhdl/types.ts
var bit = { kind: "bit" };
var vector = { kind: "array", element: bit };
var integer2 = { kind: "integer", bits: 32 };
var standardTypes = [
  ...["bit", "std_logic", "std_ulogic", "x01", "ux01"].map((name2) => [name2, bit]),
  ...["bit_vector", "std_logic_vector", "std_ulogic_vector", "unsigned", "signed", "u_unsigned", "u_signed", "unresolved_unsigned", "unresolved_signed"].map(
    (name2) => [name2, vector]
  ),
  ...["integer", "natural", "positive"].map((name2) => [name2, integer2])
];
function rangeLength({ left, right }) {
  return Math.abs(left - right) + 1;
}
function indexAt({ left, right }, place) {
  return left <= right ? left + place : left - place;
}
function indexRange(tokens2, named) {
  const words = tokens2.map((token) => token.toLowerCase());
  const from = words.lastIndexOf("range") + 1;
  const middle = words.findIndex((word, index) => index >= from && (word === "to" || word === "downto"));
  if (middle < 0) {
    return void 0;
  }
  const [left, right] = [integerValue(tokens2.slice(from, middle), named), integerValue(tokens2.slice(middle + 1), named)];
  return left === void 0 || right === void 0 ? void 0 : { left, right };
}
function integerBits({ left, right }) {
  const [least, most2] = [Math.min(left, right), Math.max(left, right)];
  const magnitude = Math.max(most2, -least - 1);
  return Math.max(1, Math.ceil(Math.log2(magnitude + 1)) + (least < 0 ? 1 : 0));
}
function wordsOf(type) {
  if (type.kind !== "array") {
    return void 0;
  }
  const { element } = type;
  const isWord = element.kind === "integer" || element.kind === "array" && element.element.kind === "bit" || element.kind === "unknown";
  return isWord ? type : void 0;
}

// src/hardware/rom/readers/vhdl/elements.ts
function splitElements(tokens2) {
  const elements2 = [];
  const gathering = new ElementTokens();
  for (const token of tokens2) {
    if (gathering.isOutside && token === ",") {
      elements2.push(gathering.take());
    } else {
      gathering.add(token);
    }
  }
  return [...elements2, gathering.take()];
}
var mostTokens2 = 65536;
var ElementTokens = class {
  choices = [];
  tokens = [];
  depth = 0;
  /** Not within parentheses of the element's own. */
  get isOutside() {
    return this.depth === 0;
  }
  get isEmpty() {
    return this.tokens.length === 0 && this.choices.length === 0;
  }
  add(token) {
    if (this.isOutside && (token === "|" || token === "=>")) {
      if (this.choices.length < mostTokens2) {
        this.choices.push(this.tokens);
      }
      this.tokens = [];
      return;
    }
    this.depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (this.tokens.length < mostTokens2) {
      this.tokens.push(token);
    }
  }
  take() {
    const element = { choices: this.choices, value: this.tokens };
    this.choices = [];
    this.tokens = [];
    this.depth = 0;
    return element;
  }
};

// src/hardware/rom/readers/vhdl/literals.ts
var literalPattern = /^(\d*)([us]?)([boxd]?)"([^"]*)"$/i;
var radixOf = { "": 2, "b": 2, "o": 8, "x": 16, "d": 10 };
function bitString(literal2) {
  const found2 = literalPattern.exec(literal2);
  if (found2 === null) {
    return void 0;
  }
  const [, size, sign, base, body] = found2;
  const radix = radixOf[base.toLowerCase()];
  const digits = body.replaceAll("_", "");
  const known = digits.replace(/[uxzwlh-]/gi, (digit) => digit.toLowerCase() === "h" ? "1" : "0");
  const value = parseDigits(known, radix);
  if (value === void 0 || base === "" && size !== "") {
    return void 0;
  }
  const bits = radix === 10 ? bitLength(value) : known.length * { 2: 1, 8: 3, 16: 4 }[radix];
  const whole = size === "" ? { value, bits } : resized(value, bits, Number(size), sign.toLowerCase() === "s");
  return { ...whole, ...known !== digits && { hasUnknown: true } };
}
function resized(value, bits, length, isSigned) {
  const size = Math.min(length, romLimits.wordBits);
  const whole = isSigned ? BigInt.asIntN(bits, value) : value;
  const cut2 = BigInt.asUintN(size, whole);
  const isCut = (isSigned ? BigInt.asIntN(size, cut2) : cut2) !== whole;
  return { value: cut2, bits: size, ...isCut && { isCut } };
}
var bitsOfCharacter = { "0": 0n, "l": 0n, "1": 1n, "h": 1n };
function bitCharacter(token) {
  const [, character] = /^'([01uxzwlh-])'$/i.exec(token) ?? [];
  if (character === void 0) {
    return void 0;
  }
  const value = bitsOfCharacter[character.toLowerCase()];
  return { value: value ?? 0n, bits: 1, ...value === void 0 && { hasUnknown: true } };
}

// src/hardware/rom/readers/vhdl/values.ts
var mostNested3 = 16;
var conversions = /* @__PURE__ */ new Set(["std_logic_vector", "std_ulogic_vector", "unsigned", "signed", "bit_vector", "to_stdlogicvector", "to_slv", "to_unsigned", "to_signed"]);
var sizedConversions = /* @__PURE__ */ new Set(["to_unsigned", "to_signed", "conv_std_logic_vector", "conv_unsigned", "conv_signed", "to_slv", "std_logic_vector", "resize"]);
function wordValue(tokens2, type, names, nested = 0) {
  if (nested > mostNested3 || tokens2.length === 0) {
    return void 0;
  }
  if (type.kind === "integer") {
    return integerWord(tokens2, type.bits, names);
  }
  const parts = splitAt(tokens2, "&");
  return parts.length > 1 ? concatenation(parts, names, nested) : term(tokens2, type, names, nested);
}
function integerWord(tokens2, bits, { integers }) {
  const value = integerValue(tokens2, integers);
  if (value === void 0) {
    return void 0;
  }
  const isCut = value >= 2 ** bits || value < -(2 ** (bits - 1));
  return { value: BigInt.asUintN(bits, BigInt(value)), bits, ...isCut && { isCut } };
}
function concatenation(parts, names, nested) {
  let joined2 = { value: 0n, bits: 0 };
  for (const part of parts) {
    const bits = term(part, { kind: "unknown" }, names, nested + 1);
    if (bits === void 0 || joined2.bits + bits.bits > romLimits.wordBits) {
      return void 0;
    }
    const hasUnknown = joined2.hasUnknown === true || bits.hasUnknown === true;
    joined2 = { value: joined2.value << BigInt(bits.bits) | bits.value, bits: joined2.bits + bits.bits, ...hasUnknown && { hasUnknown } };
  }
  return joined2;
}
function term(tokens2, type, names, nested) {
  const [first = ""] = tokens2;
  if (tokens2.length === 1) {
    return bitString(first) ?? bitCharacter(first) ?? names.vectors.get(first.toLowerCase());
  }
  if (first === "(") {
    return parenthesised(tokens2.slice(1, -1), type, names, nested + 1);
  }
  const isQualified = tokens2[1] === "'";
  const open2 = isQualified ? 2 : 1;
  if (tokens2[open2] !== "(" || tokens2.at(-1) !== ")") {
    return void 0;
  }
  const inner = tokens2.slice(open2 + 1, -1);
  return isQualified ? parenthesised(inner, type, names, nested + 1) : call(first.toLowerCase(), inner, names, nested + 1);
}
function call(name2, inner, names, nested) {
  const [value = [], size, ...others] = splitAt(inner, ",");
  if (others.length > 0) {
    return void 0;
  }
  if (size === void 0) {
    return conversions.has(name2) ? wordValue(value, { kind: "unknown" }, names, nested) : void 0;
  }
  const length = integerValue(size, names.integers) ?? 0;
  const isSized = sizedConversions.has(name2) && length >= 1 && length <= romLimits.wordBits;
  return isSized ? sizedValue(value, length, names, nested) : void 0;
}
var numberBits = 64;
function sizedValue(value, length, names, nested) {
  const number3 = integerValue(value, names.integers);
  if (number3 !== void 0) {
    return resized(BigInt.asUintN(numberBits, BigInt(number3)), numberBits, length, number3 < 0);
  }
  const bits = wordValue(value, { kind: "unknown" }, names, nested);
  return bits && resized(bits.value, bits.bits, length, false);
}
function parenthesised(inner, type, names, nested) {
  const isAggregate = splitAt(inner, ",").length > 1 || splitAt(inner, "=>").length > 1;
  return isAggregate ? bitAggregate(inner, type, names, nested) : wordValue(inner, type, names, nested);
}
function bitAggregate(inner, type, names, nested) {
  const elements2 = splitElements(inner);
  const stated = type.kind === "array" ? type.range : void 0;
  const range = stated ?? { left: 0, right: elements2.length - 1 };
  if (rangeLength(range) > romLimits.wordBits || stated === void 0 && elements2.some(({ choices }) => choices.length > 0)) {
    return void 0;
  }
  const digits = new AggregateDigits(range);
  for (const { choices, value } of elements2) {
    const bit2 = wordValue(value, { kind: "bit" }, names, nested + 1);
    const spans = choices.map((choice) => choiceSpan(choice, names.integers));
    if (bit2?.bits !== 1 || !digits.set(spans, bit2)) {
      return void 0;
    }
  }
  return digits.whole();
}
var AggregateDigits = class {
  constructor(range) {
    this.range = range;
    this.digits = new Uint8Array(rangeLength(range));
  }
  range;
  digits;
  hasUnknown = false;
  position = 0;
  /** @returns false for a choice that is none. An index given twice keeps its first bit. */
  set(spans, { value, hasUnknown = false }) {
    this.hasUnknown ||= hasUnknown;
    const digit = value === 1n ? 2 : 1;
    if (spans.length === 0) {
      this.fill(this.position, this.position, digit);
      this.position++;
    }
    for (const span of spans) {
      if (span === void 0) {
        return false;
      }
      const ends = span === "others" ? [0, this.digits.length - 1] : [placeOf2(this.range, span.first), placeOf2(this.range, span.last)];
      this.fill(Math.min(ends[0], ends[1]), Math.max(ends[0], ends[1]), digit);
    }
    return true;
  }
  /** Undefined where a bit is not given. */
  whole() {
    const { digits, hasUnknown } = this;
    const text = Array.from(digits, (digit) => digit === 2 ? "1" : "0").join("");
    return digits.includes(0) ? void 0 : { value: BigInt(`0b${text}`), bits: digits.length, ...hasUnknown && { hasUnknown } };
  }
  fill(first, last, digit) {
    for (let at = Math.max(0, first); at <= Math.min(last, this.digits.length - 1); at++) {
      this.digits[at] ||= digit;
    }
  }
};
function placeOf2({ left, right }, index) {
  return left <= right ? index - left : left - index;
}
function choiceSpan(choice, integers) {
  if (choice.length === 1 && choice[0].toLowerCase() === "others") {
    return "others";
  }
  const single = integerValue(choice, integers);
  if (single !== void 0) {
    return { first: single, last: single };
  }
  const range = indexRange(choice, integers);
  return range && { first: Math.min(range.left, range.right), last: Math.max(range.left, range.right) };
}
function splitAt(tokens2, separator) {
  const parts = [[]];
  let depth = 0;
  for (const token of tokens2) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth === 0 && token === separator) {
      parts.push([]);
    } else {
      parts.at(-1).push(token);
    }
  }
  return parts;
}

// src/hardware/rom/readers/vhdl/declarations.ts
var mostTokens3 = 4096;
var Declarations = class {
  integers = /* @__PURE__ */ new Map();
  vectors = /* @__PURE__ */ new Map();
  types = new Map(standardTypes);
  secondBest;
  /**
   * The first object that is an array of words with an aggregate; else the first memory that is filled with one word, or the
   * first aggregate of a type from another file.
   */
  find(tokens2) {
    let [name2, colon] = ["", ""];
    for (let token = tokens2.take(); token !== void 0; token = tokens2.take()) {
      const word = token.text.toLowerCase();
      if (word === "type" || word === "subtype") {
        this.readType(tokens2);
      } else if (colon === ":") {
        const found2 = this.readObject(name2, token.text, tokens2);
        if (found2 !== void 0) {
          return found2;
        }
      }
      [name2, colon] = [colon, word];
    }
    return this.secondBest;
  }
  /** What follows `type` or `subtype`, up to its semicolon. */
  readType(tokens2) {
    const name2 = tokens2.take()?.text.toLowerCase() ?? "";
    if (!tokens2.takes("is")) {
      return;
    }
    if (!tokens2.takes("array")) {
      const type = this.typeOf(takeUntil(tokens2, [";"]));
      this.types.set(name2, type);
      return;
    }
    const rest = takeUntil(tokens2, [";"]);
    const of = rest.findIndex((token) => token.toLowerCase() === "of");
    const range = indexRange(rest.slice(1, Math.max(1, of - 1)), this.integers);
    this.types.set(name2, { kind: "array", ...range && { range }, element: this.typeOf(rest.slice(of + 1)) });
  }
  /** `name : [in] type := value`, of a constant, a signal, a variable or a generic. */
  readObject(name2, first, tokens2) {
    const type = this.typeOf([first, ...takeUntil(tokens2, [";", ":="])]);
    if (!tokens2.takes(":=")) {
      return void 0;
    }
    if (tokens2.peek()?.text === "(" && (wordsOf(type) !== void 0 || type.kind === "unknown")) {
      tokens2.take();
      const found2 = { type, place: tokens2.place };
      if (type.kind !== "unknown" && tokens2.peek()?.text.toLowerCase() !== "others") {
        return found2;
      }
      this.rankLower(found2);
    }
    this.readValue(name2, type, takeUntil(tokens2, [";"]));
    return void 0;
  }
  rankLower(found2) {
    if (this.secondBest === void 0 || this.secondBest.type.kind === "unknown" && found2.type.kind !== "unknown") {
      this.secondBest = found2;
    }
  }
  readValue(name2, type, value) {
    if (type.kind === "integer") {
      const number3 = integerValue(value, this.integers) ?? integerValue(value.slice(0, -1), this.integers);
      if (number3 !== void 0) {
        this.integers.set(name2, number3);
      }
    } else if (type.kind === "array" && type.element.kind === "bit") {
      const bits = wordValue(value, type, this);
      if (bits !== void 0) {
        this.vectors.set(name2, bits);
      }
    }
  }
  /** The type that a subtype indication names: `std_logic_vector(7 downto 0)`, `integer range 0 to 255`. */
  typeOf(given) {
    const tokens2 = /^(in|out|inout|buffer)$/i.test(given[0] ?? "") ? given.slice(1) : given;
    const name2 = tokens2[0]?.toLowerCase().split(".").at(-1) ?? "";
    const type = this.types.get(name2) ?? { kind: "unknown" };
    if (type.kind === "bit" || tokens2.length === 1) {
      return type;
    }
    const isParenthesised = tokens2[1] === "(";
    const range = indexRange(isParenthesised ? tokens2.slice(2, tokens2.lastIndexOf(")")) : tokens2.slice(1), this.integers);
    return range === void 0 ? type : constrained(type, range);
  }
};
function constrained(type, range) {
  switch (type.kind) {
    case "integer":
      return { kind: "integer", bits: integerBits(range) };
    case "array":
      return { ...type, range };
    default:
      return type;
  }
}
function takeUntil(tokens2, ends) {
  const taken = [];
  for (let token = tokens2.peek(); token !== void 0 && !ends.includes(token.text); token = tokens2.peek()) {
    if (taken.length < mostTokens3) {
      taken.push(token.text);
    }
    tokens2.take();
  }
  return taken;
}

// src/hardware/rom/readers/vhdl/tokens.ts
var tokenPattern4 = /--[^\n]*|\/\*[^]*?(?:\*\/|$)|(?:\d*[uUsS]?[bBoOxXdD])?"[^"\n]*"|[A-Za-z_][\w.]*|\d[\w.#]*|=>|:=|\*\*|<>|\S/g;
var Tokens2 = class {
  /** @param at where in the text to begin */
  constructor(text, at = 0) {
    this.text = text;
    this.at = at;
    this.lines = new LineCounter(text);
  }
  text;
  at;
  lines;
  held;
  last = "";
  /** Where the next token is looked for. */
  get place() {
    return this.at;
  }
  get line() {
    return this.lines.at(this.at);
  }
  peek() {
    this.held ??= this.find();
    return this.held;
  }
  take() {
    const token = this.peek();
    this.held = void 0;
    return token;
  }
  /** Takes the next token if it is this one, in any case. */
  takes(text) {
    const isNext = this.peek()?.text.toLowerCase() === text;
    if (isNext) {
      this.held = void 0;
    }
    return isNext;
  }
  /** What a sticky pattern finds at the next token; null leaves everything as it is. */
  match(pattern) {
    pattern.lastIndex = this.at;
    const found2 = this.held === void 0 ? pattern.exec(this.text) : null;
    if (found2 === null) {
      return null;
    }
    this.at = pattern.lastIndex;
    return { found: found2, line: this.line };
  }
  find() {
    for (; ; ) {
      tokenPattern4.lastIndex = this.at;
      const found2 = tokenPattern4.exec(this.text);
      if (found2 === null) {
        return void 0;
      }
      this.at = tokenPattern4.lastIndex;
      if (!found2[0].startsWith("--") && !found2[0].startsWith("/*")) {
        const text = found2[0] === "'" ? this.character(found2.index) : found2[0];
        this.last = text;
        return { text, line: this.lines.at(found2.index) };
      }
    }
  }
  /** After a name or a parenthesis a tick begins an attribute or a qualified expression, else a character literal. */
  character(index) {
    if (/^[\w)\]]/.test(this.last) || this.text[index + 2] !== "'") {
      return "'";
    }
    this.at = index + 3;
    return this.text.slice(index, index + 3);
  }
};

// src/hardware/rom/readers/vhdl.ts
var plainElement = /\s*(?:(\d{1,9})[^\S\n]*=>[^\S\n]*)?([xX]?)"([0-9A-Fa-f]{1,4096})"[^\S\n]*,/y;
function readVhdl({ text }, _, findings) {
  const declarations = new Declarations();
  const found2 = declarations.find(new Tokens2(text));
  if (found2 === void 0) {
    findings.add("missing-field", 1, "There is no constant, signal or variable that is an array of words and has an aggregate.");
    return { words: [] };
  }
  const { range, element = { kind: "unknown" } } = wordsOf(found2.type) ?? {};
  const depth = range === void 0 ? void 0 : rangeLength(range);
  const reading = new AggregateReading(declarations, element, range, findings);
  const words = reading.read(new Tokens2(text, found2.place));
  const width = widthOf(element) ?? words[0]?.bits;
  tellRagged(words, width, findings);
  return { ...width && { width }, ...depth && { depth }, words };
}
function tellRagged(words, width, findings) {
  for (const { bits, line } of words) {
    if (bits !== width) {
      findings.add("ragged-vector", line, `The literal has ${bits} bits; the words have ${width}.`);
    }
  }
}
function widthOf(type) {
  if (type.kind === "integer") {
    return type.bits;
  }
  return type.kind === "array" && type.range !== void 0 ? rangeLength(type.range) : void 0;
}
function takeElement(tokens2) {
  const gathering = new ElementTokens();
  const line = tokens2.peek()?.line ?? tokens2.line;
  for (; ; ) {
    const end = tokens2.take();
    const isEnd2 = end === void 0 || end.text === ";" || gathering.isOutside && (end.text === "," || end.text === ")");
    if (isEnd2) {
      return { ...!gathering.isEmpty && { element: gathering.take() }, line, end };
    }
    gathering.add(end.text);
  }
}
var AggregateReading = class {
  constructor(names, word, range, findings) {
    this.names = names;
    this.word = word;
    this.range = range;
    this.findings = findings;
    this.placed = new PlacedWords(findings);
  }
  names;
  word;
  range;
  findings;
  placed;
  /** Counted from the left. */
  position = 0;
  /** Elements up to the parenthesis that closes the aggregate, and the semicolon after it. */
  read(tokens2) {
    for (; ; ) {
      this.readPlain(tokens2);
      const { element, line, end } = takeElement(tokens2);
      if (element !== void 0) {
        this.readElement(element, line);
      }
      if (end?.text !== ",") {
        this.checkEnd(end, tokens2);
        return this.placed.words;
      }
    }
  }
  checkEnd(end, tokens2) {
    if (end === void 0) {
      this.findings.add("missing-end", tokens2.text.split("\n").length, "The aggregate does not end.");
    } else if (end.text === ";" || tokens2.peek()?.text !== ";") {
      this.findings.add("missing-semicolon", end.line, "The aggregate does not end with );.");
    }
  }
  readPlain(tokens2) {
    if (this.word.kind === "integer") {
      return;
    }
    for (let plain = tokens2.match(plainElement); plain !== null; plain = tokens2.match(plainElement)) {
      const { found: [, index, base, digits], line } = plain;
      const radix = base === "" ? 2 : 16;
      const value = parseDigits(digits, radix);
      const address = index === void 0 ? this.addressAt(this.position) : this.addressOf(Number(index));
      if (value === void 0) {
        this.tellNoElement(`"${digits}"`, line);
      } else {
        this.placed.add({ address, value, bits: digits.length * (radix === 2 ? 1 : 4), line });
      }
      this.position = this.positionAfter(address);
    }
  }
  readElement({ choices, value }, line) {
    const word = wordValue(value, this.word, this.names);
    const spans = choices.map((choice) => choiceSpan(choice, this.names.integers));
    if (word === void 0 || spans.includes(void 0)) {
      const text = [...choices.flatMap((choice, index) => [...index > 0 ? ["|"] : [], ...choice.slice(0, 16)]), ...choices.length > 0 ? ["=>"] : [], ...value.slice(0, 16)];
      this.tellNoElement(text.map((token) => token.slice(0, 40)).join(" "), line);
      return;
    }
    this.tellOdd(word, value, line);
    if (spans.length === 0) {
      this.placed.add({ address: this.addressAt(this.position), value: word.value, bits: word.bits, line });
      this.position++;
    }
    for (const span of spans) {
      if (span === "others") {
        this.fillOthers(word, line);
      } else {
        this.fillSpan(span.first, span.last, word, line);
      }
    }
  }
  tellNoElement(text, line) {
    this.findings.add("illegal-character", line, `${quoted(text)} is not an element "index => literal".`);
  }
  tellOdd({ hasUnknown, isCut, bits }, value, line) {
    const text = value.slice(0, 16).map((token) => token.slice(0, 40)).join(" ");
    if (hasUnknown) {
      this.findings.add("unknown-digits", line, `${text} has digits that are not 0 or 1.`);
    }
    if (isCut) {
      this.findings.add("word-too-wide", line, `${text} does not fit in ${bits} bits.`);
    }
  }
  /** A range ends at the depth at the latest; one word beyond it is kept, so that it is told. A depth beyond all limits fills nothing. */
  fillSpan(first, last, { value, bits }, line) {
    const [from, to] = [this.addressOf(first), this.addressOf(last)];
    const depth = this.range === void 0 ? romLimits.words : rangeLength(this.range);
    const end = depth > romLimits.words ? from : Math.min(to, Math.max(from, depth));
    this.placed.fill(from, end, () => ({ value, bits, line }));
    this.position = this.positionAfter(to);
  }
  fillOthers({ value, bits }, line) {
    const depth = this.range === void 0 ? void 0 : rangeLength(this.range);
    if (depth === void 0) {
      this.findings.add("missing-field", line, "others needs an array whose range is stated in the file.");
      return;
    }
    if (!isReadableSize(depth, bits)) {
      this.findings.add("bad-field", line, `others would make ${depth} words of ${bits} bits.`);
      return;
    }
    const given = new Set(this.placed.words.map(({ address }) => address));
    for (let address = 0; address < depth && !this.placed.isFull; address++) {
      if (!given.has(address)) {
        this.placed.add({ address, value, bits, line });
      }
    }
  }
  addressAt(position) {
    return this.range === void 0 ? position : this.addressOf(indexAt(this.range, position));
  }
  addressOf(index) {
    const { range } = this;
    const address = range === void 0 ? index : index - Math.min(range.left, range.right);
    return address < 0 ? rangeLength(range) - address : address;
  }
  positionAfter(address) {
    const { range } = this;
    return range === void 0 || range.left <= range.right ? address + 1 : rangeLength(range) - address;
  }
};

// src/hardware/rom/readers.ts
var romReaders = {
  "mem": { family: "readmem", isText: true, read: readMem },
  "mem-annotated": { family: "readmem", isText: true, read: readMem },
  "coe": { family: "coe", isText: true, read: readCoe },
  "mif": { family: "mif", isText: true, read: readMif },
  "hex": { family: "hex", isText: true, read: readIntelHex },
  "hex-words": { family: "hex", isText: true, read: readHexWords },
  "srec": { family: "srec", isText: true, read: readSrecord },
  "lattice": { family: "lattice", isText: true, read: readLatticeMem },
  "gowin": { family: "gowin", isText: true, read: readGowinMi },
  "updatemem": { family: "updatemem", isText: true, read: readUpdateMem },
  "vhdl": { family: "vhdl", isText: true, read: readVhdl },
  "c": { family: "c", isText: true, read: readCHeader },
  "npy": { family: "npy", isText: false, read: readNpy },
  "bin": { family: "bin", isText: false, read: readRawBytes }
};

// src/hardware/rom/lint.ts
var annotations = ["comment", "address-directive"];
function lintRom(name2, bytes, expected = {}) {
  const format = expected.format ?? detectFormat(name2, bytes);
  const isAnnotated = expected.format === "mem-annotated";
  const findings = new RomFindings(format && romReaders[format].family, isAnnotated ? annotations : []);
  checkSha256(bytes, expected, findings);
  if (bytes.length === 0) {
    findings.add("empty-file", 1, "The file is empty.");
  } else if (format === void 0) {
    findings.add("unknown-format", 1, "The file is like none of the formats that Tritloom knows.");
  } else {
    const source = sourceOf(bytes, format, findings);
    if (source === void 0) {
      return { format, words: [], findings: findings.all() };
    }
    const known = readableExpectation(withRadix(name2, format, bytes, expected), findings);
    return { format, ...readAndCheck(source, format, known, findings), findings: findings.all() };
  }
  return { ...format && { format }, words: [], findings: findings.all() };
}
function readableExpectation(expected, findings) {
  const { width = 1, depth = 1 } = expected;
  if (isReadableSize(depth, width)) {
    return expected;
  }
  findings.add("bad-field", 1, `${depth} words of ${width} bits are expected; ${readable}.`);
  const { width: _width, depth: _depth, ...others } = expected;
  return others;
}
var readable = `memories up to ${romLimits.words} words, and up to ${romLimits.memoryBits / 2 ** 23} MiB, are read`;
function withRadix(name2, format, bytes, expected) {
  return format === "mem" && expected.radix === void 0 && isVivadoMif(name2, bytes) ? { ...expected, radix: 2 } : expected;
}
function checkSha256(bytes, { sha256 }, findings) {
  const actual = (0, import_node_crypto.createHash)("sha256").update(bytes).digest("hex");
  if (sha256 !== void 0 && sha256 !== actual) {
    findings.add("sha256-mismatch", 1, `The SHA-256 begins ${actual.slice(0, 12)}; the manifest says ${sha256.slice(0, 12)}.`);
  }
}
function sourceOf(bytes, format, findings) {
  const { family, isText } = romReaders[format];
  if (!isText) {
    return { bytes, text: "" };
  }
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (decoded.startsWith("\uFEFF")) {
    findings.add("byte-order-mark", 1, "The file begins with a UTF-8 byte order mark.");
  }
  const isCrlf = decoded.includes("\r");
  const text = decoded.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  if (isCrlf) {
    findings.add("crlf", 1, "Lines end with a carriage return.");
  }
  const control = controlCharacter(text, family);
  if (control !== void 0) {
    findings.add("binary-content", lineOf(text, control), "The file holds bytes that are no text.");
    return void 0;
  }
  if (family === "readmem" && !text.endsWith("\n")) {
    findings.add("no-final-newline", lineOf(text, text.length), "The last line does not end with a newline.");
  }
  return { bytes, text };
}
function controlCharacter(text, family) {
  const pattern = /[\0-\x08\x0e-\x1f\x7f]/;
  return pattern.test(text) ? pattern.exec(withoutComments(text, family))?.index : void 0;
}
function lineOf(text, index) {
  return text.slice(0, index).split("\n").length;
}
function readAndCheck(source, format, expected, findings) {
  const { family, read } = romReaders[format];
  const rom = readableSize(read(source, expected, findings), findings);
  checkStated("width", rom, expected, findings);
  checkStated("depth", rom, expected, findings);
  const width = rom.width ?? expected.width;
  const depth = rom.depth ?? expected.depth;
  if (rom.words.length === 0 && !findings.hasError) {
    findings.add("no-words", 1, "The file holds no word.");
  }
  checkWidths(rom, width, family === "readmem", findings);
  const isShort = checkAddresses(rom, depth, findings);
  const words = isShort && fillingFamilies.includes(family) ? filled(rom.words, depth, width ?? 1) : rom.words;
  return { ...width && { width }, ...depth && { depth }, ...checkedPacking(rom, width, expected, findings), words };
}
function checkedPacking(rom, width, expected, findings) {
  const packing = width === void 0 ? void 0 : packingFor(width, expected, findings);
  if (packing === void 0) {
    return {};
  }
  checkCodes(rom, packing, findings);
  return { packing };
}
var fillingFamilies = ["lattice", "gowin", "mif"];
function filled(words, depth, width) {
  const given = new Set(words.map(({ address }) => address));
  const line = words.at(-1)?.line ?? 1;
  const missing = Array.from({ length: depth }, (_, address) => ({ address, value: 0n, bits: width, line })).filter(({ address }) => !given.has(address));
  return [...words, ...missing].toSorted((one, other) => one.address - other.address);
}
function readableSize(rom, findings) {
  const { width = 1, depth = 1, words } = rom;
  if (isReadableSize(depth, width)) {
    return rom;
  }
  findings.add("bad-field", 1, `The file says ${depth} words of ${width} bits; ${readable}.`);
  return { words };
}
function packingFor(width, { packing }, findings) {
  if (packing === void 0) {
    return void 0;
  }
  const { encoding } = packing;
  const lanes = packing.lanes ?? Math.floor(width / encoding.bits) * valuesPerField(encoding);
  const full = { ...packing, lanes };
  if (lanes > 0 && wordWidth(full) === width) {
    return full;
  }
  findings.add("width-mismatch", 1, `Words of ${width} bits are not made of fields of ${encoding.bits} bits (${encoding.name}).`);
  return void 0;
}
function checkStated(key, rom, expected, findings) {
  const stated = rom[key];
  const wanted = expected[key];
  if (stated !== void 0 && wanted !== void 0 && stated !== wanted) {
    findings.add(`${key}-mismatch`, 1, `The file says ${key} ${stated}, but ${wanted} is expected.`);
  }
}
function checkWidths({ words }, width, hasDigits, findings) {
  const limit = width === void 0 ? void 0 : 1n << BigInt(width);
  for (const word of words) {
    if (limit !== void 0 && word.value >= limit) {
      findings.add("word-too-wide", word.line, `Word ${word.address} is ${hexStart(word.value)} in hexadecimal, which does not fit in ${width} bits.`);
    } else if (hasDigits && word.bits > 0) {
      checkDigits(word, words[0].bits, width, findings);
    }
  }
}
function hexStart(value) {
  const digits = value.toString(16).toUpperCase();
  return digits.length > 40 ? `${digits.slice(0, 40)}\u2026` : digits;
}
function checkDigits({ address, bits, line }, firstBits, width, findings) {
  const has = `Word ${address} has digits for ${bits} bits`;
  if (width === void 0) {
    if (bits !== firstBits) {
      findings.add("ragged-words", line, `${has}; the first has digits for ${firstBits}.`);
    }
  } else if (bits > Math.ceil(width / 4) * 4) {
    findings.add("excess-digits", line, `${has}; the width is ${width}.`);
  } else if (bits < width) {
    findings.add("short-word", line, `${has}; the width is ${width}.`);
  }
}
function checkAddresses({ words }, depth, findings) {
  if (depth === void 0 || words.length === 0) {
    return false;
  }
  const beyond = words.findIndex(({ address }) => address >= depth);
  const first = words[beyond];
  const runsOver = first?.address === depth && words[beyond - 1]?.address === depth - 1;
  if (first !== void 0 && runsOver) {
    findings.add("too-many-words", first.line, `There are words up to address ${words.at(-1).address}; the depth is ${depth}.`);
  } else if (first !== void 0) {
    findings.add("address-out-of-range", first.line, `Address ${first.address} is not below the depth ${depth}.`);
  }
  const given = countAddresses(words, depth);
  if (given < depth) {
    findings.add("too-few-words", words.at(-1).line, `The file has ${given} of ${depth} words.`);
  }
  return given < depth;
}
function countAddresses(words, depth) {
  const isAscending = words.every(({ address }, index) => index === 0 || address > words[index - 1].address);
  const below = words.filter(({ address }) => address < depth);
  return isAscending ? below.length : new Set(below.map(({ address }) => address)).size;
}
function checkCodes({ words }, packing, findings) {
  const limit = 1n << BigInt(wordWidth(packing));
  const unpack = wordUnpacker(packing);
  for (const { address, value, line } of words) {
    const lane = value < limit ? unpack(value).indexOf(void 0) : -1;
    if (lane >= 0) {
      findings.add("illegal-code", line, `Lane ${lane} of word ${address} has a code that the encoding ${packing.encoding.name} does not use.`);
    }
  }
}

// src/hardware/rom/romFile.ts
function romWith(file, bytes, { entry: manifest2, problem }, options = {}) {
  const expected = { ...manifest2 && expectationOf(manifest2), ...options };
  const rom = lintRom(import_node_path3.default.basename(file), bytes, expected);
  const findings = problem === void 0 ? rom.findings : [...manifestProblem(problem), ...rom.findings];
  return { file, ...rom, findings, ...manifest2 && { manifest: manifest2 } };
}
function manifestProblem(problem) {
  const findings = new RomFindings(void 0);
  findings.add("bad-field", 1, problem);
  return findings.all();
}
function expectationOf({ image, file }) {
  const { width, depth, encoding, packing } = image;
  const { lanes, bitOrder = "lsb-first" } = packing;
  return { format: file.format, width, depth, sha256: file.sha256, packing: { lanes, encoding, bitOrder } };
}

// src/hardware/verify/otherWaveforms.ts
var import_node_path4 = __toESM(require("node:path"));
var waveforms = [
  { name: "an FST waveform", magic: "\0\0\0\0\0\0\0I", tool: "fst2vcd FILE > dump.vcd" },
  { name: "an FST waveform, compressed as a whole", magic: "\xFE\0", tool: "fst2vcd FILE > dump.vcd" },
  { name: "an LXT2 waveform", magic: "\x80", tool: "lxt2vcd FILE > dump.vcd" },
  { name: "an LXT waveform", magic: "8", tool: "gtkwave FILE, and there Write VCD File As" },
  { name: "a VZT waveform", magic: "VZ", tool: "vzt2vcd FILE > dump.vcd" },
  { name: "a GHW waveform", magic: "GHDLwave", tool: "the simulation once more, with --vcd=dump.vcd instead of --wave" },
  { name: "compressed by gzip", magic: "\x8B", tool: "gunzip -c FILE > dump.vcd" },
  { name: "compressed by bzip2", magic: "BZh", tool: "bunzip2 -c FILE > dump.vcd" },
  { name: "compressed by xz", magic: "\xFD7zXZ", tool: "xz -dc FILE > dump.vcd" },
  { name: "compressed by zstd", magic: "(\xB5/\xFD", tool: "zstd -dc FILE > dump.vcd" },
  { name: "a ZIP archive", magic: "PK", tool: "unzip FILE" },
  { name: "a WLF waveform of Questa or ModelSim", extension: ".wlf", tool: "wlf2vcd FILE > dump.vcd" },
  { name: "an FSDB waveform of Verdi", extension: ".fsdb", tool: "fsdb2vcd FILE -o dump.vcd" },
  { name: "a VPD waveform of VCS", extension: ".vpd", tool: "vpd2vcd FILE dump.vcd" },
  { name: "a WDB waveform of Vivado", extension: ".wdb", tool: "the simulation once more, with log_vcd in place of log_wave" },
  { name: "an SHM database of Xcelium", extension: ".trn", tool: "simvisdbutil FILE -vcd -output dump.vcd" }
];
var looksAt2 = 512;
function otherFormat(file, head) {
  const beginning = Buffer.from(head.subarray(0, looksAt2)).toString("latin1");
  const isBinary = /[\0-\x08\x0e-\x1f\x7f]/.test(beginning);
  const extension = import_node_path4.default.extname(file).toLowerCase();
  const known = waveforms.find(({ magic: magic2 }) => magic2 !== void 0 && beginning.startsWith(magic2)) ?? waveforms.find((each) => isBinary && each.extension === extension);
  if (known !== void 0) {
    return `It is ${known.name}, not a value change dump. Make one with: ${known.tool.replace("FILE", import_node_path4.default.basename(file))}.`;
  }
  return isBinary ? "It is binary, not a value change dump, which is text. Make one with a tool of the simulator that wrote it, or simulate once more with $dumpfile and $dumpvars." : void 0;
}

// src/hardware/verify/vcd.ts
var VcdError = class extends Error {
  name = "VcdError";
};
var valueless = /* @__PURE__ */ new Set(["real", "realtime", "string", "event", "real_parameter", "shortreal"]);
var longestToken = 2 ** 20;
var mostWords2 = 64;
var VcdReader = class {
  constructor(visitor) {
    this.visitor = visitor;
  }
  visitor;
  state = { kind: "header" };
  rest = "";
  now = "its beginning";
  scopes = [];
  variables = [];
  /** @throws VcdError */
  push(text) {
    if (this.rest.length > longestToken) {
      throw new VcdError(`A word after ${this.now} has more than ${longestToken} characters: this is not a value change dump, or it is damaged.`);
    }
    const all = this.rest + text;
    const end = Math.max(all.lastIndexOf("\n"), all.lastIndexOf(" ")) + 1;
    this.rest = all.slice(end);
    for (const [token] of all.slice(0, end).matchAll(/\S+/g)) {
      this.read(token);
    }
  }
  /** @throws VcdError for a dump that was cut off */
  end() {
    this.push("\n");
    if (this.state.kind !== "changes") {
      const place = this.state.kind === "header" || this.state.kind === "command" && this.state.isHeader ? "before $enddefinitions" : `in a value change after ${this.now}`;
      throw new VcdError(`The dump ends ${place}: it was cut off, dump it again and let the simulation end.`);
    }
  }
  read(token) {
    switch (this.state.kind) {
      case "header":
        return this.readHeader(token);
      case "command":
        return this.readCommand(this.state, token);
      case "changes":
        return this.readChange(token);
      case "vector":
        if (this.state.value !== void 0) {
          this.visitor.change(token, this.state.value);
        }
        this.state = { kind: "changes" };
    }
  }
  readHeader(token) {
    if (!token.startsWith("$")) {
      throw new VcdError(`"${shown3(token)}" is no declaration command: this is not a value change dump (IEEE 1364, 18), whose header begins with $date, $version, $timescale or $scope.`);
    }
    this.state = { kind: "command", name: token, words: [], isHeader: true };
  }
  readCommand({ name: name2, words, isHeader }, token) {
    if (token !== "$end") {
      if (words.length < mostWords2) {
        words.push(token);
      }
      return;
    }
    this.state = { kind: isHeader ? "header" : "changes" };
    switch (name2) {
      case "$scope":
        this.scopes.push(words[1] ?? "");
        return;
      case "$upscope":
        this.scopes.pop();
        return;
      case "$var":
        this.noteVariable(words);
        return;
      case "$enddefinitions":
        this.state = { kind: "changes" };
        this.visitor.definitions(this.variables);
    }
  }
  noteVariable(words) {
    const [type = "", size, code, reference, ...indices] = words;
    if (type.toLowerCase() === "port") {
      throw new VcdError("This is an extended value change dump ($dumpports), whose values have strengths: dump with $dumpvars instead.");
    }
    if (valueless.has(type.toLowerCase())) {
      return;
    }
    const bits = Number(size);
    if (reference === void 0 || !Number.isInteger(bits) || bits < 0) {
      throw new VcdError(`"$var ${shown3(words.join(" "))} $end" is no variable: it has a type, a size, a code and a name.`);
    }
    const { name: name2, high } = namedPart(reference + indices.join(""));
    if (bits > 0) {
      this.variables.push({ scopes: [...this.scopes], name: name2, bits, code, ...high !== void 0 && { high } });
    }
  }
  readChange(token) {
    const [first] = token;
    if (first === "#") {
      return this.readTime(token);
    }
    if (/^[01xz].+$/i.test(token)) {
      return this.visitor.change(token.slice(1), first.toLowerCase());
    }
    if (/^b[01xz]+$/i.test(token)) {
      this.state = { kind: "vector", value: token.slice(1).toLowerCase() };
    } else if (/^[rs]/i.test(token)) {
      this.state = { kind: "vector", value: void 0 };
    } else if (token === "$comment") {
      this.state = { kind: "command", name: token, words: [], isHeader: false };
    } else if (!/^\$(dumpvars|dumpall|dumpon|dumpoff|end)$/.test(token)) {
      throw new VcdError(`"${shown3(token)}" after ${this.now} is no value change: the dump is damaged or was cut off.`);
    }
  }
  readTime(token) {
    const time3 = Number(token.slice(1));
    if (token.length < 2 || !Number.isInteger(time3)) {
      throw new VcdError(`"${shown3(token)}" after ${this.now} is no time: the dump is damaged.`);
    }
    this.now = token;
    this.visitor.time(time3);
  }
};
function namedPart(reference) {
  const [brackets, first, second = first] = /\[(-?\d{1,9})(?::(-?\d{1,9}))?\]$/.exec(reference) ?? [];
  return brackets === void 0 ? { name: reference } : { name: reference.slice(0, -brackets.length), high: Math.max(Number(first), Number(second)) };
}
function shown3(text) {
  return text.length > 40 ? `${text.slice(0, 40)}\u2026` : text;
}

// src/hardware/verify/vcdVectors.ts
function joinedVectors(variables) {
  const byPath = /* @__PURE__ */ new Map();
  for (const variable of variables) {
    const path5 = [...variable.scopes, variable.name].join(".");
    const parts = byPath.get(path5);
    if (parts === void 0) {
      byPath.set(path5, [variable]);
    } else {
      parts.push(variable);
    }
  }
  return new Map([...byPath].map(([path5, parts]) => [path5, joined(parts)]));
}
function joined(parts) {
  const { scopes, name: name2 } = parts[0];
  const single = parts.at(-1);
  const byHigh = new Map(parts.map((part) => [part.high, part]));
  const ordered = [...byHigh.values()].toSorted((one, other) => (other.high ?? 0) - (one.high ?? 0));
  const isSplit = ordered.every(({ high, bits }, index) => high !== void 0 && (index + 1 === ordered.length || ordered[index + 1].high === high - bits));
  const used = isSplit ? ordered : [single];
  return { scopes, name: name2, bits: used.reduce((sum2, { bits }) => sum2 + bits, 0), parts: used.map(({ code, bits }) => ({ code, bits })) };
}

// src/experiment/evaluationMethod.ts
var evaluationMethodSchema = strictObject({
  weights: discriminatedUnion("rule", [
    /** Exactly those of `model.safetensors`, or of a candidate for it. */
    strictObject({ rule: literal("shipped") }),
    strictObject({
      /**
       * `redrawn`: stochastic quantisers draw anew for each minibatch. `deterministic`: all quantisers follow a rule without
       * chance. `full-precision`: no matrix is quantised.
       */
      rule: _enum(["redrawn", "deterministic", "full-precision"]),
      /** Whether the latent weights are the moving average of training. */
      averaged: boolean2(),
      /** Whether the latent weights are those of the last step or of the best validation. */
      at: _enum(["last-step", "best-validation"])
    })
  ]),
  /** `none`: no layer has batch normalisation. */
  statistics: _enum(["minibatch", "frozen", "frozen-per-timestep", "none"]),
  /**
   * `windows`: each from the initial state. `carried-windows`: windows in order that carry their state on. `stream`: one from
   * start to end. `parallel-streams`: evenly spaced streams side by side. `sequences`: each by itself.
   */
  reading: _enum(["windows", "carried-windows", "stream", "parallel-streams", "sequences"]),
  /** Only so many minibatches at the beginning of the part are read; null: all of them. */
  mostMinibatches: number2().int().positive().nullable()
});

// src/runs/contract.ts
var time2 = number2();
var step = number2().int().min(0);
var weightShareSchema = object({
  /** "layer 1 input", "layer 1 recurrent", "output" */
  matrix: string2(),
  /** Shares of negative, zero and positive weights among those drawn for this step; they sum to 1. */
  minus: number2(),
  zero: number2(),
  plus: number2(),
  /** Share of weights whose code differs from that of the previous report. */
  flips: number2(),
  /** Share of latent weights beyond W0, that a stochastic rule no longer draws; null where there is no such rule. */
  saturation: number2().nullable().default(null),
  /** Shares of latent weights in equal bins over [-limit, limit]. */
  histogram: object({ limit: number2(), shares: array(number2()).readonly() }).optional()
});
var runEventSchema = discriminatedUnion("type", [
  object({
    type: literal("started"),
    time: time2,
    /** First step that this owner computes: 0, or later after a resume. */
    step,
    steps: step,
    computeKernel: string2(),
    backend: string2(),
    threads: number2().int()
  }),
  object({
    type: literal("step"),
    time: time2,
    /** Steps done, 1-based: the first report has step 1. */
    step,
    /** Mean training cross-entropy in nats per character, word or sequence since the last report. */
    loss: number2(),
    /** The same in bits. */
    bpc: number2(),
    /** Share of right predictions since the last report. */
    accuracy: number2().optional(),
    learningRate: number2(),
    gradientNorm: number2(),
    /** Characters, words or sequences, whatever the task predicts. */
    charactersPerSecond: number2()
  }),
  object({
    type: literal("validation"),
    time: time2,
    step,
    loss: number2(),
    /** Bits per character, word or sequence. */
    bpc: number2(),
    /** Share of right predictions. */
    accuracy: number2().optional(),
    /** Absent in runs of earlier versions: `validationMethod` says what is known of those. */
    how: evaluationMethodSchema.optional()
  }),
  object({ type: literal("weights"), time: time2, step, matrices: array(weightShareSchema) }),
  object({ type: literal("checkpoint"), time: time2, step }),
  /** Stopped by the user; the checkpoint holds this step. */
  object({ type: literal("interrupted"), time: time2, step }),
  /** Training cannot go on, for example a loss that is not finite. */
  object({ type: literal("failed"), time: time2, step, message: string2() }),
  object({ type: literal("finished"), time: time2, step })
]);
var figuresSchema = object({
  /** "BPC", "perplexity" or "accuracy" (a share, 0 to 1). */
  measure: string2(),
  /** Of the weights that ship, author-style. */
  validation: number2().nullable(),
  /** Of what ships, as a device computes; null until evaluated. */
  deployableTest: number2().nullable(),
  /** As the paper's released code evaluates; null until evaluated. */
  authorStyleTest: number2().nullable(),
  /** How each figure was computed. Absent in runs of earlier versions: `figureMethods` says what is known of those. */
  how: object({
    validation: evaluationMethodSchema.nullable(),
    deployableTest: evaluationMethodSchema.nullable(),
    authorStyleTest: evaluationMethodSchema.nullable()
  }).optional()
});
var runResultSchema = object({
  version: literal(1),
  steps: step,
  trainingSeconds: number2(),
  computeKernel: string2(),
  backend: string2(),
  /** The figures by which the task is judged. */
  figures: figuresSchema.optional(),
  /** The figures of a character model once more, in bits per character; null for other tasks and until evaluated. */
  validationBpc: number2().nullable(),
  deployableTestBpc: number2().nullable(),
  authorStyleTestBpc: number2().nullable(),
  /** Share of right predictions, both ways; null until evaluated. */
  deployableTestAccuracy: number2().nullable().default(null),
  authorStyleTestAccuracy: number2().nullable().default(null),
  /** How the weights that ship were chosen, and the validation loss of all that could have been. */
  choice: string2().default("deterministic"),
  candidates: array(object({ choice: string2(), validationLoss: number2().nullable(), how: evaluationMethodSchema.optional() })).default([])
});
var runOwnerSchema = object({
  pid: number2().int(),
  /** Distinguishes a re-used pid: the process's start time as the platform tells it. */
  startedAt: string2(),
  host: string2()
});

// src/runs/safetensors.ts
var InvalidSafetensorsError = class extends Error {
  name = "InvalidSafetensorsError";
};
var arrays = { F32: Float32Array, I32: Int32Array, I8: Int8Array };
var lengthBytes = 8;
var maximumHeaderBytes = 1e8;
var metadataKey = "__metadata__";
var metadataSchema = record(string2(), string2());
var entrySchema = strictObject({
  dtype: _enum(["F32", "I32", "I8"]),
  shape: array(number2().int().nonnegative()),
  data_offsets: tuple([number2().int().nonnegative(), number2().int().nonnegative()])
});
function encodeSafetensors({ metadata, tensors: tensors2 }) {
  const ordered = Object.entries(tensors2).toSorted(byAlignmentThenName);
  let offset = 0;
  const entries = ordered.map(([name2, tensor]) => {
    checkTensor(name2, tensor);
    const start = offset;
    offset += tensor.data.byteLength;
    return [name2, { dtype: dtypeOf(tensor), shape: [...tensor.shape], data_offsets: [start, offset] }];
  });
  const header = Object.keys(metadata).length > 0 ? [[metadataKey, metadata], ...entries] : entries;
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)), "utf8");
  const headerBytes = Math.ceil(json.length / lengthBytes) * lengthBytes;
  const bytes = Buffer.alloc(lengthBytes + headerBytes + offset, " ");
  bytes.writeBigUInt64LE(BigInt(headerBytes), 0);
  json.copy(bytes, lengthBytes);
  ordered.forEach(([, { data: data2 }], index) => {
    const start = lengthBytes + headerBytes + entries[index][1].data_offsets[0];
    bytes.set(new Uint8Array(data2.buffer, data2.byteOffset, data2.byteLength), start);
  });
  return bytes;
}
function decodeSafetensors(bytes, place) {
  const fail = (fault) => new InvalidSafetensorsError(`${place} is not a valid safetensors file: ${fault}.`);
  const { header, dataStart } = readHeader3(bytes, fail);
  const metadata = readMetadata(header[metadataKey], fail);
  const entries = Object.entries(header).filter(([name2]) => name2 !== metadataKey).map(([name2, value]) => [name2, readEntry(name2, value, fail)]);
  checkLayout(entries, bytes.length - dataStart, fail);
  const tensors2 = entries.map(([name2, entry]) => [name2, readTensor(bytes, dataStart, entry)]);
  return { metadata, tensors: Object.fromEntries(tensors2) };
}
function readHeader3(bytes, fail) {
  if (bytes.length < lengthBytes) {
    throw fail(`it has ${bytes.length} bytes, fewer than the ${lengthBytes} of the header's length`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(maximumHeaderBytes, bytes.length - lengthBytes))) {
    throw fail(`its header should have ${length} bytes, the whole file has ${bytes.length}; it may be cut short`);
  }
  const dataStart = lengthBytes + Number(length);
  const header = parseJson(bytes.subarray(lengthBytes, dataStart));
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw fail("its header is not a JSON object");
  }
  return { header, dataStart };
}
function parseJson(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return void 0;
  }
}
function readMetadata(value, fail) {
  const parsed = metadataSchema.optional().safeParse(value);
  if (!parsed.success) {
    throw fail("its metadata is not an object of strings");
  }
  return parsed.data ?? {};
}
function readEntry(name2, value, fail) {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const { path: path5, message } = parsed.error.issues[0];
    throw fail(`tensor "${name2}", ${path5.join(".") || "entry"}: ${message}`);
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  const size = elements(shape) * arrays[dtype].BYTES_PER_ELEMENT;
  if (offsets[1] - offsets[0] !== size) {
    throw fail(`tensor "${name2}" (${dtype} [${shape.join(", ")}]) needs ${size} bytes, its range is ${offsets.join(" to ")}`);
  }
  return parsed.data;
}
function checkLayout(entries, dataBytes, fail) {
  let expected = 0;
  const inOrder = entries.toSorted(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  for (const [name2, { data_offsets: offsets }] of inOrder) {
    if (offsets[0] !== expected) {
      const fault = offsets[0] < expected ? "overlaps the tensor before it" : "leaves a gap before it";
      throw fail(`tensor "${name2}" begins at byte ${offsets[0]} of the data, not ${expected}, and ${fault}`);
    }
    expected = offsets[1];
  }
  if (expected !== dataBytes) {
    throw fail(`its tensors need ${expected} bytes, ${dataBytes} are there`);
  }
}
function readTensor(bytes, dataStart, entry) {
  const [start, end] = entry.data_offsets;
  const copy = new Uint8Array(bytes.subarray(dataStart + start, dataStart + end));
  return { shape: entry.shape, data: new arrays[entry.dtype](copy.buffer) };
}
function checkTensor(name2, { shape, data: data2 }) {
  if (name2 === metadataKey) {
    throw new TypeError(`A tensor cannot be named ${metadataKey}: safetensors keeps its metadata under this name.`);
  }
  if (elements(shape) !== data2.length) {
    throw new TypeError(`Tensor "${name2}" has ${data2.length} values, its shape [${shape.join(", ")}] ${elements(shape)}.`);
  }
}
function elements(shape) {
  return shape.reduce((product2, length) => product2 * length, 1);
}
function dtypeOf({ data: data2 }) {
  if (data2 instanceof Float32Array) {
    return "F32";
  }
  return data2 instanceof Int32Array ? "I32" : "I8";
}
function byAlignmentThenName([nameA, a], [nameB, b]) {
  const rank = ["F32", "I32", "I8"];
  return rank.indexOf(dtypeOf(a)) - rank.indexOf(dtypeOf(b)) || (nameA < nameB ? -1 : 1);
}

// test/fuzz/targets.ts
var data = Uint8Array.from({ length: 48 }, (_, index) => index * 37 & 255);
var images = [
  { name: "bytes", width: 8, depth: 48, data },
  { name: "words", width: 16, depth: 24, data },
  { name: "rows", width: 96, depth: 4, data }
];
var foreign = {
  "mem": ["110_00100_00\n@3 111_11111_11\n", "/* rom */ @2 0a_b // two\n	 FFF\n@0 x1\n"],
  "coe": ["Radix = 10;\nCoefficient_Width = 16;\nCoefData = -12, 5, 300, 5, -12;\n", "memory_initialization_radix=2;memory_initialization_vector=01,10;\n0c;"],
  "mif": ["-- a\ndepth = 8; % w % width = 4;\naddress_radix = dec; data_radix = bin;\ncontent\nbegin\n[0..3] : 01 10;\n4 : 11 111 0;\nend;\n", "100010001000\n000000001111\n"],
  "vhdl": [
    `package p is
  constant D : integer := 2**3;
  type t is array (0 to D - 1) of std_logic_vector(7 downto 0);
  constant c : t := (0 => x"12", 2 | 3 => "0011" & x"6", 4 to 5 => (others => '1'), 6 => std_logic_vector(to_unsigned(5, 8)), others => (7 => '1', others => '0'));
end package;
`,
    'signal ram : ram_t := (x"BA", 12x"8E", sx"F", 8d"100");'
  ],
  "c": [
    "#define N 0x3\ntypedef unsigned char u;\nstatic const PROGMEM u w[N] __attribute__((aligned(4))) = { -1, [1] = 'a', (u)0x7f, };\n",
    "const uint8_t r[2][3] = {{1,2,3},{4,5,6}};"
  ],
  "lattice": ["// c\n#Format=AddrHex\n#Depth=8\n#Width=16\n#AddrRadix=3\n#DataRadix=3\n#Data\n0: 0002 000A\n2: 00FF\n"],
  "gowin": ["#File_format=AddrHex\n#Address_depth=16\n#Data_width=16\n3:00FF\nA:1234\n"]
};
function filesOf(format) {
  const written = images.map((image) => Buffer.from(romWriters[format].write(image)));
  return [...written, ...(foreign[format] ?? []).map((text) => Buffer.from(text))];
}
function expecting(allowed, work) {
  try {
    work();
  } catch (error2) {
    if (!allowed.some((kind) => error2 instanceof kind)) {
      throw error2;
    }
  }
}
function useRom(name2, bytes, beside = {}) {
  const rom = romWith(name2, bytes, beside);
  romSnapshot(rom);
  if (rom.words.length > 0) {
    showReport(rom);
  }
  expecting([ConversionError], () => imageOfRom(rom, "fuzz"));
}
var romTargets = romFormats.map(
  (format) => ({ name: format, files: filesOf(format), read: (bytes) => useRom(`fuzz.${romWriters[format].extension}`, bytes) })
);
var manifest = JSON.stringify({
  kind: "tritloom-rom",
  model: { layers: [{ imagePrefix: "", units: 3, gateOrder: ["g", "f"], phases: [{ firstRow: 0, rows: 6 }] }] },
  macUnits: 4,
  images: [
    {
      name: "recurrent_weights",
      shape: [3, 6],
      encoding: { name: "twos-complement", bits: 2 },
      packing: { lanes: 4, bitOrder: "lsb-first", order: ["row group", "hidden unit"] },
      width: 8,
      depth: 6,
      files: [{ format: "mem", path: "fuzz.mem", sha256: "0" }]
    }
  ]
});
var manifestTarget = {
  name: "manifest",
  files: [Buffer.from(manifest)],
  read: (bytes) => useRom("fuzz.mem", Buffer.from("00\n01\n10\n11\n05\n14\n"), besideText(bytes.toString(), "fuzz.mem"))
};
var dump = "$timescale 1ns $end\n$scope module top $end\n$var string 0 ! msg $end\n$var wire 1 a gate [1] $end\n$var wire 1 b gate [0] $end\n$var wire 8 c data [7:0] $end\n$upscope $end\n$enddefinitions $end\n#0\nshello !\n0a\nxb\nb0101 c\n#5\n1a\nr1.5 !\n";
var vcdTarget = {
  name: "vcd",
  files: [Buffer.from(dump)],
  read: (bytes) => expecting([VcdError], () => {
    otherFormat("fuzz.vcd", bytes);
    const reader = new VcdReader({ definitions: (variables) => void joinedVectors(variables), time: () => {
    }, change: () => {
    } });
    reader.push(bytes.toString("latin1"));
    reader.end();
  })
};
var tensors = { a: { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) }, b: { shape: [4], data: Int8Array.from([1, 2, 3, 4]) } };
var safetensorsTarget = {
  name: "safetensors",
  files: [Buffer.from(encodeSafetensors({ metadata: { kind: "fuzz" }, tensors }))],
  read: (bytes) => expecting([InvalidSafetensorsError], () => void decodeSafetensors(bytes, "fuzz.safetensors"))
};
var csvTarget = {
  name: "csv",
  files: [Buffer.from('id,t,"a ""b""",class\r\n1,0,0.5,x\n1,1,-2e3,y\n"2\n",0,,z\n')],
  read: (bytes) => expecting([CsvError], () => void [...csvRows(bytes.toString())])
};
var eventsTarget = {
  name: "events",
  files: [Buffer.from('{"type":"step","version":1,"step":3,"time":5,"loss":0.5}\n')],
  read: (bytes) => expecting([SyntaxError], () => bytes.toString().split("\n").forEach((line) => runEventSchema.safeParse(JSON.parse(line))))
};
var targets = [...romTargets, manifestTarget, vcdTarget, safetensorsTarget, csvTarget, eventsTarget];

// test/fuzz/worker.ts
var { target: name, firstSeed, count: count4, progress } = import_node_worker_threads.workerData;
var target = targets.find((each) => each.name === name);
for (let seed = firstSeed; seed < firstSeed + count4; seed++) {
  progress[0] = seed;
  progress[1]++;
  try {
    target.read(mutated(seed, target.files));
  } catch (error2) {
    throw new Error(`${error2.name}: ${error2.message}
${error2.stack ?? ""}`, { cause: error2 });
  }
}
import_node_worker_threads.parentPort.postMessage("done");
