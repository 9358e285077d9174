/** The pipe, beside standard streams and the IPC channel, on which the host writes a byte per interruption. */
export const interruptDescriptor = 4;

/** Cells that use their AbortSignal get time to end in good order; others have no use for it. */
export function graceMilliseconds(cooperative: boolean): number {
  return cooperative ? 5000 : 100;
}

/** A training that does not write its checkpoint in this time, counted from the end of its host, is ended without. */
export const holdMilliseconds = 30_000;

/** Words of the integers shared between the main thread and its watcher. */
export const StopWord = {
  /** Polled by loops; 0, or the number of the interruption that they shall obey. */
  poll: 0,
  /** Number of the latest interruption that the watcher heard of. */
  requested: 1,
  /** Number of the latest interruption that the main thread has dealt with. */
  acknowledged: 2,
  cooperative: 3,
  /** How many trainings must write their checkpoint before the process ends. */
  held: 4,
  /** Counts what the watcher heard of; the main thread may sleep until it changes. */
  woken: 5,
} as const;

export type StopWord = (typeof StopWord)[keyof typeof StopWord];

/** Typed view on the shared integers. */
export class InterruptState {
  constructor(readonly words: Int32Array = new Int32Array(new SharedArrayBuffer(24))) {}

  read(word: StopWord): number {
    return Atomics.load(this.words, word);
  }

  /** Watcher: a new interruption; returns its number. */
  request(): number {
    return Atomics.add(this.words, StopWord.requested, 1) + 1;
  }

  /** Watcher: makes loops throw, unless the main thread has already dealt with the interruption. */
  stopLoops(request: number): void {
    if (request > this.read(StopWord.acknowledged)) {
      Atomics.store(this.words, StopWord.poll, request);
    }
  }

  /** Watcher: ends the main thread's sleep. */
  wake(): void {
    Atomics.add(this.words, StopWord.woken, 1);
    Atomics.notify(this.words, StopWord.woken);
  }

  /** Main thread, while it waits: whether the watcher has heard of an interruption that is not dealt with. */
  get isStopRequested(): boolean {
    return this.read(StopWord.requested) > this.read(StopWord.acknowledged);
  }

  /** Main thread: one more interruption is dealt with. */
  acknowledge(): void {
    Atomics.add(this.words, StopWord.acknowledged, 1);
    Atomics.store(this.words, StopWord.poll, 0);
  }

  /** Main thread, from a loop: whether to stop now. Late polls for what was dealt with are ignored. */
  takeStop(): boolean {
    return Atomics.exchange(this.words, StopWord.poll, 0) > this.read(StopWord.acknowledged);
  }

  /** Main thread: one more, or one fewer, that the end of the process waits for. */
  hold(change: 1 | -1): void {
    Atomics.add(this.words, StopWord.held, change);
  }

  get isHeld(): boolean {
    return this.read(StopWord.held) > 0;
  }

  get isCooperative(): boolean {
    return this.read(StopWord.cooperative) === 1;
  }

  set isCooperative(value: boolean) {
    Atomics.store(this.words, StopWord.cooperative, value ? 1 : 0);
  }
}
