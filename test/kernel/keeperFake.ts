import { vi } from "vitest";
import type { ExecutionStatus, KernelClient, KernelExit } from "../../kernel/client.js";
import type { FromKernel } from "../../kernel/contract.js";
import type { FromKeeper } from "../../kernel/keeper/contract.js";
import { Keeper, type Listener } from "../../kernel/keeper/keeper.js";
import { Questions } from "../../kernel/keeper/questions.js";
import { Page } from "./keeperBench.js";

/** A keeper with a kernel that says what the test lets it say. */
export function keeperOf(idleSeconds = 60) {
  const executions: { say(message: FromKernel): void; end(status: ExecutionStatus): void }[] = [];
  let die: (exit: KernelExit) => void;
  const kernel = {
    pid: 4711,
    execute: (_code: string, _place: unknown, say: (message: FromKernel) => void) =>
      new Promise<ExecutionStatus>((resolve) => executions.push({ say, end: resolve })),
    onExit: (listener: (exit: KernelExit) => void) => void (die = listener),
    isAtWork: vi.fn(async () => false),
    interrupt: vi.fn(),
    dispose: vi.fn(async () => {}),
  };
  const events = { onEnding: vi.fn(async () => {}), onOver: vi.fn() };
  const keeper = new Keeper(kernel as unknown as KernelClient, new Questions(), idleSeconds, events);
  return { keeper, kernel, executions, events, die: (exit: KernelExit) => die(exit) };
}

/** A window that reads when the test lets it. */
export function listener(window = "w") {
  const told: FromKeeper[] = [];
  const page = new Page();
  const made = { by: window, window, isSlow: false, send: (message: FromKeeper) => void told.push(message), close: vi.fn() };
  const show = (): Page => {
    told.splice(0).forEach((news) => (news.type === "execution" || news.type === "started" || news.type === "message" || news.type === "ended" ? page.take(news) : undefined));
    return page;
  };
  return { made: made satisfies Listener, told, show };
}

export const print = (text: string): FromKernel => ({ type: "stream", id: "1", name: "stdout", text });
