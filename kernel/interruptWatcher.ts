import { Socket } from "node:net";
import { type MessagePort, workerData } from "node:worker_threads";
import { HostPipeReader } from "./hostPipe.js";
import { endGroup } from "./processGroup.js";
import { graceMilliseconds, holdMilliseconds, InterruptState, interruptDescriptor, StopWord } from "./interruptState.js";

/**
 * A thread that hears of interruptions and of the user's answers while the main thread is busy in a loop or waits. If the
 * main thread does not notice an interruption in time, the loop's poll is set.
 */
const { words, port } = workerData as { words: Int32Array; port: MessagePort };
const state = new InterruptState(words);
const pipe = new Socket({ fd: interruptDescriptor, readable: true, writable: false });

const reader = new HostPipeReader(
  () => {
    const request = state.request();
    const isRepeated = request > state.read(StopWord.acknowledged) + 1;
    setTimeout(() => state.stopLoops(request), isRepeated ? 0 : graceMilliseconds(state.isCooperative));
    state.wake();
  },
  (answer) => {
    port.postMessage(answer);
    state.wake();
  },
);
pipe.on("data", (bytes: Buffer) => reader.receive(bytes));

/** The main thread has so long to end itself, unless a training holds it. */
const exitMilliseconds = 500;

// The host is gone or has closed the pipe. The main thread ends itself, unless it is in a loop that nobody can stop any more.
pipe.on("close", () => {
  const limit = performance.now() + holdMilliseconds;
  let freeSince = performance.now();
  setInterval(() => {
    const now = performance.now();
    freeSince = state.isHeld && now < limit ? now : freeSince;
    if (now - freeSince >= exitMilliseconds) {
      endGroup(process.pid);
      process.kill(process.pid, "SIGKILL");
    }
  }, 50);
});
pipe.on("error", () => pipe.destroy());
