import { parseArgs } from "node:util";
import { guideLines, type GuidePage } from "./guide.js";

/** A command line that names nothing that can be done; exit code 2. The message names the value and the remedy. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

interface Operand {
  readonly name: string;
  readonly description: string;
  readonly isOptional?: boolean;
  /** The last operand may be given any number of times. */
  readonly isRepeated?: boolean;
}

interface Option {
  readonly description: string;
  /** Name of the option's value in the help; without it the option is a switch. */
  readonly value?: string;
  /** A letter that may stand for the option. */
  readonly short?: string;
  /** The command does nothing without it. */
  readonly isRequired?: boolean;
  /** Name of an operand that is left out where this option is given: one of the two is required. */
  readonly replaces?: string;
}

/** What is printed when a command is done: `text` for people, or with `--json` the members of one JSON object. */
export interface Report {
  readonly text: string;
  /** Text that is printed as it is, in place of `text`: its lines end in \r\n, or another program reads it. */
  readonly exact?: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** The work was done and its outcome is bad: exit code 1, and `ok` is false. */
  readonly isFailure?: boolean;
}

/** What follows a command on the command line, read by its table. */
export interface CommandLine {
  readonly operands: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly switches: ReadonlySet<string>;
}

/** One command: the table that its help and its parsing are made of, and its work. */
export interface Command {
  readonly summary: string;
  /** The page of the guide that shows it at work; none: help names the index. */
  readonly guide?: GuidePage;
  readonly operands: readonly Operand[];
  readonly options: Readonly<Record<string, Option>>;
  /** @throws UsageError for exit code 2, anything else for exit code 1 */
  work(line: CommandLine): Promise<Report>;
}

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, Option>> = {
  json: { description: "print one JSON object as the last line of standard output" },
  help: { description: "show this help", short: "h" },
};

/** "rtl (RUN | --random SEED) --out DIR [--steps N] …": what is required stands without brackets. */
export function synopsis(name: string, { operands, options }: Command): string {
  const all = Object.entries({ ...options, json: commonOptions.json! });
  const places = operands.map(({ name: place, isOptional, isRepeated }) => {
    const instead = all.find(([, { replaces }]) => replaces === place);
    const many = isRepeated ? `${place}…` : place;
    const optional = isOptional ? `[${many}]` : many;
    return instead === undefined ? optional : `(${many} | ${flag(...instead)})`;
  });
  const required = all.filter(([, { isRequired }]) => isRequired).map((option) => flag(...option));
  const others = all.filter(([, { isRequired, replaces }]) => !isRequired && replaces === undefined).map((option) => `[${flag(...option)}]`);
  return [name, ...places, ...required, ...others].join(" ");
}

function flag(option: string, { value }: Option): string {
  return `--${option}${value === undefined ? "" : ` ${value}`}`;
}

/** What `tritloom NAME --help` prints. */
export function commandHelp(name: string, command: Command): string {
  const rows = [
    ...command.operands.map(({ name: operand, description }) => [operand, description] as const),
    ...Object.entries({ ...command.options, ...commonOptions }).map(
      ([name, option]) => [flag(name, option), option.isRequired ? `${option.description}; required` : option.description] as const,
    ),
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  const table = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return [`Usage: tritloom ${synopsis(name, command)}`, "", command.summary, "", ...table, "", ...guideLines(command.guide ?? "README")].join("\n");
}

/**
 * Reads what follows a command's name.
 * @throws UsageError for an unknown option, a missing value or required option, and too few or too many operands
 */
export function readCommandLine(name: string, command: Command, args: readonly string[]): CommandLine {
  const { values, positionals } = parse(name, command, args);
  const given = Object.entries(values);
  const switches = new Set(given.filter(([, value]) => value === true).map(([option]) => option));
  if (!switches.has("help")) {
    checkOperands(name, command, positionals);
  }
  const missing = Object.entries(command.options).find(([option, { isRequired }]) => isRequired && values[option] === undefined);
  if (missing !== undefined && !switches.has("help")) {
    throw new UsageError(`${name} needs ${flag(...missing)}: ${missing[1].description}.`);
  }
  const texts = given.flatMap(([option, value]) => (typeof value === "string" ? [[option, value] as const] : []));
  return { operands: positionals, values: Object.fromEntries(texts), switches };
}

/**
 * A whole number given as an option.
 * @throws UsageError
 */
export function positiveInteger(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new UsageError(`--${option} ${text}: give a whole number above 0.`);
  }
  return Number(text);
}

/**
 * An option's value out of a list.
 * @throws UsageError for a value that is none of the known ones
 */
export function oneOf<const T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) {
    throw new UsageError(`--${option} ${value}: choose from ${known.join(", ")}.`);
  }
  return found;
}

/**
 * The same, from 0.
 * @throws UsageError
 */
export function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError(`--${option} ${text}: give a whole number from 0.`);
  }
  return Number(text);
}

function parse(name: string, command: Command, args: readonly string[]) {
  const all = { ...command.options, ...commonOptions };
  const options = Object.fromEntries(
    Object.entries(all).map(([option, { value, short }]) => [
      option,
      { type: value === undefined ? "boolean" : "string", ...(short !== undefined && { short }) } as const,
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [fault] = (error as Error).message.split(/\.\s/);
    const known = Object.keys(all).map((option) => `--${option}`).join(", ");
    throw new UsageError(`${fault}; the options of ${name} are ${known}.`, { cause: error });
  }
}

function checkOperands(name: string, { operands }: Command, given: readonly string[]): void {
  const missing = operands.find(({ isOptional }, index) => !isOptional && given[index] === undefined);
  if (missing !== undefined) {
    throw new UsageError(`${name} needs ${missing.name}: ${missing.description}.`);
  }
  if (given.length > operands.length && !operands.at(-1)?.isRepeated) {
    throw new UsageError(`${name} does not take "${given[operands.length]}": quote paths that hold blanks.`);
  }
}
