import type { MimeBundle } from "./contract.js";
import { isInstance, propertyOf, textOf } from "./foreignValue.js";
import { wellFormed, wellFormedJson } from "./wellFormed.js";

const reasonCharacters = 500;

/** Types whose content is a JSON value: as text in messages, as itself in a notebook file. */
export function isJsonType(type: string): boolean {
  return /^application\/(json|.*\+json)$/.test(type);
}

/**
 * Contents as messages carry them: text as it is, bytes as base64, everything else as JSON text.
 * @throws TypeError that names the type whose content is no JSON text, or cannot be made JSON
 */
export function contentsAsText(bundle: Readonly<Record<string, unknown>>): MimeBundle {
  return Object.fromEntries(Object.entries(bundle).map(([type, content]) => [type, contentText(type, content)]));
}

function contentText(type: string, content: unknown): string {
  if (isInstance(content, Uint8Array)) {
    return Buffer.from(content).toString("base64");
  }
  if (typeof content === "string") {
    return isJsonType(type) ? checkedJson(type, content) : wellFormed(content);
  }
  return asJson(type, content);
}

function checkedJson(type: string, text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    // Halves of surrogate pairs hide in escapes.
    return /\\u|\p{Surrogate}/iu.test(text) ? wellFormedJson(JSON.stringify(value)) : text;
  } catch (error) {
    throw new TypeError(
      `The content of "${type}" is text that is not JSON (${reasonOf(error)}); give a value, as display({ "${type}": { a: 1 } }) does, or JSON text.`,
      { cause: error },
    );
  }
}

function asJson(type: string, content: unknown): string {
  try {
    return wellFormedJson(JSON.stringify(content) ?? "null");
  } catch (error) {
    throw new TypeError(`The content of "${type}" cannot be written as JSON: ${reasonOf(error)}`, { cause: error });
  }
}

/** The first line: V8 draws circles of objects on those that follow. */
function reasonOf(error: unknown): string {
  return textOf(propertyOf(error, "message") ?? error, reasonCharacters).split("\n")[0] as string;
}
