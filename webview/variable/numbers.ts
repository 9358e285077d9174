/** A number in words of at most about ten characters. */
export function numberText(value: number): string {
  const exact = String(value);
  return exact.length <= 10 ? exact : String(Number(value.toPrecision(6)));
}

/** The bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
