/** What a chip, and what is written of it, can be told; as cells spell it. */
export const optionNames = [
  "macUnits",
  "columnsPerCycle",
  "activationBits",
  "cellBits",
  "constantBits",
  "lookUp.entries",
  "lookUp.interpolation",
  "deltaThreshold",
  "precision",
  "calibrate",
  "calibrate.timesteps",
  "clockMegahertz",
  "overwrite",
] as const;
export type OptionName = (typeof optionNames)[number];

/** What a user types for an option: "columnsPerCycle" in a cell, "--columns" on the command line. */
export type NameOption = (option: OptionName) => string;

const asInCells: NameOption = (option) => (option === "overwrite" ? "overwrite: true" : option);

/** An error whose words name options. Its message spells them as cells do; a place that spells them otherwise asks `wordsWith`. */
export interface NamesOptions extends Error {
  wordsWith(name: NameOption): string;
}

/** Whether an error can say its options in the words of another place, as the command line. */
export function namesOptions(error: unknown): error is NamesOptions {
  return error instanceof Error && typeof (error as Partial<NamesOptions>).wordsWith === "function";
}

/** An option has a value that it cannot have, or one is needed that is not there: wrong usage. */
export class OptionError extends RangeError implements NamesOptions {
  override readonly name = "RangeError";

  /** @param wordsWith the message, once options have names */
  constructor(readonly wordsWith: (name: NameOption) => string) {
    super(wordsWith(asInCells));
  }
}

/** "macUnits is 0; choose a whole number above 0." */
export function wrongOption(option: OptionName, value: unknown, remedy: string): OptionError {
  return new OptionError((name) => `${name(option)} is ${String(value)}; ${remedy}.`);
}

/** Work that stopped at something that an option would allow; `overwrite` as a rule. */
export class RefusedError extends Error implements NamesOptions {
  constructor(
    readonly wordsWith: (name: NameOption) => string,
    options?: ErrorOptions,
  ) {
    super(wordsWith(asInCells), options);
  }
}
