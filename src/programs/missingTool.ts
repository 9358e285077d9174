/** A program or library that a figure or a proof needs is not on this machine; the message tells how to install it. */
export class MissingToolError extends Error {
  override readonly name = "MissingToolError";
}
