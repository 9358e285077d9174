import * as z from "zod";

/**
 * What a host asks the kernel about code that is being written. The kernel answers from what is true in it now: the names
 * that cells have defined and their values. Places are counted in UTF-16 code units from the beginning of the code.
 */
export const codeQuestionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("complete"), code: z.string(), cursor: z.number().int().min(0) }),
  /** @property isDetailed with the source of functions and classes */
  z.object({ kind: z.literal("inspect"), code: z.string(), cursor: z.number().int().min(0), isDetailed: z.boolean() }),
  /** Whether a prompt that takes lines should run the code or go on asking. */
  z.object({ kind: z.literal("completeness"), code: z.string() }),
]);
export type CodeQuestion = z.infer<typeof codeQuestionSchema>;

const completionSchema = z.object({
  text: z.string(),
  kind: z.enum(["function", "class", "constant", "instance", "keyword", "property"]),
});
export type Completion = z.infer<typeof completionSchema>;

export const codeAnswerSchema = z.discriminatedUnion("kind", [
  /** Each of the texts may replace the code from `start` to `end`. */
  z.object({ kind: z.literal("complete"), completions: z.array(completionSchema), start: z.number(), end: z.number() }),
  /** Plain text; null where the code names nothing that the kernel knows. */
  z.object({ kind: z.literal("inspect"), text: z.string().nullable() }),
  /** @property indent what the next line of incomplete code begins with */
  z.object({ kind: z.literal("completeness"), status: z.enum(["complete", "incomplete", "invalid"]), indent: z.string() }),
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);
export type CodeAnswer = z.infer<typeof codeAnswerSchema>;

export type AnswerTo<Question extends CodeQuestion> = Extract<CodeAnswer, { kind: Question["kind"] }>;
