/** A text read by B streams side by side from B evenly spaced places; at its end a stream goes on at its start. */
export class ParallelStreams {
  /** B */
  readonly batch: number;
  /** Characters that each stream can predict before it reads what its neighbour has read. */
  readonly length: number;

  /**
   * @param maximumBatch B, or less for a text of fewer than `shortest` characters a stream
   * @param symbols at least two
   */
  constructor(
    private readonly symbols: Int32Array,
    maximumBatch: number,
    shortest: number,
  ) {
    const transitions = symbols.length - 1;
    this.batch = Math.max(1, Math.min(maximumBatch, Math.floor(transitions / shortest)));
    this.length = Math.floor(transitions / this.batch);
  }

  /** [timesteps, B] symbols from position `first` of each stream on; those that follow them start at `first + 1`. */
  at(first: number, timesteps: number): Int32Array {
    return Int32Array.from({ length: timesteps * this.batch }, (_, index) => {
      const start = (index % this.batch) * this.length;
      return this.symbols[(start + first + Math.floor(index / this.batch)) % this.symbols.length]!;
    });
  }
}
