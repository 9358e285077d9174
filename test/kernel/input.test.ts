import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AskUser, KernelClient } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import { HostPipeReader, answerBytes, interruptionBytes } from "../../kernel/hostPipe.js";
import { type KernelBench, prepareKernel } from "./kernelBuild.js";

let bench: KernelBench;
beforeAll(async () => {
  bench = await prepareKernel();
});
afterAll(() => bench.remove());

async function run(kernel: KernelClient, code: string) {
  const messages: FromKernel[] = [];
  const status = await kernel.execute(code, { cell: 1, executionCount: 1 }, (message) => messages.push(message));
  const of = <T extends FromKernel["type"]>(type: T) => messages.filter((one): one is Extract<FromKernel, { type: T }> => one.type === type);
  return {
    status,
    result: of("result")[0]?.data["text/plain"],
    error: of("error")[0]?.error.message,
    printed: of("stream").map(({ text }) => text).join(""),
  };
}

const readline = 'const { createInterface } = await import("node:readline/promises"); const rl = createInterface({ input: process.stdin, output: process.stdout });';
const callbacks = 'const lines = require("node:readline").createInterface({ input: process.stdin });';

describe("with an editor, a cell asks the user", () => {
  let kernel: KernelClient;
  let reply: AskUser = async () => undefined;
  const asked: string[] = [];
  beforeAll(async () => {
    kernel = await bench.start({
      askUser: (question, ended) => {
        asked.push(`${question.kind} ${question.prompt} ${question.initial}`.trim());
        return reply(question, ended);
      },
    });
  });
  afterAll(() => kernel.dispose());

  it.each([
    ['prompt("Name?", "Ada")', "größe 🎉", "'größe 🎉'", "text Name? Ada"],
    ['prompt("Name?")', undefined, "null", "text Name?"],
    ['[confirm("Sure?"), 1]', "Yes", "[ true, 1 ]", "confirm Sure?"],
    ['[confirm("Sure?"), 2]', undefined, "[ false, 2 ]", "confirm Sure?"],
    ['alert("Done"); "seen"', undefined, "'seen'", "alert Done"],
    [`${readline} await rl.question("Path? ")`, "/a", "'/a'", "text Path?"],
    [`${callbacks} await new Promise((resolve) => lines.question("Path? ", resolve))`, "/b", "'/b'", "text Path?"],
    ['await new Promise((resolve) => process.stdin.once("data", (line) => { process.stdin.pause(); resolve(String(line)); }))', "c", "'c\\n'", "text Input of the cell"],
  ])("%s", async (code, answer, result, question) => {
    asked.length = 0;
    reply = async () => answer;
    expect(await run(kernel, code)).toMatchObject({ status: "ok", result });
    expect(asked[0]).toBe(question);
  });

  it("lines until the user dismisses the box", async () => {
    const answers = ["one", "two"];
    reply = async () => answers.shift();
    const code = `const all: string[] = []; require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => all.push(line)); await new Promise((resolve) => setTimeout(resolve, 300)); all`;
    expect(await run(kernel, code)).toMatchObject({ error: expect.stringContaining("dismissed") });
    expect((await run(kernel, "all")).result).toBe("[ 'one', 'two' ]");
  });

  it("Stop ends a cell that waits, closes the box, and the next cell runs", async () => {
    let closed = false;
    reply = (_question, ended) => {
      ended.addEventListener("abort", () => (closed = true));
      setTimeout(() => kernel.interrupt(), 30);
      return new Promise(() => {});
    };
    expect((await run(kernel, 'prompt("for ever")')).status).toBe("interrupted");
    expect(closed).toBe(true);
    expect((await run(kernel, `${readline} await rl.question("for ever")`)).status).toBe("interrupted");
    expect((await run(kernel, "5")).result).toBe("5");
  });
});

describe("without an editor, a cell that asks fails with the reason, and never hangs", () => {
  let kernel: KernelClient;
  beforeAll(async () => {
    kernel = await bench.start();
  });
  afterAll(() => kernel.dispose());

  it.each([
    'prompt("Name?")',
    'confirm("Sure?")',
    `${readline} await rl.question("Path? ")`,
    `${callbacks} await new Promise((resolve) => lines.question("Path? ", resolve))`,
    'await new Promise((resolve) => process.stdin.once("data", resolve))',
    "for await (const chunk of process.stdin) console.log(chunk);",
    'for await (const line of require("node:readline").createInterface({ input: process.stdin })) console.log(line);',
  ])("%s", async (code) => {
    expect(await run(kernel, code)).toMatchObject({ status: "error", error: expect.stringContaining("cells have no input here") });
    expect((await run(kernel, "5")).result).toBe("5");
  });

  it("alert needs no answer and prints", async () => {
    expect(await run(kernel, 'alert("Done"); 1')).toMatchObject({ status: "ok", printed: "Done\n", result: "1" });
  });

  it("an interface that asks nothing asks nobody", async () => {
    expect(await run(kernel, `${readline} await new Promise((resolve) => setTimeout(resolve, 50)); 1`)).toMatchObject({ status: "ok", printed: "" });
  });
});

it("the pipe of interruptions carries answers in whatever pieces they come", () => {
  const answer = { request: 7, outcome: "given", text: "größe 🎉" } as const;
  const bytes = Buffer.concat([interruptionBytes(), answerBytes(answer), interruptionBytes(), answerBytes({ ...answer, text: "" })]);
  for (let piece = 1; piece <= bytes.length; piece += 1) {
    const heard: unknown[] = [];
    const reader = new HostPipeReader(() => heard.push("stop"), (one) => heard.push(one));
    for (let at = 0; at < bytes.length; at += piece) {
      reader.receive(bytes.subarray(at, at + piece));
    }
    expect(heard).toEqual(["stop", answer, "stop", { ...answer, text: "" }]);
  }
});
