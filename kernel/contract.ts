import * as z from "zod";
import { reportSchema } from "../src/display/report.js";
import { interruptReasonSchema } from "../src/runs/contract.js";
import { lookSchema, valueViewSchema, variableListSchema } from "../src/variables/contract.js";
import { codeAnswerSchema, codeQuestionSchema } from "./questions/contract.js";

/**
 * Messages between a notebook's host (editor or CLI) and its kernel process, over Node's IPC channel, which frames
 * them. Every message that belongs to a cell carries the id of the execute request. What a program prints is a
 * message too, so its order against results is kept and no marker can be forged.
 */
export const protocolVersion = 3;

/** MIME type to text; for binary types base64; for `+json` types JSON text. */
export const mimeBundleSchema = z.record(z.string(), z.string());
export type MimeBundle = z.infer<typeof mimeBundleSchema>;

/** What a view wants to know of the variables. */
export const questionSchema = z.discriminatedUnion("about", [
  z.object({ about: z.literal("variables") }),
  z.object({ about: z.literal("value"), look: lookSchema }),
  /** All of a variable's value as text, for the clipboard. */
  z.object({ about: z.literal("text"), name: z.string() }),
]);
export type VariablesQuestion = z.infer<typeof questionSchema>;

export const answerSchema = z.discriminatedUnion("about", [
  z.object({ about: z.literal("variables"), list: variableListSchema }),
  /** Null where there is no such variable, or no such part of it. */
  z.object({ about: z.literal("value"), view: valueViewSchema.nullable() }),
  z.object({ about: z.literal("text"), text: z.string() }),
  /** The question could not be answered, and why. */
  z.object({ about: z.literal("problem"), text: z.string() }),
]);
export type VariablesAnswer = z.infer<typeof answerSchema>;

/** What became of a debugger, as the host tells it. */
export const debuggerNewsSchema = z.object({
  /** The execution that waits for it. */
  id: z.string(),
  state: z.enum(["attached", "detached"]),
  /** Why the debugger is not there, as a sentence. */
  reason: z.string().optional(),
});
export type DebuggerNews = z.infer<typeof debuggerNewsSchema>;

export const toKernelSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("execute"),
    id: z.string(),
    code: z.string(),
    /** 1-based number of the code cell in its notebook, for stacks and messages: "cell 3, line 2". */
    cell: z.number().int().positive(),
    /** Execution order shown as [n]. */
    executionCount: z.number().int().positive(),
    /** Absolute path by which a debugger knows this text; there is no such file. Without it no debugger can show the cell. */
    source: z.string().optional(),
    /** The cell waits until a debugger is attached: see the message "inspector". */
    isDebugged: z.boolean().optional(),
  }),
  /** What became of the debugger that the execution waits for, or that is attached while it runs. */
  debuggerNewsSchema.extend({ type: z.literal("debugger") }),
  /** Stop the running cell, keep all variables: first cooperatively, then by breaking synchronous code. */
  z.object({
    type: z.literal("interrupt"),
    /** The execution that shall stop; without it nothing runs that the host knows of. */
    id: z.string().optional(),
    why: interruptReasonSchema.default("stopped"),
  }),
  /** Answered between cells, after those that were sent before. */
  z.object({ type: z.literal("ask"), id: z.string(), question: questionSchema }),
  /** About code that is being written; answered as soon as the main thread is free, also while a cell awaits. */
  z.object({ type: z.literal("askAboutCode"), id: z.string(), question: codeQuestionSchema }),
  /** Whether anything that cells have started still goes on; answered as soon as the main thread is free. */
  z.object({ type: z.literal("askForWork"), id: z.string() }),
  /** End the process; a training writes its checkpoint first. */
  z.object({ type: z.literal("shutdown"), why: interruptReasonSchema.default("kernel-stopped") }),
]);
export type ToKernel = z.infer<typeof toKernelSchema>;

export const cellErrorSchema = z.object({
  name: z.string(),
  message: z.string(),
  /** User frames only, as "cell 3, line 2, column 5" or a file path. */
  stack: z.string(),
  /** The line and column at which the error arose, counted from 1; absent when it is unknown. */
  cell: z.number().int().optional(),
  line: z.number().int().optional(),
});
export type CellError = z.infer<typeof cellErrorSchema>;

export const fromKernelSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("ready"),
    protocol: z.number(),
    node: z.string(),
    pid: z.number(),
  }),
  z.object({ type: z.literal("stream"), id: z.string(), name: z.enum(["stdout", "stderr"]), text: z.string() }),
  /** A new output, or with `update` the full replacement of the one shown earlier under `displayId`. */
  z.object({
    type: z.literal("display"),
    id: z.string(),
    displayId: z.string(),
    update: z.boolean(),
    data: mimeBundleSchema,
  }),
  /** What the cell made, for programs; nothing to show. */
  z.object({ type: z.literal("report"), id: z.string(), report: reportSchema }),
  /** Value of the cell's last expression. */
  z.object({ type: z.literal("result"), id: z.string(), data: mimeBundleSchema }),
  z.object({ type: z.literal("error"), id: z.string(), error: cellErrorSchema }),
  /** The cell waits for the user's answer, which goes through the pipe of interruptions (`hostPipe.ts`). */
  z.object({
    type: z.literal("input"),
    id: z.string(),
    request: z.number().int(),
    /** A line of text; yes or no; a message that is to be seen. */
    kind: z.enum(["text", "confirm", "alert"]),
    prompt: z.string(),
    initial: z.string(),
  }),
  /** To the question of this id, which is of no execution. */
  z.object({ type: z.literal("answer"), id: z.string(), answer: answerSchema }),
  z.object({ type: z.literal("answerAboutCode"), id: z.string(), answer: codeAnswerSchema }),
  /** To the question of this id: whether a training, a timer or a child process of cells still goes on. */
  z.object({ type: z.literal("work"), id: z.string(), isGoingOn: z.boolean() }),
  /** The execution waits for a debugger, which finds the kernel at this address until the execution has ended. */
  z.object({ type: z.literal("inspector"), id: z.string(), url: z.string() }),
  /** Always the last message of an execution. */
  z.object({ type: z.literal("done"), id: z.string(), status: z.enum(["ok", "error", "interrupted"]) }),
]);
export type FromKernel = z.infer<typeof fromKernelSchema>;

export interface InputAnswer {
  request: number;
  /** Dismissed: the user wants to give none; unavailable: there is nobody to ask. */
  outcome: "given" | "dismissed" | "unavailable";
  text: string;
}
