import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { verilogModules } from "../../../src/hardware/rtl/modules.js";
import type { VerilogModule } from "../../../src/hardware/rtl/modules.js";
import { runToSuccess } from "../../hardware/tools.js";

export interface Port {
  readonly bits: number;
  readonly isSigned?: boolean;
}

export type Ports = Readonly<Record<string, Port>>;

/** One instance of a block, and what is on its inputs in each cycle. */
export interface Block<Inputs extends Ports = Ports, Outputs extends Ports = Ports> {
  readonly module: VerilogModule;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  /** A row a cycle; of combinational blocks a row is a case. */
  readonly rows: readonly Readonly<Record<keyof Inputs, number | bigint>>[];
  /** Whether it has a port `clock`. Default true. */
  readonly isClocked?: boolean;
}

/** What was on the outputs in each cycle, before its clock edge; `undefined` where a bit was unknown. */
export type Outcome<Outputs extends Ports = Ports> = Readonly<Record<keyof Outputs, number | undefined>>;

/**
 * Runs blocks side by side in Icarus Verilog.
 * @param files of the simulation's folder, for the ROMs
 * @returns the outcomes of each block, row by row
 */
export function simulateBlocks<const Blocks extends readonly Block[]>(
  blocks: Blocks,
  files: Readonly<Record<string, string>> = {},
): { [B in keyof Blocks]: Blocks[B] extends Block<Ports, infer Outputs> ? Outcome<Outputs>[] : never } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "tritloom-block-"));
  try {
    const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
    Object.entries(files).forEach(([name, text]) => write(name, text));
    write("modules.v", Object.values(verilogModules).join("\n"));
    write("drivers.v", blocks.map(driver).join("\n"));
    blocks.forEach((block, index) => write(`driver_${index}.rows`, block.rows.map((row) => `${rowBits(block, row)}\n`).join("")));
    const tops = blocks.flatMap((_, index) => ["-s", `driver_${index}`]);
    runToSuccess("iverilog", ["-g2012", ...tops, "-o", "blocks.vvp", "drivers.v", "modules.v"], { cwd: folder });
    const { stdout } = runToSuccess("vvp", ["-n", "blocks.vvp"], { cwd: folder });
    const outcomes = readOutcomes(blocks, stdout);
    return outcomes as unknown as ReturnType<typeof simulateBlocks<Blocks>>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function driver({ module, parameters, inputs, outputs, rows, isClocked = true }: Block, index: number): string {
  const width = Object.values(inputs).reduce((sum, { bits }) => sum + bits, 0);
  let least = width;
  const inputPins = Object.entries(inputs).map(([name, { bits }]) => {
    least -= bits;
    return `.${name}(row[${least + bits - 1}:${least}])`;
  });
  const outputPins = Object.keys(outputs).map((name) => `.${name}(${name})`);
  const pins = [...(isClocked ? [".clock(clock)"] : []), ...inputPins, ...outputPins];
  const values = Object.entries(parameters).map(([name, value]) => `.${name}(${JSON.stringify(value)})`);
  return `
module driver_${index};
    reg clock = 1'b0;
    reg [${width - 1}:0] rows [0:${rows.length - 1}];
    reg [${width - 1}:0] row;
    integer number;
${Object.entries(outputs).map(([name, { bits }]) => `    wire [${bits - 1}:0] ${name};\n`).join("")}
    ${module} #(${values.join(", ")}) dut (${pins.join(", ")});
    initial begin
        $readmemb("driver_${index}.rows", rows);
        for (number = 0; number < ${rows.length}; number = number + 1) begin
            row = rows[number];
            #1 $display("${[index, ...Object.keys(outputs).map(() => "%b")].join(" ")}", ${Object.keys(outputs).join(", ")});
            #1 clock = 1'b1;
            #1 clock = 1'b0;
        end
    end
endmodule
`;
}

function rowBits({ inputs }: Block, row: Block["rows"][number]): string {
  return Object.entries(inputs)
    .map(([name, { bits }]) => BigInt.asUintN(bits, BigInt(row[name]!)).toString(2).padStart(bits, "0"))
    .join("");
}

function readOutcomes(blocks: readonly Block[], text: string): Outcome[][] {
  const outcomes = blocks.map((): Outcome[] => []);
  for (const line of text.trimEnd().split("\n")) {
    const [index, ...words] = line.split(" ");
    const ports = Object.entries(blocks[Number(index)]!.outputs);
    outcomes[Number(index)]!.push(Object.fromEntries(ports.map(([name, port], place) => [name, readWord(words[place]!, port)])));
  }
  return outcomes;
}

function readWord(word: string, { bits, isSigned = false }: Port): number | undefined {
  if (!/^[01]+$/.test(word)) {
    return undefined;
  }
  const value = BigInt(`0b${word}`);
  return Number(isSigned ? BigInt.asIntN(bits, value) : value);
}
