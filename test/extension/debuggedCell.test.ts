import { describe, expect, test, vi } from "vitest";
import type { ExecutionStatus } from "../../kernel/client.js";
import type { AttachDebugger } from "../../src/extension/debugging/attachDebugger.js";
import type { ConnectKernel } from "../../src/extension/notebook/kernel.js";
import { NotebookSession } from "../../src/extension/notebook/notebookSession.js";
import type { SessionEvents } from "../../src/extension/notebook/sessionEvents.js";
import { FakeKernel, fakeNotebook, nobody } from "./fakeNotebook.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

/** A cell that runs until the test ends it. */
function held() {
  let end!: (status: ExecutionStatus) => void;
  const ended = new Promise<ExecutionStatus>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a debugged cell", () => {
  const inspector = { type: "inspector", id: "7", url: "ws://127.0.0.1:1/x" } as const;

  /** A cell that waits for a debugger, and what the kernel is told about that. */
  function debugged() {
    const cell = held();
    const { notebook, controller, code } = fakeNotebook(["debugged"]);
    const kernels: FakeKernel[] = [];
    const connect: ConnectKernel = async (_, listener) => {
      kernels.push(new FakeKernel({ debugged: (send) => (send(inspector), cell.ended) }));
      return kernels.at(-1)!.tell(listener);
    };
    const events: SessionEvents = { onDeath: vi.fn(), onTaken: vi.fn(), onRefused: async () => false, onLost: vi.fn(), onRun: vi.fn(), onChip: vi.fn(), onCell: vi.fn(), onChange: vi.fn() };
    const attachDebugger = vi.fn<AttachDebugger>();
    const session = new NotebookSession(notebook, controller, connect, events, nobody, attachDebugger);
    const listeners: (() => void)[] = [];
    const attachment = { onEnd: (listener: () => void) => void listeners.push(listener), stop: vi.fn() };
    return { session, code, kernels, attachDebugger, cell, attachment, detach: () => listeners.forEach((listener) => listener()) };
  }

  test("gets a debugger at the address that the kernel tells, and the kernel hears of its coming and going", async () => {
    const { session: notebook, code, kernels, attachDebugger, attachment, cell, detach } = debugged();
    attachDebugger.mockResolvedValue(attachment);
    const run = notebook.run(code, true);
    await turn();
    expect(attachDebugger).toHaveBeenCalledWith(code[0], inspector.url);
    expect(kernels[0]?.debugger).toEqual([{ id: "7", state: "attached" }]);
    detach();
    expect(kernels[0]?.debugger.at(-1)).toEqual({ id: "7", state: "detached" });
    cell.end("ok");
    await run;
  });

  test("is told why there is none", async () => {
    const { session: notebook, code, kernels, attachDebugger, cell } = debugged();
    attachDebugger.mockRejectedValue(new Error("No debugger."));
    const run = notebook.run(code, true);
    await turn();
    expect(kernels[0]?.debugger).toEqual([{ id: "7", state: "detached", reason: "No debugger." }]);
    cell.end("error");
    await run;
  });

  test("that is paused is let go by Stop", async () => {
    const { session: notebook, code, kernels, attachDebugger, attachment, cell } = debugged();
    attachDebugger.mockResolvedValue(attachment);
    const run = notebook.run(code, true);
    await turn();
    notebook.interrupt();
    expect([kernels[0]?.interrupted, attachment.stop.mock.calls.length]).toEqual([1, 1]);
    cell.end("interrupted");
    await run;
  });
});
