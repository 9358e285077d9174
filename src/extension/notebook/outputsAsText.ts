import type { FromKernel } from "../../../kernel/contract.js";

/** What a cell showed, for reading without the cell: its code as a comment, then text; pictures by their text alone. */
export function textOfOutputs(code: string, messages: readonly FromKernel[]): string {
  const comment = code.split("\n").map((line) => `// ${line}`.trimEnd());
  return [...comment, "", messages.map(textOf).join("")].join("\n");
}

function textOf(message: FromKernel): string {
  switch (message.type) {
    case "stream":
      return message.text;
    case "display":
    case "result":
      return `${message.data["text/plain"] ?? `[${Object.keys(message.data).join(", ")}]`}\n`;
    case "error":
      return `${message.error.stack || `${message.error.name}: ${message.error.message}`}\n`;
    default:
      return "";
  }
}
