/** What computes a packed model's steps: `addonEngine.ts` in C++, native or as WebAssembly, `typescriptEngine.ts` its tested twin. */
export interface PackedEngine {
  /** "native avx512vbmi", "native scalar", "wasm simd128", "typescript" and so on. */
  readonly name: string;
  /** Bytes of weights and constants that it holds. */
  readonly bytes: number;
  /**
   * Reads [T, B] symbols, or [T, B, I] values, on from the present state; all checked already.
   * @param firstTimestep since the initial state, for constants that differ from timestep to timestep
   * @param every whether logits of every timestep are wanted, [T, B, V], or those after the last, [B, V]
   */
  read(input: Int32Array | Float32Array, timesteps: number, firstTimestep: number, every: boolean, logits: Float32Array): void;
  /** Copies a layer's state [B, H] into the arrays. */
  copyState(layer: number, hidden: Float32Array, cell: Float32Array | undefined): void;
  setState(layer: number, hidden: Float32Array, cell: Float32Array | undefined): void;
  dispose(): void;
}
