/** A model, an input or a state that packed inference cannot take: names the value, the place and the remedy. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";
}
