import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { fixModel } from "../../src/hardware/fixModel.js";
import { randomNetwork, randomSequence } from "../../src/hardware/randomNetwork.js";
import { firstDivergence } from "../../src/hardware/verify/divergence.js";
import { modelTrace, traceLayout } from "../../src/hardware/verify/trace.js";
import { simulatorTrace, vcdFileTrace } from "../../src/hardware/verify/traceSources.js";
import { inTemporaryFolder } from "../../src/files/temporary.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();
const model = randomNetwork({ seed: 5, cell: "lstm", precision: "ternary", units: 5, inputs: 4 });
const fixed = fixModel(model);
const layout = traceLayout(fixed);
const sequences = [randomSequence(model, 1, 3)];
let dump: string;

beforeAll(async () => {
  dump = await inTemporaryFolder("dump", async (folder) => {
    await simulatorTrace("icarus", folder, fixed, 4, sequences);
    return readFileSync(path.join(folder, "accelerator.vcd"), "latin1");
  });
});

async function agrees(file: string): Promise<void> {
  const { divergence, compared } = await firstDivergence(layout, modelTrace(fixed, sequences), vcdFileTrace(file, layout));
  expect(divergence).toBeUndefined();
  expect(compared).toBeGreaterThan(50);
}

/** The dump with a variable for each bit, as ModelSim writes it, and with strings, reals and events, as GHDL and Vivado do. */
function split(text: string): string {
  const bits = new Map<string, number>();
  const declared = text.replace(/^\$var (\w+) (\d+) (\S+) (\w+) \[(\d+):0\] \$end$/gm, (_, kind: string, size: string, code: string, name: string) => {
    bits.set(code, Number(size));
    return Array.from({ length: Number(size) }, (__, bit) => `$var ${kind} 1 ${code}_${bit} ${name} [${bit}] $end`).join("\n");
  });
  const others = "$var string 0 s! text $end\n$var real 64 r! level $end\n$var event 1 e! tick $end\n$enddefinitions $end\nshello s!\nr0.5 r!\n1e!";
  return declared.replace("$enddefinitions $end", others).replace(/^b([01xz]+) (\S+)$/gm, (line, value: string, code: string) => {
    const count = bits.get(code);
    const filled = value.padStart(count ?? 0, /[xz]/.test(value[0]!) ? value[0] : "0");
    return count === undefined ? line : Array.from({ length: count }, (_, bit) => `${filled[count - 1 - bit]}${code}_${bit}`).join("\n");
  });
}

test("nets that are split into bits are joined; strings, reals and events are passed over", async () => {
  const text = split(dump);
  expect(text).toMatch(/\$var \w+ 1 \S+ gate_name \[1\] \$end/);
  const file = path.join(root.path, "split.vcd");
  writeFileSync(file, text, "latin1");
  await agrees(file);
});

test("a wrong bit of a split net is found", async () => {
  const text = split(dump);
  const code = /\$var \w+ 1 (\S+) write_hidden \[0\] \$end/.exec(text)![1]!;
  const file = path.join(root.path, "wrong.vcd");
  const escaped = code.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  writeFileSync(file, text.replace(new RegExp(`^[01]${escaped}$`, "gm"), `z${code}`), "latin1");
  const { divergence } = await firstDivergence(layout, modelTrace(fixed, sequences), vcdFileTrace(file, layout));
  expect(divergence).toMatchObject({ signal: "h", got: "x" });
});

test("a packed dump says what it is and the tool that unpacks it", async () => {
  const file = path.join(root.path, "packed.vcd.gz");
  writeFileSync(file, gzipSync(dump));
  await expect(agrees(file)).rejects.toThrow("It is compressed by gzip, not a value change dump. Make one with: gunzip -c packed.vcd.gz > dump.vcd.");
});

test.each([
  ["a.fst", "\0\0\0\0\0\0\0\x01\x49 more", "It is an FST waveform, not a value change dump. Make one with: fst2vcd a.fst > dump.vcd."],
  ["a.lxt2", "\x13\x80\0\x01", "It is an LXT2 waveform, not a value change dump. Make one with: lxt2vcd a.lxt2 > dump.vcd."],
  ["a.ghw", "GHDLwave\n\x10\x22\0\x01", "It is a GHW waveform,"],
  ["a.wlf", "\0\x02unknown", "It is a WLF waveform of Questa or ModelSim, not a value change dump. Make one with: wlf2vcd a.wlf > dump.vcd."],
  ["a.dat", "\x7fELF\x02\0", "It is binary, not a value change dump, which is text."],
  ["a.evcd", "$date today $end $scope module t $end $var port 8 <0 d $end", "This is an extended value change dump ($dumpports)"],
])("%s is named", async (name, content, message) => {
  const file = path.join(root.path, name);
  writeFileSync(file, content, "latin1");
  await expect(agrees(file)).rejects.toThrow(message);
});
