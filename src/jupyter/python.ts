import { runProgram } from "../programs/runProgram.js";

const remedy = "Activate the Python environment of your Jupyter, or name its program.";

/** Folder of the Python environment whose `python3` is first on PATH: where `jupyter` of that environment looks. */
export async function pythonPrefix(): Promise<string> {
  const program = process.platform === "win32" ? "python" : "python3";
  const printed = await runProgram({ program, args: ["-c", "import sys; print(sys.prefix)"], remedy });
  return printed.trim();
}

/**
 * Teaches papermill in a Python environment to write parameters in TypeScript: it asks the packages that are installed beside it
 * for engines, and this one registers the language with that.
 * @param python the environment's program
 * @param wheel the package, which comes with this product: nothing is downloaded
 */
export async function installPapermillLanguage(python: string, wheel: string): Promise<void> {
  await pip(python, ["install", "--quiet", "--no-index", "--no-deps", "--force-reinstall", wheel]);
}

/** Takes it away again. */
export async function removePapermillLanguage(python: string): Promise<void> {
  await pip(python, ["uninstall", "--quiet", "--yes", "tritloom-papermill"]);
}

async function pip(python: string, args: readonly string[]): Promise<void> {
  await runProgram({ program: python, args: ["-m", "pip", "--disable-pip-version-check", ...args], remedy });
}
