import type { CompletionItem } from "vscode-languageserver";
import { startingWith } from "../../kernel/questions/startingWith.js";
import type { Answer, CodeAssistant } from "./codeAssistant.js";
import type { CellsServer, WrittenCode } from "./cellsServer.js";

type Completions = Answer<"complete">;

/** So long a client waits for what the types say: little where the kernel knows something itself, since JupyterLab shows nothing before. */
const milliseconds = { besides: 300, alone: 1500 } as const;

/**
 * Answers by what is defined in the kernel, which is the truth, and by what the language server makes of the cells that ran and of the
 * code itself: members of what has not run yet, options of calls, docstrings. Without a server in time, by the kernel alone.
 */
export function typedAssistant(living: CodeAssistant, server: CellsServer): CodeAssistant {
  return {
    async complete(code, cursor) {
      const known = await living.complete(code, cursor);
      const items = await inTime((late) => server.complete({ code, cursor }, late), known.completions.length > 0);
      return items === undefined ? known : joined(known, typedCompletions(items, { code, cursor }));
    },
    async inspect(code, cursor, isDetailed) {
      const known = await living.inspect(code, cursor, isDetailed);
      const hover = await inTime((late) => server.describe({ code, cursor }, late), known.text !== null);
      if (hover === undefined) {
        return known;
      }
      const parts = known.text === null ? [hover.declaration, hover.documentation] : [known.text, hover.documentation];
      return { kind: "inspect", text: parts.filter((part) => part !== "").join("\n\n") };
    },
    ran: (code) => server.ran(code),
  };
}

/** Undefined where the answer does not come in time, or fails. */
async function inTime<Found>(ask: (late: AbortSignal) => Promise<Found>, isKnown: boolean): Promise<Found | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), isKnown ? milliseconds.besides : milliseconds.alone);
  const tooLate = new Promise<undefined>((resolve) => late.signal.addEventListener("abort", () => resolve(undefined)));
  try {
    return await Promise.race([ask(late.signal).catch(() => undefined), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the kernel knows stands first; the types add to it where they speak of the same place. */
function joined(known: Completions, typed: Completions): Completions {
  if (known.completions.length === 0) {
    return typed;
  }
  const texts = new Set(known.completions.map(({ text }) => text));
  const isSamePlace = known.start === typed.start && known.end === typed.end;
  const more = isSamePlace ? typed.completions.filter(({ text }) => !texts.has(text)) : [];
  return { ...known, completions: [...known.completions, ...more] };
}

/** Jupyter takes texts for one place in the code: what would write elsewhere too, as an automatic import does, is left out. */
function typedCompletions(items: readonly CompletionItem[], { code, cursor }: WrittenCode): Completions {
  const isInString = areValues(items);
  const start = wordStart(code, cursor, isInString);
  const written = code.slice(start, cursor);
  const fitting = items.filter((item) => !imports(item) && /^[\p{ID_Start}$_][\p{ID_Continue}$-]*$/u.test(textOf(item)));
  const sorted = fitting.sort((one, other) => compare(one.sortText, other.sortText) || compare(one.label, other.label));
  const kinds = new Map(sorted.map((item) => [textOf(item), kindOf(item)]));
  const texts = written === "" && code[start - 1] !== "." && !isInString ? [] : startingWith(written, [...kinds.keys()]);
  return { kind: "complete", completions: texts.map((text) => ({ text, kind: kinds.get(text)! })), start, end: cursor };
}

/** Values of a string may have hyphens: between names one is a minus. */
function wordStart(code: string, cursor: number, isInString: boolean): number {
  const word = isInString ? /[\p{ID_Continue}$-]*$/u : /[\p{ID_Continue}$]*$/u;
  return cursor - word.exec(code.slice(0, cursor))![0].length;
}

/** Values of a string, of which there are few, are offered before anything is written. */
function areValues(items: readonly CompletionItem[]): boolean {
  return items.length > 0 && items.every(({ kind }) => kind === itemKinds.constant);
}

function imports({ data }: CompletionItem): boolean {
  return (data as { source?: string } | undefined)?.source !== undefined;
}

function textOf({ insertText, label }: CompletionItem): string {
  return insertText ?? label;
}

function compare(one = "", other = ""): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** `CompletionItemKind` of the protocol. */
const itemKinds = { method: 2, function: 3, constructor: 4, field: 5, variable: 6, class: 7, property: 10, keyword: 14, constant: 21 } as const;

function kindOf({ kind }: CompletionItem): Completions["completions"][number]["kind"] {
  switch (kind) {
    case itemKinds.method:
    case itemKinds.function:
      return "function";
    case itemKinds.constructor:
    case itemKinds.class:
      return "class";
    case itemKinds.field:
    case itemKinds.property:
      return "property";
    case itemKinds.keyword:
      return "keyword";
    default:
      return kind === itemKinds.variable ? "instance" : "constant";
  }
}
