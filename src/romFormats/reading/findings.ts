import { romRules } from "./rules.js";
import type { FormatRules, RomRule, RomRuleId } from "./rules.js";

/** One thing in a ROM file that some tool trips over. */
export interface RomFinding {
  /** Counted from 1; 1 also for what concerns the whole file. */
  readonly line: number;
  readonly rule: RomRuleId;
  readonly severity: RomRule["severity"];
  /** What is there, what the tools do with it, what to do. */
  readonly message: string;
}

/** A file of a thousand wrong lines is told by its first ones. */
const mostOfOneRule = 20;

/** Gathers findings while a file is read. */
export class RomFindings {
  private readonly found: RomFinding[] = [];
  private readonly counts = new Map<RomRuleId, number>();

  /**
   * @param format undefined where it is not known
   * @param wanted rules that the file breaks on purpose
   */
  constructor(
    private readonly format: FormatRules | undefined,
    private readonly wanted: readonly RomRuleId[] = [],
  ) {}

  /** @param what the value and its place, as a sentence */
  add(rule: RomRuleId, line: number, what: string): void {
    if (this.wanted.includes(rule)) {
      return;
    }
    const count = (this.counts.get(rule) ?? 0) + 1;
    this.counts.set(rule, count);
    if (count <= mostOfOneRule) {
      const { severity: usual, anyTool, remedy }: RomRule = romRules[rule];
      const { tools, onlyWarnings } = this.format ?? {};
      const severity = onlyWarnings?.includes(rule) ? "warning" : usual;
      const does = tools?.[rule] ?? anyTool;
      const message = [printable(what), does, remedy].filter((part) => part !== undefined).join(" ");
      this.found.push({ line, rule, severity, message });
    }
  }

  /** Whether the rule was broken so far. */
  has(rule: RomRuleId): boolean {
    return this.counts.has(rule);
  }

  /** Whether anything but a warning was found so far. */
  get hasError(): boolean {
    return this.found.some(({ severity }) => severity === "error");
  }

  /** The findings in the order of lines; the last one of a frequent rule says how many more there are. */
  all(): RomFinding[] {
    const last = new Map(this.found.map((finding, index) => [finding.rule, index]));
    return this.found
      .map((finding, index) => {
        const more = (this.counts.get(finding.rule) ?? 0) - mostOfOneRule;
        const isLast = last.get(finding.rule) === index;
        return isLast && more > 0 ? { ...finding, message: `${finding.message} (${more} more like this.)` } : finding;
      })
      .toSorted((one, other) => one.line - other.line);
  }
}

/** One line that a terminal shows as it is, whatever the file holds. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
