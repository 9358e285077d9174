import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../../package.json";
import { kernelspec } from "../notebooks/notebookLanguage.js";
import { installZeroMq } from "../jupyter/installZeroMq.js";
import { kernelsFolder, type Place } from "../jupyter/jupyterPaths.js";
import { kernelJson, removeKernelspec, writeKernelspec } from "../jupyter/kernelspecFolder.js";
import { installPapermillLanguage, pythonPrefix, removePapermillLanguage } from "../jupyter/python.js";
import { serveKernel } from "../jupyter/serveKernel.js";
import { findZeroMq } from "../jupyter/zeroMq.js";
import { type Command, type CommandLine, type Report, UsageError } from "./command.js";
import { tell } from "./terminal.js";

const tasks: Readonly<Record<string, (line: CommandLine) => Promise<Report>>> = { install, uninstall, kernel };

export const jupyterCommand: Command = {
  summary: "Makes the kernel known to Jupyter, so that JupyterLab, nbconvert and papermill run notebooks with it, or takes it away again.",
  guide: "jupyter",
  operands: [
    { name: Object.keys(tasks).join("|"), description: "what to do; kernel is what Jupyter itself starts" },
    { name: "CONNECTION_FILE", description: "of kernel alone: the file that Jupyter writes for it", isOptional: true },
  ],
  options: {
    user: { description: "for this user: in Jupyter's data directory (default)" },
    prefix: { value: "DIR", description: "in DIR/share/jupyter, for example /usr/local for all users" },
    "sys-prefix": { description: "in the Python environment whose python3 is first on PATH" },
    name: { value: "NAME", description: `of the kernelspec; default ${kernelspec.name}` },
    papermill: { value: "PYTHON", description: "also teach papermill of this Python, for example python3, to write parameters in TypeScript" },
  },
  work: (line) => {
    const [task, file] = line.operands as [string, string | undefined];
    const work = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
    if (work === undefined) {
      throw new UsageError(`jupyter does not know "${task}"; it does ${Object.keys(tasks).join(", ")}.`);
    }
    if (file !== undefined && work !== kernel) {
      throw new UsageError(`jupyter ${task} does not take "${file}": a connection file is for jupyter kernel.`);
    }
    return work(line);
  },
};

/** The folder of the product's bundles. */
const bundles = fileURLToPath(new URL(".", import.meta.url));
const supplies = path.join(bundles, "jupyter");

async function install(line: CommandLine): Promise<Report> {
  const { papermill } = line.values;
  const place = await placeOf(line);
  const name = nameOf(line);
  const zeromq = await installZeroMq(path.join(supplies, "zeromq"), tell);
  const program = { node: process.execPath, program: path.join(bundles, "cli.js"), isElectron: process.versions["electron"] !== undefined, version };
  const logos = (await readdir(supplies)).filter((file) => file.startsWith("logo-"));
  const files = new Map<string, string | Uint8Array>([["kernel.json", kernelJson(program)]]);
  for (const logo of logos) {
    files.set(logo, await readFile(path.join(supplies, logo)));
  }
  const folder = await writeKernelspec(kernelsFolder(place), name, files);
  if (papermill !== undefined) {
    await installPapermillLanguage(papermill, await wheel());
  }
  const text = [
    `Jupyter has the kernel "${kernelspec.display_name}" now: ${folder}`,
    `It is run by ${process.execPath}; install it anew when that, or ${bundles}, has moved.`,
    papermill === undefined ? "For papermill's parameters: tritloom jupyter install --papermill PYTHON." : `papermill of ${papermill} writes parameters in TypeScript.`,
  ];
  return { text: text.join("\n"), json: { name, folder, zeromq, ...(papermill !== undefined && { papermill }) } };
}

async function uninstall(line: CommandLine): Promise<Report> {
  const { papermill } = line.values;
  const name = nameOf(line);
  const folder = await removeKernelspec(kernelsFolder(await placeOf(line)), name);
  if (papermill !== undefined) {
    await removePapermillLanguage(papermill);
  }
  const zeromq = findZeroMq();
  const rest = zeromq === undefined ? [] : [`ZeroMQ stays for other kernelspecs: ${path.dirname(path.dirname(zeromq))}`];
  return { text: [`Removed ${folder}`, ...rest].join("\n"), json: { name, folder } };
}

async function kernel({ operands }: CommandLine): Promise<Report> {
  const [, file] = operands;
  if (file === undefined) {
    throw new UsageError("jupyter kernel needs CONNECTION_FILE: the file that Jupyter writes for it; JupyterLab and `jupyter console` start it so.");
  }
  const exitCode = await serveKernel(file, path.join(bundles, "kernel.js"));
  // Jupyter shows in its own log that the kernel has ended; a word more would stand between the lines of nbconvert.
  return { text: "", exact: "", json: {}, isFailure: exitCode !== 0 };
}

async function placeOf({ switches, values }: CommandLine): Promise<Place> {
  const given = ["user", "prefix", "sys-prefix"].filter((option) => switches.has(option) || values[option] !== undefined);
  if (given.length > 1) {
    throw new UsageError(`--${given.join(" and --")}: choose one.`);
  }
  if (values["prefix"] !== undefined) {
    return { kind: "prefix", prefix: path.resolve(values["prefix"]) };
  }
  return switches.has("sys-prefix") ? { kind: "prefix", prefix: await pythonPrefix() } : { kind: "user" };
}

/** Jupyter's own rule for names (jupyter_client.kernelspec). */
function nameOf({ values }: CommandLine): string {
  const name = values["name"] ?? kernelspec.name;
  if (!/^[a-z0-9._-]+$/i.test(name) || /^\.+$/.test(name)) {
    throw new UsageError(`--name ${name}: Jupyter takes letters, digits, dots, hyphens and underscores.`);
  }
  return name;
}

async function wheel(): Promise<string> {
  const found = (await readdir(supplies)).find((file) => file.endsWith(".whl"));
  return path.join(supplies, found!);
}
