import * as z from "zod";
import { isPrintableLine, printableLine, printableLineRule, printableLines } from "../text/printable.js";

/** What a person sets on a run beside its own data: none of it changes what the run is. */
export const runMarksSchema = z.object({
  starred: z.boolean().optional(),
  /** Left out of lists until somebody asks for hidden runs. */
  hidden: z.boolean().optional(),
  /** Shown in place of the name in the spec. */
  name: z.string().min(1).transform(printableLine).optional(),
  /** Any number of lines. */
  note: z.string().min(1).transform(printableLines).optional(),
  /** Sorted, each once. */
  tags: z.array(z.string().min(1).transform(printableLine)).optional(),
});
export type RunMarks = z.infer<typeof runMarksSchema>;

/** A field that is absent stays as it is; null and an empty text take it away. */
export const marksChangeSchema = z.object({
  starred: z.boolean().optional(),
  hidden: z.boolean().optional(),
  name: z.string().nullable().optional(),
  note: z.string().nullable().optional(),
  addTags: z.array(z.string()).optional(),
  removeTags: z.array(z.string()).optional(),
});
export type MarksChange = z.infer<typeof marksChangeSchema>;

/** A change that cannot be made; the message names the value and the remedy. */
export class MarksError extends Error {
  override readonly name = "MarksError";
}

/** A tag is one word, so that a filter can name it without quotes. */
const tagPattern = /^[^\s()"<>=~!,]+$/u;

/**
 * The marks after a change; undefined where nothing is marked any more.
 * @throws MarksError for a name of several lines, or a tag that is not one word
 */
export function changedMarks(marks: RunMarks = {}, change: MarksChange): RunMarks | undefined {
  const { starred = marks.starred, hidden = marks.hidden, name = marks.name, note = marks.note } = change;
  const all = { starred, hidden, name: checkedName(name), note: note?.trim(), tags: changedTags(marks, change) };
  const set = Object.entries(all).filter(([, value]) => value);
  return set.length === 0 ? undefined : (Object.fromEntries(set) as RunMarks);
}

/** @returns undefined where none is left */
function changedTags(marks: RunMarks, { addTags = [], removeTags = [] }: MarksChange): string[] | undefined {
  const tags = new Set([...(marks.tags ?? []), ...addTags.map(checkedTag)]);
  removeTags.forEach((tag) => tags.delete(tag));
  return tags.size === 0 ? undefined : [...tags].toSorted();
}

function checkedName(name: string | null | undefined): string | undefined {
  if (name && !isPrintableLine(name)) {
    throw new MarksError(`The name ${JSON.stringify(name)} ${printableLineRule}.`);
  }
  return name?.trim();
}

function checkedTag(tag: string): string {
  if (!tagPattern.test(tag) || !isPrintableLine(tag)) {
    throw new MarksError(`The tag ${JSON.stringify(tag)} must be one word without blanks, commas, quotes, parentheses and the signs < > = ~ !: write baseline or stage-2.`);
  }
  return tag;
}
