import * as z from "zod";

/** The code that ran in this session, for prompts that step back through it. */
interface Entry {
  readonly line: number;
  readonly input: string;
  /** Plain text of the result. */
  output: string | null;
}

const base = { output: z.boolean().default(false) };
const count = z.number().int().nullish();

export const historyRequestSchema = z.discriminatedUnion("hist_access_type", [
  z.looseObject({ ...base, hist_access_type: z.literal("tail"), n: count }),
  z.looseObject({ ...base, hist_access_type: z.literal("range"), session: count, start: count, stop: count }),
  z.looseObject({ ...base, hist_access_type: z.literal("search"), n: count, pattern: z.string().default("*"), unique: z.boolean().default(false) }),
]);
type HistoryRequest = z.infer<typeof historyRequestSchema>;

/** A kernel remembers its own session only, which has this number; clients may also say 0. */
const session = 1;

type Row = [session: number, line: number, input: string | [string, string | null]];

/** Inputs and results by execution count. */
export class History {
  private readonly entries: Entry[] = [];

  /** @returns to be called with the result's text, undefined where there is none */
  add(line: number, input: string): (output: string | undefined) => void {
    const entry: Entry = { line, input, output: null };
    this.entries.push(entry);
    return (output) => {
      entry.output = output ?? null;
    };
  }

  find(request: HistoryRequest): Row[] {
    return this.select(request).map(({ line, input, output }) => [session, line, request.output ? [input, output] : input]);
  }

  private select(request: HistoryRequest): Entry[] {
    switch (request.hist_access_type) {
      case "tail":
        return last(this.entries, request.n);
      case "range": {
        const { start, stop } = request;
        const isOurs = [0, session, null, undefined].includes(request.session);
        return isOurs ? this.entries.filter(({ line }) => line >= (start ?? 1) && line < (stop ?? Infinity)) : [];
      }
      case "search": {
        const pattern = globPattern(request.pattern);
        const found = this.entries.filter(({ input }) => pattern.test(input));
        return last(request.unique ? latestOfEach(found) : found, request.n);
      }
    }
  }
}

function last(entries: readonly Entry[], n: number | null | undefined): Entry[] {
  return n === null || n === undefined ? [...entries] : n <= 0 ? [] : entries.slice(-n);
}

function latestOfEach(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ input }, index) => entries.findLastIndex((other) => other.input === input) === index);
}

/** `*` stands for any text, `?` for any character. */
function globPattern(glob: string): RegExp {
  const parts = [...glob].map((character) => (character === "*" ? "[^]*" : character === "?" ? "[^]" : character.replace(/[\\^$.|+()[\]{}]/, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "u");
}
