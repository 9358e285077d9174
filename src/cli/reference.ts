import { type Command, commonOptions, synopsis } from "./command.js";
import { commands, runSummary } from "./commands.js";
import { runUsage } from "./runOptions.js";

/**
 * docs/command-line.md, made of the table that the commands themselves are made of.
 * `npx vitest run --project unit test/cli/commandLine.test.ts -u` writes it anew.
 */
export function commandLineReference(): string {
  const names = ["run", ...Object.keys(commands)];
  return [introduction, names.map((name) => `- [${name}](#${name}): ${summaryOf(name)}`).join("\n"), runSection(), ...Object.entries(commands).map(section), ""].join("\n\n");
}

const introduction = `# The command line

<!-- Made by src/cli/reference.ts from the commands' own table: change the table, then run
     npx vitest run --project unit test/cli/commandLine.test.ts -u -->

\`tritloom\` is the same product without an editor. It is there in three ways:

- In VS Code, *Tritloom: Open Terminal with tritloom* of the command palette opens a terminal that has it, run by the editor's own Node.
- In a clone, after \`npm start\` or \`npm run build\`: \`node dist/cli.js\` in place of \`tritloom\`.
- As a package: \`npm pack\` in a clone makes \`tritloom-0.1.0.tgz\`; \`npm install tritloom-0.1.0.tgz\` in another folder, then \`npx tritloom\`.

Results go to standard output, progress and warnings to standard error. With \`--json\` the last line of standard output is one JSON object,
also after a failure: \`ok\` says whether the work was done, \`error\` what went wrong. Exit codes: 0 done, 1 the work failed or found a fault,
2 wrong usage. \`tritloom help COMMAND\` tells the same as this page. The [guide](guide/README.md) shows the commands at work. Words are explained in the [glossary](glossary.md); CSV files and texts
of your own in [your own data](data.md).

\`\`\`sh
tritloom run notebook.ipynb --out executed.ipynb     # every cell, in a fresh kernel
tritloom run notebook.ipynb --param steps=400        # with another value of a variable in the cell tagged "parameters"
tritloom convert notebook.ipynb --to html            # one page with code, outputs and curves, for a browser without a network
tritloom convert notebook.ipynb --to ts              # a .ts file with // %% marks, and back with --to ipynb
tritloom runs --csv > runs.csv                       # a table of all runs and their figures
tritloom predict RUN --csv new.csv --out classes.csv # the class of each sequence, with figures where labels are known
tritloom predict RUN --text chapter.txt              # how many bits each symbol of a text takes
tritloom export RUN --format mem,coe --out roms      # weight ROMs with a manifest
tritloom verify RUN                                  # the accelerator in simulators, against the integer model
\`\`\``;

function summaryOf(name: string): string {
  return name === "run" ? runSummary : commands[name]!.summary;
}

function runSection(): string {
  return `## run\n\n\`\`\`text\n${runUsage.trimEnd()}\n\`\`\``;
}

function section([name, command]: readonly [string, Command]): string {
  const operands = command.operands.map(({ name: operand, description }) => row(operand, description));
  const options = Object.entries({ ...command.options, ...commonOptions }).map(([option, { value, description }]) =>
    row(`--${option}${value === undefined ? "" : ` ${value}`}`, description),
  );
  const summary = command.guide === undefined ? command.summary : `${command.summary} [The guide](guide/${command.guide}.md) shows it at work.`;
  return [`## ${name}`, summary, `\`tritloom ${synopsis(name, command)}\``, ["| | |", "|---|---|", ...operands, ...options].join("\n")].join("\n\n");
}

/** A bar ends a cell of a table, also inside of code. */
function row(term: string, description: string): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
  return `| \`${term.replaceAll("|", "\\|")}\` | ${cell(description)} |`;
}
