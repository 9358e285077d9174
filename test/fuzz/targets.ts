import { readFileSync } from "node:fs";
import { showReport } from "../../src/cli/romShow.js";
import { CsvError, csvRows } from "../../src/data/csv/rows.js";
import { romSnapshot } from "../../src/extension/romEditor/romSnapshot.js";
import { besideText } from "../../src/hardware/rom/besideManifest.js";
import { ConversionError, imageOfRom } from "../../src/hardware/rom/convert.js";
import { romFormatNames, romFormats, type RomFormat } from "../../src/romFormats/romFormats.js";
import { romWith } from "../../src/hardware/rom/romFile.js";
import type { RomImage } from "../../src/romFormats/romImage.js";
import { otherFormat } from "../../src/hardware/verify/otherWaveforms.js";
import { VcdError, VcdReader } from "../../src/hardware/verify/vcd.js";
import { joinedVectors } from "../../src/hardware/verify/vcdVectors.js";
import { snapshot } from "../webview/snapshots.js";
import { declaredNames } from "../../src/notebooks/declaredNames.js";
import { notebookHtml } from "../../src/notebooks/html/notebookHtml.js";
import { formatNotebook, type Notebook, NotebookError, parseAnyNotebook } from "../../src/notebooks/notebookFile.js";
import { notebookMarkdown } from "../../src/notebooks/notebookMarkdown.js";
import { ParameterError, readParameterFile } from "../../src/notebooks/parameters.js";
import { readSourceBytes } from "../../src/interop/sources/readSource.js";
import { SourceFileError } from "../../src/interop/sources/sourceFile.js";
import { formatScript, parseScript } from "../../src/notebooks/percentScript.js";
import { runEventSchema } from "../../src/runs/contract.js";
import { decodeSafetensors, encodeSafetensors, InvalidSafetensorsError } from "../../src/files/safetensors.js";

/** One reader. */
export interface Target {
  readonly name: string;
  /** Good files that cases are made from. */
  readonly files: readonly Buffer[];
  /** Reads a case as the product would; throws only what it should not. */
  read(bytes: Buffer): void;
}

const data = Uint8Array.from({ length: 48 }, (_, index) => (index * 37) & 0xff);
const images: readonly RomImage[] = [
  { name: "bytes", width: 8, depth: 48, data },
  { name: "words", width: 16, depth: 24, data },
  { name: "rows", width: 96, depth: 4, data },
];

/** What our writers do not use. */
const foreign: Partial<Record<RomFormat, readonly string[]>> = {
  "mem": ["110_00100_00\n@3 111_11111_11\n", "/* rom */ @2 0a_b // two\n\t FFF\n@0 x1\n"],
  "coe": ["Radix = 10;\nCoefficient_Width = 16;\nCoefData = -12, 5, 300, 5, -12;\n", "memory_initialization_radix=2;memory_initialization_vector=01,10;\n0c;"],
  "mif": ["-- a\ndepth = 8; % w % width = 4;\naddress_radix = dec; data_radix = bin;\ncontent\nbegin\n[0..3] : 01 10;\n4 : 11 111 0;\nend;\n", "100010001000\n000000001111\n"],
  "vhdl": [
    'package p is\n  constant D : integer := 2**3;\n  type t is array (0 to D - 1) of std_logic_vector(7 downto 0);\n  constant c : t := (0 => x"12", 2 | 3 => "0011" & x"6", 4 to 5 => (others => \'1\'), 6 => std_logic_vector(to_unsigned(5, 8)), others => (7 => \'1\', others => \'0\'));\nend package;\n',
    'signal ram : ram_t := (x"BA", 12x"8E", sx"F", 8d"100");',
  ],
  "c": [
    "#define N 0x3\ntypedef unsigned char u;\nstatic const PROGMEM u w[N] __attribute__((aligned(4))) = { -1, [1] = 'a', (u)0x7f, };\n",
    "const uint8_t r[2][3] = {{1,2,3},{4,5,6}};",
  ],
  "lattice": ["// c\n#Format=AddrHex\n#Depth=8\n#Width=16\n#AddrRadix=3\n#DataRadix=3\n#Data\n0: 0002 000A\n2: 00FF\n"],
  "gowin": ["#File_format=AddrHex\n#Address_depth=16\n#Data_width=16\n3:00FF\nA:1234\n"],
};

function filesOf(format: RomFormat): Buffer[] {
  const written = images.map((image) => Buffer.from(romFormats[format].write(image)));
  return [...written, ...(foreign[format] ?? []).map((text) => Buffer.from(text))];
}

/** Runs what throws for bad input, letting those errors pass. */
function expecting(allowed: readonly (new (...args: never[]) => Error)[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!allowed.some((kind) => error instanceof kind)) {
      throw error;
    }
  }
}

/** All that the product does with a ROM file after it was read. */
function useRom(name: string, bytes: Uint8Array, beside = {}): void {
  const rom = romWith(name, bytes, beside);
  romSnapshot(rom);
  if (rom.words.length > 0) {
    showReport(rom);
  }
  expecting([ConversionError], () => imageOfRom(rom, "fuzz"));
}

const romTargets = romFormatNames.map(
  (format): Target => ({ name: format, files: filesOf(format), read: (bytes) => useRom(`fuzz.${romFormats[format].extension}`, bytes) }),
);

const manifest = JSON.stringify({
  kind: "tritloom-rom",
  model: { layers: [{ imagePrefix: "", units: 3, gateOrder: ["g", "f"], phases: [{ firstRow: 0, rows: 6 }] }] },
  macUnits: 4,
  images: [
    {
      name: "recurrent_weights", shape: [3, 6], encoding: { name: "twos-complement", bits: 2 }, packing: { lanes: 4, bitOrder: "lsb-first", order: ["row group", "hidden unit"] },
      width: 8, depth: 6, files: [{ format: "mem", path: "fuzz.mem", sha256: "0" }],
    },
  ],
});
const manifestTarget: Target = {
  name: "manifest",
  files: [Buffer.from(manifest)],
  read: (bytes) => useRom("fuzz.mem", Buffer.from("00\n01\n10\n11\n05\n14\n"), besideText(bytes.toString(), "fuzz.mem")),
};

const dump = "$timescale 1ns $end\n$scope module top $end\n$var string 0 ! msg $end\n$var wire 1 a gate [1] $end\n$var wire 1 b gate [0] $end\n$var wire 8 c data [7:0] $end\n$upscope $end\n$enddefinitions $end\n#0\nshello !\n0a\nxb\nb0101 c\n#5\n1a\nr1.5 !\n";
const vcdTarget: Target = {
  name: "vcd",
  files: [Buffer.from(dump)],
  read: (bytes) =>
    expecting([VcdError], () => {
      otherFormat("fuzz.vcd", bytes);
      const reader = new VcdReader({ definitions: (variables) => void joinedVectors(variables), time: () => {}, change: () => {} });
      reader.push(bytes.toString("latin1"));
      reader.end();
    }),
};

const tensors = { a: { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) }, b: { shape: [4], data: Int8Array.from([1, 2, 3, 4]) } };
const safetensorsTarget: Target = {
  name: "safetensors",
  files: [Buffer.from(encodeSafetensors({ metadata: { kind: "fuzz" }, tensors }))],
  read: (bytes) => expecting([InvalidSafetensorsError], () => void decodeSafetensors(bytes, "fuzz.safetensors")),
};

/** Networks of other programs; the worker is a bundle elsewhere, so files are found from the checkout. */
function sourceTarget(name: string, files: readonly string[]): Target {
  const ending = files[0]!.slice(files[0]!.lastIndexOf("."));
  return {
    name,
    files: files.map((file) => readFileSync(`test/interop/sources/${file}`)),
    read: (bytes) => expecting([SourceFileError], () => void readSourceBytes(`fuzz${ending}`, bytes)),
  };
}

const sourceTargets = [
  sourceTarget("source safetensors", ["pytorch_embedding.safetensors", "pytorch_half.safetensors"]),
  sourceTarget("source ONNX", ["onnx_lstm.onnx", "onnx_gru1.onnx", "onnx_embedding.onnx"]),
  sourceTarget("source Keras", ["keras2_gru1.keras", "keras3_embedding.keras"]),
  sourceTarget("source HDF5", ["keras2_lstm.h5", "keras3_trained.h5", "keras3_lstm.weights.h5"]),
  sourceTarget("source PyTorch", ["pytorch_cell.pt", "pytorch_lstm.pt", "pytorch_checkpoint.pt"]),
];

const csvTarget: Target = {
  name: "csv",
  files: [Buffer.from('id,t,"a ""b""",class\r\n1,0,0.5,x\n1,1,-2e3,y\n"2\n",0,,z\n')],
  read: (bytes) => expecting([CsvError], () => void [...csvRows(bytes.toString())]),
};

const eventsTarget: Target = {
  name: "events",
  files: [Buffer.from('{"type":"step","version":1,"step":3,"time":5,"loss":0.5}\n')],
  read: (bytes) => expecting([SyntaxError], () => bytes.toString().split("\n").forEach((line) => runEventSchema.safeParse(JSON.parse(line)))),
};

/** A notebook in all its forms. */
function useNotebook(notebook: Notebook): void {
  const parts = { code: true, outputs: true };
  notebookHtml(notebook, "fuzz", parts, () => undefined);
  notebookMarkdown(notebook, parts, (name) => name);
  parseScript(formatScript(notebook), "fuzz.ts");
  formatNotebook(notebook);
}

const shape = { cell: "lstm", units: 8, inputs: 4, inputKind: "one-hot", precision: "ternary", macUnits: 4 };
const notebookFile = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "tritloom", language: "typescript", display_name: "T" } },
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: ["# A <!-- b -->\n", "![p](attachment:p.png) `x`\n```ts\n1\n```"], attachments: { "p.png": { "image/png": "AAAA" } } },
    {
      cell_type: "code", id: "b", metadata: { tags: ["parameters"] }, execution_count: 1, source: "const a = `${1}`; // b",
      outputs: [
        { output_type: "stream", name: "stdout", text: ["a\r\u001b[1mb"] },
        { output_type: "error", ename: "E", evalue: "m", traceback: ["at a"] },
        { output_type: "display_data", metadata: {}, data: { "text/html": "<table><tr><td style='color:red'>1</table><script>", "application/vnd.tritloom.training+json": snapshot({ reports: 3 }) } },
        { output_type: "display_data", metadata: {}, data: { "application/vnd.tritloom.schedule+json": { dir: "/r", name: "m", options: {}, shapes: [shape] }, "image/png": "AAAA" } },
      ],
    },
  ],
});
const notebookTarget: Target = {
  name: "notebook",
  files: [Buffer.from(notebookFile)],
  read: (bytes) => expecting([NotebookError], () => useNotebook(parseAnyNotebook(bytes.toString(), "fuzz.ipynb"))),
};

const script =
  '// ---\n// jupyter:\n//   kernelspec:\n//     name: tritloom\n//     language: typescript\n// ---\n\n// %% Title [markdown] tags=["a"] id="b"\n// # T\n//\n// x\n\n// %% {"my key": [1, {"a": null}]}\nconst a = 1;\n// // %% b\n';
const scriptTarget: Target = {
  name: "script",
  files: [Buffer.from(script)],
  read: (bytes) => expecting([NotebookError], () => useNotebook(parseScript(bytes.toString(), "fuzz.ts"))),
};

const parametersTarget: Target = {
  name: "parameters",
  files: [Buffer.from('{ "steps": 400, "list": [1, "a"] }'), Buffer.from("const { a, b: c } = d, e = `${f}`;\nlet g: Map<string, number>\n")],
  read: (bytes) => {
    declaredNames(bytes.toString());
    expecting([ParameterError], () => void readParameterFile(bytes.toString(), "fuzz.json"));
  },
};

export const targets: readonly Target[] = [
  ...[...romTargets, manifestTarget, vcdTarget, safetensorsTarget, csvTarget, eventsTarget],
  ...[notebookTarget, scriptTarget, parametersTarget, ...sourceTargets],
];
