/**
 * JavaScript's strings may hold half of a surrogate pair, which is no character: UTF-8 cannot say it, and Python reads a
 * notebook file with it but cannot save it again. Outputs hold U+FFFD instead, as everything that encodes text does.
 */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}

/**
 * The same for JSON text as `JSON.stringify` makes it: it writes halves of pairs, and only them, as escapes
 * (https://tc39.es/ecma262/#sec-quotejsonstring).
 */
export function wellFormedJson(json: string): string {
  return json.includes("\\ud")
    ? json.replace(/\\(?:(ud[89a-f][0-9a-f]{2})|[^])/g, (escape, half: string | undefined) => (half ? "\ufffd" : escape))
    : json;
}
