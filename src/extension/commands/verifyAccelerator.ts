import * as vscode from "vscode";
import * as z from "zod";
import { simulatorTitles as titles } from "../../hardware/verify/simulators.js";
import { notificationText } from "../notificationText.js";
import type { Services } from "../services.js";
import { runCommandLine } from "./commandLine.js";
import { argumentsOf, pickChip } from "./pickChip.js";
import { pickTrainedRun } from "./pickTrainedRun.js";
import { requireTrust } from "./requireTrust.js";

const command = "Verify Against Simulators";

const differenceSchema = z.object({ layer: z.number(), timestep: z.number(), unit: z.number(), gate: z.string(), expected: z.number(), got: z.number() });
const answerSchema = z.object({
  ok: z.boolean(),
  steps: z.number(),
  scheduleCycles: z.number(),
  simulators: z.array(z.object({ name: z.enum(["icarus", "verilator"]), version: z.string(), cycles: z.number(), firstDifference: differenceSchema.optional() })),
});
type Answer = z.infer<typeof answerSchema>;

/** Simulates a run's accelerator and tells whether it computes what the integer model does, in the cycles of the schedule. */
export async function verifyAccelerator(services: Services): Promise<void> {
  requireTrust(command);
  const run = await pickTrainedRun(services, command);
  const chip = run && (await pickChip(services, run, command));
  if (!chip) {
    return;
  }
  const answer = await runCommandLine(services.paths, command, ["verify", run.dir, ...argumentsOf(chip)]);
  if (answer !== undefined) {
    // The details of the run tell the outcome from now on.
    await services.runs.refresh(run.dir);
    await tell(run.summary.name, answerSchema.parse(answer));
  }
}

/** Shows a notification with a button, since one without shows its first line only. */
async function tell(run: string, answer: Answer): Promise<void> {
  const copy = "Copy";
  const words = inWords(run, answer);
  const shown = notificationText(words);
  const chosen = answer.ok ? await vscode.window.showInformationMessage(shown, copy) : await vscode.window.showErrorMessage(shown, copy);
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(words);
  }
}

function inWords(run: string, { ok, steps, scheduleCycles, simulators }: Answer): string {
  if (ok) {
    const names = simulators.map(({ name, version }) => `${titles[name]} ${version}`).join(" and ");
    return `${run}: ${names} equal the integer model in every gate, c and h of ${steps} timesteps, in the ${scheduleCycles} cycles of the schedule.`;
  }
  const faults = simulators.map(({ name, cycles, firstDifference: difference }) =>
    difference === undefined
      ? `${titles[name]} took ${cycles} cycles, the schedule says ${scheduleCycles}`
      : `${titles[name]} differs in layer ${difference.layer}, timestep ${difference.timestep}, unit ${difference.unit}, gate ${difference.gate}: ` +
        `expected ${difference.expected}, got ${difference.got}`,
  );
  return `${run}: ${faults.join("; ")}.`;
}
