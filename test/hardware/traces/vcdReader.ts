/** A reader of value change dumps (IEEE 1364-2005, clause 18), written from the standard. */

/** Values over time by full name: "layer0.take.busy" to [time, value] pairs; null is x. */
export type Dump = ReadonlyMap<string, readonly (readonly [time: number, value: number | null])[]>;

const informative = ["$version", "$comment", "$timescale", "$date"];

class Reader {
  readonly values = new Map<string, [number, number | null][]>();
  private readonly variables = new Map<string, { name: string; width: number }>();
  private readonly scope: string[] = [];
  private at = 0;
  private time = -1;

  constructor(private readonly tokens: readonly string[]) {}

  read(): void {
    for (let keyword = this.next(); keyword !== "$enddefinitions"; keyword = this.next()) {
      this.declare(keyword, this.section());
    }
    this.section();
    while (this.at < this.tokens.length) {
      this.change(this.next());
    }
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) {
      throw new Error("The dump ends early");
    }
    return token;
  }

  private section(): string[] {
    const end = this.tokens.indexOf("$end", this.at);
    if (end === -1) {
      throw new Error("A section has no $end");
    }
    const content = this.tokens.slice(this.at, end);
    this.at = end + 1;
    return content;
  }

  private declare(keyword: string, content: string[]): void {
    if (keyword === "$scope") {
      this.scope.push(content[1]!);
    } else if (keyword === "$upscope") {
      if (this.scope.pop() === undefined) {
        throw new Error("$upscope without a scope");
      }
    } else if (keyword === "$var") {
      this.declareVariable(content);
    } else if (!informative.includes(keyword)) {
      throw new Error(`${keyword} is no declaration`);
    }
  }

  private declareVariable([type, width, code, name]: string[]): void {
    const full = [...this.scope, name].join(".");
    if (type !== "wire" || this.variables.has(code!) || this.values.has(full)) {
      throw new Error(`Variable ${full} is of type ${type}, or it or its code ${code} is taken`);
    }
    this.variables.set(code!, { name: full, width: Number(width) });
    this.values.set(full, []);
  }

  private change(token: string): void {
    // $dumpvars, $end and their like only group changes.
    if (token.startsWith("$")) {
      return;
    }
    if (token.startsWith("#")) {
      const time = Number(token.slice(1));
      if (!(time > this.time)) {
        throw new Error(`Time goes from ${this.time} to ${time}`);
      }
      this.time = time;
    } else if (token.startsWith("b")) {
      this.assign(this.next(), token.slice(1));
    } else {
      this.assign(token.slice(1), token[0]!);
    }
  }

  private assign(code: string, bits: string): void {
    const variable = this.variables.get(code);
    if (!variable || this.time < 0 || bits.length > variable.width || !/^([01]+|x+)$/.test(bits)) {
      throw new Error(`${bits} ${code} at ${this.time} is no change of a variable`);
    }
    this.values.get(variable.name)!.push([this.time, bits.startsWith("x") ? null : Number.parseInt(bits, 2)]);
  }
}

/** @throws where the dump breaks the standard */
export function readVcd(text: string): Dump {
  const reader = new Reader(text.split(/\s+/).filter((token) => token !== ""));
  reader.read();
  return reader.values;
}

/** The value of a variable at a time. */
export function valueAt(dump: Dump, name: string, time: number): number | null | undefined {
  return dump.get(name)?.findLast(([from]) => from <= time)?.[1];
}
