import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { graceMilliseconds, holdMilliseconds, InterruptState, interruptDescriptor, StopWord } from "./interruptState.js";

/**
 * A thread that hears of interruptions while the main thread is busy in a loop. The host writes one byte per
 * interruption to a pipe of its own; if the main thread does not notice in time, the loop's poll is set.
 */
const state = new InterruptState(workerData as Int32Array);
const pipe = new Socket({ fd: interruptDescriptor, readable: true, writable: false });

pipe.on("data", (bytes: Buffer) => {
  for (let each = 0; each < bytes.length; each += 1) {
    const request = state.request();
    const isRepeated = request > state.read(StopWord.acknowledged) + 1;
    setTimeout(() => state.stopLoops(request), isRepeated ? 0 : graceMilliseconds(state.isCooperative));
  }
});

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
      process.kill(process.pid, "SIGKILL");
    }
  }, 50);
});
pipe.on("error", () => pipe.destroy());
