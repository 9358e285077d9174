/** A value change dump that cannot be read or lacks what is needed; the message names the place and the remedy. */
export class VcdError extends Error {
  override readonly name = "VcdError";
}

/** One `$var` of the header. */
export interface VcdVariable {
  /** Names of the scopes around it, outermost first. */
  readonly scopes: readonly string[];
  /** Without its range. */
  readonly name: string;
  readonly bits: number;
  /** The highest index of a part of a vector, where the name has an index or a range. */
  readonly high?: number;
  /** Identifier code; several variables may share one. */
  readonly code: string;
}

export interface VcdVisitor {
  /** At the end of the header. */
  definitions(variables: readonly VcdVariable[]): void;
  /** Changes that follow happen at this time. */
  time(time: number): void;
  /** @param value digits 0, 1, x, z, most significant first, possibly fewer than the variable has */
  change(code: string, value: string): void;
}

type State =
  | { readonly kind: "header" }
  | { readonly kind: "command"; readonly name: string; readonly words: string[]; readonly isHeader: boolean }
  | { readonly kind: "changes" }
  | { readonly kind: "vector"; readonly value: string | undefined };

/** Variables without bits of their own: they are passed over, and so are their changes. */
const valueless = new Set(["real", "realtime", "string", "event", "real_parameter", "shortreal"]);
/** A name, code or value is never longer than a line; anything longer is no dump. */
const longestToken = 2 ** 20;
/** How many words of a declaration are kept; comments have more, which nobody reads. */
const mostWords = 64;

/**
 * Reads a four-state value change dump (IEEE 1364-2005, 18.2) piece by piece, in constant memory.
 * Variables of reals, strings and events are passed over.
 */
export class VcdReader {
  private state: State = { kind: "header" };
  private rest = "";
  private now = "its beginning";
  private readonly scopes: string[] = [];
  private readonly variables: VcdVariable[] = [];

  constructor(private readonly visitor: VcdVisitor) {}

  /** @throws VcdError */
  push(text: string): void {
    if (this.rest.length > longestToken) {
      throw new VcdError(`A word after ${this.now} has more than ${longestToken} characters: this is not a value change dump, or it is damaged.`);
    }
    const all = this.rest + text;
    const end = Math.max(all.lastIndexOf("\n"), all.lastIndexOf(" ")) + 1;
    this.rest = all.slice(end);
    for (const [token] of all.slice(0, end).matchAll(/\S+/g)) {
      this.read(token);
    }
  }

  /** @throws VcdError for a dump that was cut off */
  end(): void {
    this.push("\n");
    if (this.state.kind !== "changes") {
      const place = this.state.kind === "header" || (this.state.kind === "command" && this.state.isHeader) ? "before $enddefinitions" : `in a value change after ${this.now}`;
      throw new VcdError(`The dump ends ${place}: it was cut off, dump it again and let the simulation end.`);
    }
  }

  private read(token: string): void {
    switch (this.state.kind) {
      case "header":
        return this.readHeader(token);
      case "command":
        return this.readCommand(this.state, token);
      case "changes":
        return this.readChange(token);
      case "vector":
        if (this.state.value !== undefined) {
          this.visitor.change(token, this.state.value);
        }
        this.state = { kind: "changes" };
    }
  }

  private readHeader(token: string): void {
    if (!token.startsWith("$")) {
      throw new VcdError(`"${shown(token)}" is no declaration command: this is not a value change dump (IEEE 1364, 18), whose header begins with $date, $version, $timescale or $scope.`);
    }
    this.state = { kind: "command", name: token, words: [], isHeader: true };
  }

  private readCommand({ name, words, isHeader }: Extract<State, { kind: "command" }>, token: string): void {
    if (token !== "$end") {
      if (words.length < mostWords) {
        words.push(token);
      }
      return;
    }
    this.state = { kind: isHeader ? "header" : "changes" };
    switch (name) {
      case "$scope":
        this.scopes.push(words[1] ?? "");
        return;
      case "$upscope":
        this.scopes.pop();
        return;
      case "$var":
        this.noteVariable(words);
        return;
      case "$enddefinitions":
        this.state = { kind: "changes" };
        this.visitor.definitions(this.variables);
    }
  }

  private noteVariable(words: readonly string[]): void {
    const [type = "", size, code, reference, ...indices] = words;
    if (type.toLowerCase() === "port") {
      throw new VcdError("This is an extended value change dump ($dumpports), whose values have strengths: dump with $dumpvars instead.");
    }
    if (valueless.has(type.toLowerCase())) {
      return;
    }
    const bits = Number(size);
    if (reference === undefined || !Number.isInteger(bits) || bits < 0) {
      throw new VcdError(`"$var ${shown(words.join(" "))} $end" is no variable: it has a type, a size, a code and a name.`);
    }
    const { name, high } = namedPart(reference + indices.join(""));
    // A null range of VHDL has no bit, and so no value.
    if (bits > 0) {
      this.variables.push({ scopes: [...this.scopes], name, bits, code: code!, ...(high !== undefined && { high }) });
    }
  }

  private readChange(token: string): void {
    const [first] = token;
    if (first === "#") {
      return this.readTime(token);
    }
    if (/^[01xz].+$/i.test(token)) {
      return this.visitor.change(token.slice(1), first!.toLowerCase());
    }
    if (/^b[01xz]+$/i.test(token)) {
      this.state = { kind: "vector", value: token.slice(1).toLowerCase() };
    } else if (/^[rs]/i.test(token)) {
      this.state = { kind: "vector", value: undefined };
    } else if (token === "$comment") {
      this.state = { kind: "command", name: token, words: [], isHeader: false };
    } else if (!/^\$(dumpvars|dumpall|dumpon|dumpoff|end)$/.test(token)) {
      throw new VcdError(`"${shown(token)}" after ${this.now} is no value change: the dump is damaged or was cut off.`);
    }
  }

  private readTime(token: string): void {
    const time = Number(token.slice(1));
    if (token.length < 2 || !Number.isInteger(time)) {
      throw new VcdError(`"${shown(token)}" after ${this.now} is no time: the dump is damaged.`);
    }
    this.now = token;
    this.visitor.time(time);
  }
}

/** `gate[2]` and `gate[7:4]` are parts of `gate`; what is before the last brackets stays. */
function namedPart(reference: string): { name: string; high?: number } {
  const [brackets, first, second = first] = /\[(-?\d{1,9})(?::(-?\d{1,9}))?\]$/.exec(reference) ?? [];
  return brackets === undefined
    ? { name: reference }
    : { name: reference.slice(0, -brackets.length), high: Math.max(Number(first), Number(second)) };
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
