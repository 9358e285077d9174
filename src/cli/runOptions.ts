import { join, parse, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readText } from "../notebooks/notebookFile.js";
import { type ParameterValues, readParameter, readParameterFile } from "../notebooks/parameters.js";
import { UsageError } from "./command.js";
import { guideLines } from "./guide.js";

export const runUsage = `Usage: tritloom run NOTEBOOK [--out FILE] [--param NAME=VALUE]… [--params FILE] [--timeout SECONDS]
                    [--allow-errors] [--no-outputs] [--json]

Executes every code cell of NOTEBOOK, an .ipynb file or a .ts file with // %% marks, in a fresh kernel, in the notebook's
folder, and stops at the first error (cells tagged "raises-exception" may fail, those tagged "skip-execution" are left out).
Writes the notebook with its outputs to FILE, by default NAME.executed.ipynb beside it, also when a cell failed. Ctrl+C,
SIGTERM and a closed terminal stop the running cell, a training with a checkpoint, and the notebook is written with the
outputs made so far.

  --out FILE          where to write the executed notebook
  --param NAME=VALUE  give a variable another value that the cell tagged "parameters" declares; VALUE is JSON where it reads
                      as such, and else text; also -p, may be given again. A cell tagged "injected-parameters", which is put after
                      that cell, or first where there is none, declares the variables anew (papermill's convention); a name that
                      the notebook does not declare is declared too, with a warning
  --params FILE       the same from an object in a JSON or YAML file; --param wins
  --timeout SECONDS   interrupt a cell that takes longer, and stop
  --allow-errors      go on after a cell that failed or took too long; its error stays in the notebook
  --no-outputs        write the notebook without outputs and execution counts
  --json              print one JSON object as the last line of standard output

Exit codes: 0 every cell was executed, and none failed but those that may; 1 a cell failed, the kernel died, or the notebook
could not be written; 2 nothing was executed, since the command line, the notebook or a parameter is wrong; 128 + N ended by
signal N.
`;

/** What `tritloom run --help` prints. */
export const runHelp = (): string => `${runUsage}\n${guideLines("working-remotely").join("\n")}`;

export interface RunOptions {
  readonly notebook: string;
  readonly out: string;
  readonly json: boolean;
  readonly timeoutSeconds: number | undefined;
  readonly parameters: ParameterValues;
  readonly allowsErrors: boolean;
  readonly keepsOutputs: boolean;
}

/**
 * Reads the command line, and the files that it names parameters by.
 * @throws UsageError, ParameterError, NotebookError
 */
export async function readRunOptions(args: string[]): Promise<RunOptions | "help"> {
  const { values, positionals } = parseOptions(args);
  if (values.help) {
    return "help";
  }
  const [notebook, ...others] = positionals;
  if (notebook === undefined || others.length > 0) {
    throw new UsageError(`run takes one notebook, not ${positionals.length}.`);
  }
  const { dir, name } = parse(notebook);
  return {
    notebook: resolve(notebook),
    out: resolve(values.out ?? join(dir, `${name}.executed.ipynb`)),
    json: values.json,
    timeoutSeconds: values.timeout === undefined ? undefined : readTimeout(values.timeout),
    parameters: await readParameters(values.params, values.param),
    allowsErrors: values["allow-errors"],
    keepsOutputs: !values["no-outputs"],
  };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: "string", short: "o" },
        param: { type: "string", short: "p", multiple: true, default: [] },
        params: { type: "string", multiple: true, default: [] },
        timeout: { type: "string" },
        "allow-errors": { type: "boolean", default: false },
        "no-outputs": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function readTimeout(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 1e6)) {
    throw new UsageError(`--timeout ${text}: give a number of seconds above 0.`);
  }
  return seconds;
}

async function readParameters(files: readonly string[], given: readonly string[]): Promise<ParameterValues> {
  const values = new Map<string, string>();
  for (const file of files) {
    readParameterFile(await readText(file, "file of parameters"), file).forEach((value, name) => values.set(name, value));
  }
  for (const [name, value] of given.map(readParameter)) {
    values.set(name, value);
  }
  return values;
}
