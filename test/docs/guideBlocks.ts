import MarkdownIt from "markdown-it";

/**
 * What a fenced block of a page of the guide is, by the words after its language:
 *
 * - `ts`: a cell. `sh`: commands. Both are run; with `fails` they must fail, and with `not-run` they are left out, which the
 *   test must give a reason for.
 * - `text output`: lines that the block before it prints, in this order; "…" stands for anything within a line.
 * - `file=NAME`, after any language: a file that is there when the next block runs.
 */
export type GuideBlock =
  | { readonly kind: "cell" | "shell"; readonly line: number; readonly code: string; readonly fails: boolean; output?: string }
  | { readonly kind: "file"; readonly line: number; readonly name: string; readonly content: string }
  | { readonly kind: "not-run"; readonly line: number; readonly code: string };

/** @throws when a block is of no kind that is tested */
export function guideBlocks(page: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  const fences = new MarkdownIt().parse(page, {}).filter(({ type }) => type === "fence" || type === "code_block");
  for (const { info, content, map } of fences) {
    const [language = "", ...words] = info.trim().split(/\s+/);
    const line = map![0] + 1;
    if (language === "text" && words.join() === "output") {
      expectOutput(blocks.at(-1), content, line);
    } else {
      blocks.push(blockOf(language, words, { line, content }));
    }
  }
  return blocks;
}

function expectOutput(printing: GuideBlock | undefined, content: string, line: number): void {
  if (printing === undefined || !("fails" in printing)) {
    throw new Error(`line ${line}: no block that runs stands before this output`);
  }
  printing.output = content;
}

const kinds: Readonly<Record<string, "cell" | "shell">> = { ts: "cell", sh: "shell" };

function blockOf(language: string, words: readonly string[], { line, content }: { line: number; content: string }): GuideBlock {
  const [word = ""] = words;
  const kind = kinds[language];
  if (word.startsWith("file=")) {
    return { kind: "file", line, name: word.slice("file=".length), content };
  }
  if (word === "not-run") {
    return { kind: "not-run", line, code: content };
  }
  if (kind === undefined || !["", "fails"].includes(word) || words.length > 1) {
    throw new Error(`line ${line}: nothing tests a block \`\`\`${[language, ...words].join(" ")}`);
  }
  return { kind, line, code: content, fails: word === "fails" };
}

/** The first line of `expected` that does not follow in `output`; undefined where all do. */
export function missingLine(expected: string, output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trim());
  let at = 0;
  return expected.trimEnd().split("\n").find((wanted) => {
    const parts = wanted.trim().split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^${parts.join(".*")}$`);
    const found = lines.findIndex((line, index) => index >= at && pattern.test(line));
    at = found + 1;
    return found < 0;
  });
}
