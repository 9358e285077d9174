import * as vscode from "vscode";
import { chipArguments } from "../../jobs/chipArguments.js";
import { type ChipOptions, isMacUnits, mostMacUnits, optionsInWords } from "../../hardware/chipOptions.js";
import { defaultMacUnits } from "../../hardware/schedule/shape.js";
import type { ListedRun } from "../runs/runList.js";
import type { Services } from "../services.js";

/** The run's chip in words, as every command shows it before it works. */
export function chipText({ pipeline }: Pick<Services, "pipeline">, { dir }: ListedRun): string {
  return optionsInWords({ macUnits: defaultMacUnits, ...pipeline.optionsOf(dir) });
}

/**
 * Shows the run's chip and asks for P, the multiply-accumulate units of a layer; the answer becomes the run's chip, so that panel and
 * files are of one.
 * @param command as the user knows it, for the title
 * @returns undefined when the user gives up
 */
export async function pickChip({ pipeline }: Pick<Services, "pipeline">, run: ListedRun, command: string): Promise<ChipOptions | undefined> {
  const options = pipeline.optionsOf(run.dir);
  const text = await vscode.window.showInputBox({
    title: `${command}: multiply-accumulate units`,
    value: String(options.macUnits ?? defaultMacUnits),
    prompt: `The chip: ${chipText({ pipeline }, run)}. Its other options are chosen in Accelerator Pipeline, or by a cell.`,
    validateInput: (typed) => (isMacUnits(numberIn(typed)) ? undefined : `"${typed}" is not a whole number from 1 to ${mostMacUnits}.`),
  });
  if (text === undefined) {
    return undefined;
  }
  const chosen = { ...options, macUnits: numberIn(text) };
  pipeline.choose(run.dir, chosen);
  return chosen;
}

function numberIn(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
}

/** On the command line; the clock is left out, since no file depends on it. */
export function argumentsOf({ clockMegahertz: _clock, ...options }: ChipOptions): string[] {
  return chipArguments(options);
}
