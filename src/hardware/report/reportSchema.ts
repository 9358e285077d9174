import * as z from "zod";
import { blocks } from "./areaModel.js";
import { figureSchema } from "./figure.js";
import { deviceResources } from "./fpgaDevices.js";
import { fpgaFamilies } from "./fpgaFamilies.js";

/** For a part whose tool is not on the machine. */
const missing = z.strictObject({ missing: z.string().describe("the tool that is not there, and how to install it, or why there is no figure") });

const memorySchema = z.strictObject({
  weights: figureSchema,
  scales: figureSchema,
  shifts: figureSchema,
  initialStates: figureSchema,
  lookUpTables: figureSchema.describe("of sigmoid and tanh, each as often as it is placed"),
  padding: figureSchema.describe("unused lanes of the last row group of each phase"),
  shipped: figureSchema.describe("the sum of all of these: the ROMs of the generated Verilog"),
  host: figureSchema.optional().describe("output layer and word vectors, in single precision on the host; absent for a network without"),
  float32: figureSchema.describe("the same layers in 32-bit floating point, with biases"),
  fixed12: figureSchema.describe("the same layers in 12-bit fixed point, with biases"),
  savingAgainstFloat32: figureSchema.describe("of the recurrent layers, all constants and tables counted"),
  savingAgainstFixed12: figureSchema.describe("of the recurrent layers, all constants and tables counted"),
  wholeModelSavingAgainstFloat32: figureSchema.optional().describe("the same with `host` on both sides"),
  wholeModelSavingAgainstFixed12: figureSchema.optional().describe("the same with `host` on both sides, in 32-bit floating point"),
  weightSavingAgainstFloat32: figureSchema.describe("of the recurrent layers, weights against weights"),
  weightSavingAgainstFixed12: figureSchema.describe("of the recurrent layers, weights against weights"),
});

const areaSchema = z.strictObject({
  library: z.string().describe("name of the standard cell library"),
  macUnits: z.int().describe("of each layer"),
  blocks: z.array(z.strictObject({ block: z.enum(blocks), area: figureSchema, cells: figureSchema })),
  ofBlocks: figureSchema.describe("the sum of `blocks`, each mapped by itself; `total` differs by what mapping across blocks saves and what buffers between them take"),
  total: figureSchema.describe("of the flattened netlist that is timed; cells only: weight ROMs, look-up ROMs and state memories are counted in bits"),
  cells: figureSchema,
  lanes: z
    .array(z.strictObject({ macUnit: figureSchema, registers: figureSchema }))
    .describe("area that one more MAC unit adds, for each layer: the unit, and its place in the array's second register set"),
  stateMemoryBits: figureSchema.describe("hidden and cell states, gate buffers, stream buffers; in no area"),
  scaled: z.array(figureSchema).describe("`total` at other nodes; empty for a library whose node is not known"),
});

const timingSchema = z.strictObject({
  cyclesPerTimestep: figureSchema,
  throughput: z
    .union([
      z.strictObject({
        clock: figureSchema,
        origin: z.enum(["found", "given"]).describe("the highest clock of `cells`, or one that was asked for"),
        isReachable: z.boolean().nullable().describe("whether the cells reach `clock`; null where `cells` is missing"),
        timestepsPerSecond: figureSchema,
        effectiveThroughput: figureSchema,
        peakThroughput: figureSchema,
      }),
      missing,
    ])
    .describe("at one clock; missing where none was found and none was asked for"),
  cells: z.union([
    z.strictObject({ period: figureSchema, frequency: figureSchema, startPoint: z.string(), endPoint: z.string() }).describe(
      "slowest path of the flattened, buffered netlist with all its MAC units, between clock edges of flip-flops and memories; wires and clock tree are not in it",
    ),
    missing,
  ]),
});

const energySchema = z.strictObject({
  table: z
    .strictObject({
      multiplyAccumulate: figureSchema,
      weightReads: figureSchema.describe("of both matrices, the rows of symbols among them"),
      recurrentColumns: z.array(figureSchema).describe("read in a timestep, for each layer: all, or what delta updates read on average"),
      hiddenStates: figureSchema.describe("reads and writes of h, and of a GRU's second copy of it and r h"),
      gates: figureSchema.describe("reads and writes of gates that wait for others of the same unit"),
      cellStates: figureSchema.describe("reads and writes"),
      constantReads: figureSchema.describe("scales and shifts of gate rows and of cell states"),
      lookUpTables: figureSchema.describe("reads of the tables of sigmoid and tanh"),
      streams: figureSchema.describe("reads and writes of frames of features, of h between layers and at the output"),
      deltaMemories: figureSchema.describe("reads and writes of the kept sums, references and list of changes of delta updates"),
      postProcessing: figureSchema.describe("scaling, interpolation in tables, element-wise products"),
      total: figureSchema,
      weightReadsFromDram: figureSchema.describe("what `weightReads` would be with all weights in DRAM; not in `total`"),
    })
    .describe("of one timestep within a sequence: every word that is read and used or written, by the size of its memory, and the arithmetic"),
  cells: z.union([
    z.strictObject({
      perCycle: figureSchema.describe("cells only, vectorless: every net switches at the same given rate"),
      perTimestep: figureSchema,
      power: figureSchema.describe("at the clock of `timing.throughput`"),
    }),
    missing,
  ]),
  toggles: z.union([
    z.strictObject({
      arrays: z
        .array(
          z.strictObject({
            perOperation: figureSchema.describe("of one multiply-accumulate of one lane, with its share of the array: charge of the input pins of cells"),
            clock: figureSchema.describe("the part of it that the clock's pins take"),
            vectorless: figureSchema.describe("`perOperation` if every net but the clock switched at the same given rate"),
            activity: figureSchema.describe("toggles of a net in a cycle, the mean over all nets but the clock"),
          }),
        )
        .describe("each layer's MAC array"),
    }),
    missing,
  ]),
});

const use = z.strictObject({ needed: figureSchema, available: figureSchema });

const fpgaSchema = z.strictObject({
  families: z.array(
    z.strictObject({
      family: z.enum(fpgaFamilies),
      title: z.string(),
      luts: figureSchema,
      carries: figureSchema,
      flipFlops: figureSchema,
      blockRams: figureSchema.describe("of 4 Kbit (iCE40) or 18 Kbit; with all weights, constants and tables"),
      lutRams: figureSchema,
      dsps: figureSchema,
      devices: z.array(
        z.strictObject({
          device: z.string(),
          lacks: z.array(z.enum(deviceResources)).describe("of what the device has too little; empty: it fits, before placement"),
          logic: use.describe("tables, with those that carries and LUT RAM take; at least so many"),
          flipFlops: use,
          blockRams: use,
          dsps: use,
        }),
      ),
    }),
  ),
  placed: z
    .array(
      z.union([
        z.strictObject({
          device: z.string(),
          frequency: figureSchema,
          utilisation: z.array(z.strictObject({ resource: z.string().describe("as nextpnr names it"), used: figureSchema, available: figureSchema })),
          path: z.strictObject({ startPoint: z.string(), endPoint: z.string(), delay: figureSchema }).optional().describe("the slowest, of the routed design"),
        }),
        missing,
      ]),
    )
    .optional(),
});

export const hardwareReportSchema = z.strictObject({
  version: z.literal(2),
  subject: z.string().describe("the network and its array, in words"),
  memory: memorySchema,
  area: areaSchema,
  timing: timingSchema,
  energy: energySchema,
  fpga: fpgaSchema,
});

/** What a run's accelerator takes: memory, area, time, energy. Every number is a `Figure`. */
export type HardwareReport = z.infer<typeof hardwareReportSchema>;
export type MemoryPart = HardwareReport["memory"];
export type AreaPart = HardwareReport["area"];
export type TimingPart = HardwareReport["timing"];
export type EnergyPart = HardwareReport["energy"];
export type TogglePart = EnergyPart["toggles"];
export type FpgaPart = HardwareReport["fpga"];

/** JSON Schema of a report, for programs in other languages. */
export function reportJsonSchema(): object {
  return { title: "Tritloom hardware report", ...z.toJSONSchema(hardwareReportSchema, { reused: "ref" }) };
}
