import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { interopPackages } from "../../scripts/setup-interop.mjs";

export interface Tensor {
  readonly type: "float32" | "int64";
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** A file, and inputs for runs that follow each other. */
export interface WitnessCase {
  readonly file: string;
  readonly program: "onnxruntime" | "qonnx";
  readonly runs: readonly Readonly<Record<string, Tensor>>[];
}

export interface Testimony {
  readonly producer: string;
  /** Of the graph. */
  readonly name: string;
  readonly opset: number;
  /** Types of all nodes, those in bodies too. */
  readonly operators: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** What qonnx infers, by tensor. */
  readonly datatypes: Readonly<Record<string, string>>;
  readonly runs: readonly Readonly<Record<string, Omit<Tensor, "type">>>[];
}

/** Installs them before the first test begins, whose time is limited. */
const packages = await interopPackages();

const program = fileURLToPath(new URL("witness.py", import.meta.url));

/** What ONNX's checker, ONNX Runtime and qonnx make of files: the testimony, or the error, of each. */
export async function witnesses(cases: readonly WitnessCase[]): Promise<readonly (Testimony | { readonly error: string })[]> {
  const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn("python3", [program], { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify(cases));
  const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    return JSON.parse(answer) as (Testimony | { error: string })[];
  } catch {
    throw new Error(`The witness gave no answer:\n${errors}`);
  }
}

/** The same for files that all must be good. @throws Error with what is wrong */
export async function testimonies(cases: readonly WitnessCase[]): Promise<readonly Testimony[]> {
  return (await witnesses(cases)).map((answer, index) => {
    if ("error" in answer) {
      throw new Error(`${cases[index]!.file}: ${answer.error}`);
    }
    return answer;
  });
}
