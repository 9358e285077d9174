import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { version as toolVersion } from "../../package.json";
import { type ChipOptions, chipOptionsSchema, optionsInWords } from "../hardware/chipOptions.js";
import { defaultMacUnits } from "../hardware/schedule/shape.js";
import { simulatorNames, simulatorTitles } from "../hardware/verify/simulators.js";
import type { Verification } from "../hardware/verify/verify.js";
import { writeFileAtomically } from "../files/atomicFile.js";
import { runFiles } from "../runs/runFiles.js";
import { printableLine } from "../text/printable.js";

/** The last comparison of a run's accelerator with simulators: `verified.json` in the run's directory. */

const count = z.number().int().min(0);

const simulatorSchema = z.object({
  name: z.enum(simulatorNames),
  version: z.string().transform(printableLine),
  cycles: count,
  mismatches: count,
  firstDifference: z
    .object({ layer: count, timestep: count, unit: count, gate: z.string().transform(printableLine), expected: z.number(), got: z.number().nullable() })
    .optional(),
});

export const verifiedRunSchema = z.object({
  version: z.literal(1),
  tool: z.object({ name: z.literal("tritloom"), version: z.string() }),
  time: z.iso.datetime().describe("When it ended, in UTC."),
  model: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).describe("Of the model's file that was verified: another model is not."),
  chip: chipOptionsSchema,
  stalls: z.boolean().describe("Both streams paused at random; cycles were then not compared."),
  ok: z.boolean(),
  steps: count.describe("Timesteps, of the validation part."),
  scheduleCycles: count,
  simulators: z.array(simulatorSchema).min(1),
});
export type VerifiedRun = z.infer<typeof verifiedRunSchema>;

/** What a run's directory says of its verification. */
export interface VerificationReading {
  readonly verified: VerifiedRun;
  /** The run ships the model that was verified. */
  readonly isOfThisModel: boolean;
}

/** What was verified, beside the outcome. */
export interface VerifiedChip {
  readonly options: ChipOptions;
  readonly stalls: boolean;
  /** The digest of the model's file when the verification began. */
  readonly sha256: string;
}

/** SHA-256 of the file of the model that a run ships. @throws the file system's error when there is none */
export async function modelDigest(dir: string): Promise<string> {
  return createHash("sha256").update(await readFile(path.join(dir, runFiles.model))).digest("hex");
}

/**
 * Keeps a verification with its run; it replaces the one before.
 * @throws the file system's error
 */
export async function keepVerification(dir: string, { ok, steps, scheduleCycles, simulators }: Verification, { options, stalls, sha256 }: VerifiedChip): Promise<void> {
  const verified: VerifiedRun = {
    version: 1,
    tool: { name: "tritloom", version: toolVersion },
    time: new Date().toISOString(),
    model: { sha256 },
    chip: options,
    stalls,
    ok,
    steps,
    scheduleCycles,
    simulators: simulators.map((simulator) => ({ ...simulator })),
  };
  await writeFileAtomically(path.join(dir, runFiles.verified), `${JSON.stringify(verified, null, 2)}\n`);
}

/**
 * The last verification of a run.
 * @returns undefined when it was never verified, or the file is none of this version: what cannot be read claims nothing
 */
export async function readVerification(dir: string): Promise<VerificationReading | undefined> {
  const text = await readFile(path.join(dir, runFiles.verified), "utf8").catch(() => undefined);
  const verified = text === undefined ? undefined : parsed(text);
  return verified && { verified, isOfThisModel: (await modelDigest(dir).catch(() => undefined)) === verified.model.sha256 };
}

function parsed(text: string): VerifiedRun | undefined {
  try {
    return verifiedRunSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** "equal to the integer model in Icarus Verilog 12.0 (50 timesteps, 64 MAC units of 1 column, delta off; 2026-11-29)" */
export function verificationInWords({ verified, isOfThisModel }: VerificationReading): string {
  const { ok, steps, chip, time, simulators } = verified;
  const names = simulators.map(({ name, version }) => `${simulatorTitles[name]} ${version}`).join(" and ");
  const facts = `${steps} timesteps, ${optionsInWords({ macUnits: defaultMacUnits, ...chip })}; ${time.slice(0, 10)}`;
  const outcome = `${ok ? "equal to" : "different from"} the integer model in ${names} (${facts})`;
  return isOfThisModel ? outcome : `of an earlier model of this run only, verify again: ${outcome}`;
}
