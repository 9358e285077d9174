import { syncBuiltinESMExports } from "node:module";
import readline from "node:readline";
import readlinePromises from "node:readline/promises";
import { Readable } from "node:stream";
import type { CellInput } from "./cellInput.js";
import { currentExecution } from "./execution.js";

const anyLine = "Input of the cell";

/** Lines that the user types into input boxes; asked for when somebody reads. */
class InputLines extends Readable {
  /** Nothing more comes from it; the next reader gets a stream of its own. */
  isOver = false;

  constructor(private readonly input: CellInput) {
    // Nothing is asked for ahead.
    super({ highWaterMark: 1 });
  }

  override _read(): void {
    const execution = currentExecution();
    const isAwaited = this.listenerCount("data") + this.listenerCount("readable") > 0;
    if (!isAwaited || execution?.isFinished) {
      this.isOver = true;
      return;
    }
    this.input.ask(anyLine).then(
      (line) => this.push(`${line}\n`),
      (error: Error) => {
        // Who waits for a line that never comes would wait for ever.
        execution?.fail(error);
        this.isOver = true;
        this.push(null);
      },
    );
  }
}

/** Makes `process.stdin`, and what `node:readline` reads from it, ask for input boxes. */
export function installStandardInput(input: CellInput): void {
  let stdin = new InputLines(input);
  const get = (): InputLines => {
    if (stdin.isOver) {
      stdin = new InputLines(input);
    }
    return stdin;
  };
  Object.defineProperty(process, "stdin", { get, configurable: true });
  for (const module of [readline, readlinePromises]) {
    const create = module.createInterface as Create;
    const createAsking: Create = (first, ...others) => createInterface(create, input, first, others);
    Object.assign(module, { createInterface: createAsking });
  }
  syncBuiltinESMExports();
}

type Create = (...values: unknown[]) => readline.Interface;

function createInterface(create: Create, input: CellInput, first: unknown, others: unknown[]): readline.Interface {
  const isOptions = typeof first === "object" && first !== null && "input" in first;
  const stdin = isOptions ? first.input : first;
  if (!(stdin instanceof InputLines)) {
    return create(first, ...others);
  }
  // An interface reads from its beginning on; here only a question, or somebody who takes lines, opens an input box.
  const lines = new Readable({ read() {} });
  const made = isOptions ? create({ ...first, input: lines, terminal: false }) : create(lines, ...others);
  return askingInterface(made, input, stdin, lines);
}

type Answer = (answer: string) => void;

function askingInterface(made: readline.Interface, input: CellInput, stdin: Readable, lines: Readable): readline.Interface {
  const readLines = once(() => {
    stdin.on("data", (line: unknown) => lines.push(line));
    stdin.on("end", () => lines.push(null));
    stdin.resume();
  });
  made.on("newListener", (event) => event === "line" && readLines());
  const iterate = made[Symbol.asyncIterator].bind(made);
  return Object.assign(made, {
    question: (query: string, ...others: unknown[]) => {
      const execution = currentExecution();
      const answered = others.at(-1);
      const asked = input.ask(query);
      if (typeof answered !== "function") {
        return asked;
      }
      asked.then(answered as Answer, (error: Error) => execution?.fail(error));
    },
    [Symbol.asyncIterator]: () => {
      readLines();
      return iterate();
    },
  });
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) {
      isDone = true;
      work();
    }
  };
}
