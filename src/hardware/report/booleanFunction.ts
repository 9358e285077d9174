import { ToolError } from "../../programs/runProgram.js";

/** From the weakest on. Liberty binds ^ before &, Verilog after it; a space between operands is an "and". */
const levels: readonly { readonly verilog: string; readonly signs: readonly string[] }[] = [
  { verilog: "|", signs: ["+", "|"] },
  { verilog: "&", signs: ["*", "&"] },
  { verilog: "^", signs: ["^"] },
];

/**
 * A cell's `function` as a Verilog expression (Liberty user guide, "Boolean operators": ' ! ^ * & space + |).
 * @throws ToolError for text that is none
 */
export function verilogFunction(text: string): string {
  const tokens = [...text.matchAll(/[A-Za-z_]\w*|[01]|[()!'^*&+|]|\S/g)].map(([token]) => token);
  let place = 0;
  const fail = (): never => {
    throw new ToolError(`"${text}" in the liberty file is no Boolean function at ${tokens[place] ?? "its end"}.`);
  };
  const isOperand = (token: string | undefined): boolean => token !== undefined && /^(\w+|\(|!)$/.test(token);

  const level = (index: number): string => {
    const own = levels[index];
    if (own === undefined) {
      return operand();
    }
    const parts = [level(index + 1)];
    while (own.signs.includes(tokens[place] ?? "") || (own.verilog === "&" && isOperand(tokens[place]))) {
      place += isOperand(tokens[place]) ? 0 : 1;
      parts.push(level(index + 1));
    }
    return parts.length === 1 ? parts[0]! : `(${parts.join(` ${own.verilog} `)})`;
  };
  const operand = (): string => {
    if (!isOperand(tokens[place])) {
      fail();
    }
    let found = tokens[place++]!;
    if (found === "!") {
      return `~${operand()}`;
    }
    if (found === "(") {
      found = level(0);
      if (tokens[place++] !== ")") {
        fail();
      }
    } else if (/^[01]$/.test(found)) {
      found = `1'b${found}`;
    }
    for (; tokens[place] === "'"; place++) {
      found = `(~${found})`;
    }
    return found;
  };

  const expression = level(0);
  return place === tokens.length ? expression : fail();
}
