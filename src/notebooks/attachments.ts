import { isJsonObject } from "./jsonPrefix.js";
import type { NotebookCell } from "./notebookFile.js";

/** A picture in base64. */
export interface Picture {
  readonly type: string;
  readonly base64: string;
}

/** The picture that a Markdown cell keeps itself under an address, `attachment:NAME`; undefined where it keeps none of that name. */
export function attachedPicture({ attachments }: NotebookCell, address: string): Picture | undefined {
  const name = /^attachment:(.*)$/s.exec(address)?.[1];
  if (name === undefined || !isJsonObject(attachments)) {
    return undefined;
  }
  const bundle = [name, decoded(name)].map((each) => (Object.hasOwn(attachments, each) ? attachments[each] : undefined)).find(isJsonObject);
  const [type, base64] = Object.entries(bundle ?? {})[0] ?? [];
  return type !== undefined && typeof base64 === "string" ? { type, base64 } : undefined;
}

/** Addresses in Markdown have their blanks and foreign letters encoded. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
