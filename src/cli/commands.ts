import { version } from "../../package.json";
import { namesOptions, OptionError } from "../text/optionError.js";
import { jsonLine, printableLines } from "../text/printable.js";
import { exitCodeOf } from "../files/leftovers.js";
import { asOnCommandLine } from "../jobs/chipArguments.js";
import { type Command, commandHelp, readCommandLine, type Report, UsageError } from "./command.js";
import { convertCommand } from "./convert.js";
import { divergeCommand } from "./diverge.js";
import { exportCommand } from "./export.js";
import { guideLines } from "./guide.js";
import { importCommand } from "./import.js";
import { EndedBySignalError } from "./interruption.js";
import { kernelsCommand } from "./kernels.js";
import { lspCommand } from "./lsp.js";
import { jupyterCommand } from "./jupyter.js";
import { ngramCommand } from "./ngram.js";
import { onnxCommand } from "./onnx.js";
import { predictCommand } from "./predict.js";
import { reportCommand } from "./report.js";
import { resumeCommand } from "./resume.js";
import { romCommand } from "./rom.js";
import { runsCommand } from "./runs.js";
import { rtlCommand } from "./rtl.js";
import { scheduleCommand } from "./schedule.js";
import { scoreCommand } from "./score.js";
import { tell } from "./terminal.js";
import { verifyCommand } from "./verify.js";

/** Every command but `run`, by name. */
export const commands: Readonly<Record<string, Command>> = {
  convert: convertCommand,
  resume: resumeCommand,
  runs: runsCommand,
  kernels: kernelsCommand,
  export: exportCommand,
  score: scoreCommand,
  predict: predictCommand,
  ngram: ngramCommand,
  schedule: scheduleCommand,
  rtl: rtlCommand,
  verify: verifyCommand,
  diverge: divergeCommand,
  report: reportCommand,
  rom: romCommand,
  onnx: onnxCommand,
  import: importCommand,
  lsp: lspCommand,
  jupyter: jupyterCommand,
};

/** `run` reads its own command line: its report differs, as it has parts even when a cell failed. */
export const runSummary = "Executes a notebook in a fresh kernel and writes it with its outputs.";

const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const;

/**
 * Does what a command line asks for. Results go to standard output, the rest to standard error; with `--json` the last
 * line of standard output is one JSON object, also after a failure.
 * @param args what follows `tritloom`
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === "run") {
    return (await import("./run.js")).runCommand(rest);
  }
  const isJson = args.includes("--json");
  try {
    return (await dispatch(name, rest, isJson)) === "failed" ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    return reportFailure(asTyped(error as Error), name, isJson);
  }
}

/** An error about options names them as they are spelled here; one about a wrong value is wrong usage. */
function asTyped(error: Error): Error {
  if (!namesOptions(error)) {
    return error;
  }
  const words = error.wordsWith(asOnCommandLine);
  if (error instanceof OptionError) {
    return new UsageError(words, { cause: error });
  }
  return Object.assign(new Error(words, { cause: error }), { name: error.name });
}

type Outcome = "done" | "failed";

async function dispatch(name: string | undefined, rest: readonly string[], isJson: boolean): Promise<Outcome> {
  switch (name) {
    case "--version":
      return print({ text: version, json: { version } }, isJson);
    case "help":
    case "--help":
    case "-h":
      return help(rest.find((word) => word !== "--json"), isJson);
    default:
      return work(name, rest, isJson);
  }
}

async function work(name: string | undefined, rest: readonly string[], isJson: boolean): Promise<Outcome> {
  const command = findCommand(name);
  const line = readCommandLine(name!, command, rest);
  if (line.switches.has("help")) {
    return help(name, isJson);
  }
  return print(await command.work(line), isJson);
}

async function help(name: string | undefined, isJson: boolean): Promise<Outcome> {
  return print({ text: (await helpText(name)).trimEnd(), json: { help: await helpText(name) } }, isJson);
}

async function helpText(name: string | undefined): Promise<string> {
  if (name === undefined) {
    return overview();
  }
  return name === "run" ? (await import("./runOptions.js")).runHelp() : commandHelp(name, findCommand(name));
}

function overview(): string {
  const summaries = [["run", runSummary], ...Object.entries(commands).map(([name, { summary }]) => [name, summary])];
  return [
    "Usage: tritloom COMMAND … | --version | --help",
    "",
    "Runs notebooks that train LSTM, GRU and minGRU networks with one-bit and one-trit weights, and exports them for hardware, without an editor.",
    "",
    ...summaries.map(([name, summary]) => `  ${name!.padEnd(9)} ${summary}`),
    "",
    "`tritloom help COMMAND` tells a command's options. Exit codes: 0 done, 1 the work failed, 2 wrong usage, 128 + N ended by signal N.",
    "",
    ...guideLines("README"),
  ].join("\n");
}

function findCommand(name: string | undefined): Command {
  const known = ["run", ...Object.keys(commands), "help"].join(", ");
  if (name === undefined || name === "--json") {
    throw new UsageError(`No command is given; the commands are ${known}.`);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`"${name}" is not a command; the commands are ${known}.`);
  }
  return command;
}

function print({ text, exact, json, isFailure = false }: Report, isJson: boolean): Outcome {
  const plain = exact ?? `${printableLines(text)}\n`;
  process.stdout.write(isJson ? `${jsonLine({ ok: !isFailure, ...json })}\n` : plain);
  return isFailure ? "failed" : "done";
}

/** @returns the exit code */
function reportFailure(error: Error, name: string | undefined, isJson: boolean): number {
  const isUsage = error instanceof UsageError;
  const isCommand = name !== undefined && Object.hasOwn(commands, name);
  const hint = isUsage ? ` See tritloom ${isCommand ? `help ${name}` : "--help"}.` : "";
  tell(`tritloom${isCommand ? ` ${name}` : ""}: ${error.message}${hint}`);
  if (isJson) {
    process.stdout.write(`${jsonLine({ ok: false, error: { name: error.name, message: error.message } })}\n`);
  }
  if (error instanceof EndedBySignalError) {
    return exitCodeOf(error.signal);
  }
  return isUsage ? exitCodes.wrongUsage : exitCodes.failed;
}
