import * as z from "zod";
import { interruptReasonSchema } from "../../src/runs/contract.js";
import { answerSchema, debuggerNewsSchema, fromKernelSchema, questionSchema } from "../contract.js";

/**
 * Messages between a kernel's keeper and those who connect to its socket: one JSON value in each line. Every connection begins
 * with a greeting that carries the token of the kernel's record. `end` means the same in all versions, so that a newer Tritloom
 * can end the kernels of an older one.
 */
export const keeperProtocol = 1;

/** What a window calls a notebook, and where it is; null for one that was never saved. */
export const notebookNameSchema = z.object({ uri: z.string(), path: z.string().nullable() });
export type NotebookName = z.infer<typeof notebookNameSchema>;

export const greetingSchema = z.discriminatedUnion("type", [
  /** To run cells and to be told all that happens; one at a time. */
  z.object({
    type: z.literal("attach"),
    protocol: z.number(),
    token: z.string(),
    /** How the one that attaches is called where others are told of it: 'the window "lstm"'. */
    by: z.string(),
    /** The one that attaches, which does not refuse itself. */
    window: z.string(),
    /** Detaches the one that is attached. */
    takeOver: z.boolean(),
    /** How long the kernel stays with nothing to run and nobody attached. */
    idleSeconds: z.number().min(0),
  }),
  /** To be told the outlook. */
  z.object({ type: z.literal("look"), protocol: z.number(), token: z.string() }),
  /** To end the kernel; the connection closes when it is gone. */
  z.object({ type: z.literal("end"), token: z.string(), why: interruptReasonSchema.catch("kernel-stopped") }),
  /** The notebook has another name now. */
  z.object({ type: z.literal("rename"), protocol: z.number(), token: z.string(), notebook: notebookNameSchema }),
]);
export type Greeting = z.infer<typeof greetingSchema>;

export const cellRequestSchema = z.object({
  /** Made by the window, and never used again. */
  execution: z.string(),
  /** The cell's id in the notebook file; files before nbformat 4.5 have none. */
  cellId: z.string().optional(),
  /** 0-based place among all cells of the notebook. */
  index: z.number().int().min(0),
  /** How many cells the notebook had. */
  of: z.number().int().positive(),
  /** 1-based place among its code cells, as error messages count. */
  cell: z.number().int().positive(),
  code: z.string(),
  /** The path by which debuggers know the text. */
  source: z.string().optional(),
  /** It waits for a debugger when its turn comes. */
  isDebugged: z.boolean().optional(),
  /** An error does not stop the cells after it. */
  mayFail: z.boolean(),
  isSkipped: z.boolean(),
});
export type CellRequest = z.infer<typeof cellRequestSchema>;

export const toKeeperSchema = z.discriminatedUnion("type", [
  /** Cells to run after those that wait. What they showed before is shown no more. */
  z.object({ type: z.literal("run"), cells: z.array(cellRequestSchema) }),
  /** Stops the running cell and forgets those that wait. */
  z.object({ type: z.literal("interrupt"), why: interruptReasonSchema }),
  /** An answer to `input`; without a text the question was dismissed. */
  z.object({ type: z.literal("answer"), request: z.number().int(), text: z.string().optional() }),
  /** A question about variables, which the kernel answers between cells. */
  z.object({ type: z.literal("ask"), id: z.string(), question: questionSchema }),
  /** What became of the debugger that an execution waits for, or that is attached to it. */
  z.object({ type: z.literal("debugger"), news: debuggerNewsSchema }),
  /** The notebook shows everything up to this number. */
  z.object({ type: z.literal("shown"), seq: z.number().int() }),
  z.object({ type: z.literal("end"), why: interruptReasonSchema }),
]);
export type ToKeeper = z.infer<typeof toKeeperSchema>;

/** How an execution ended: "skipped" by its tag, "cancelled" before it began. */
export const endSchema = z.object({
  status: z.enum(["ok", "error", "interrupted", "died", "skipped", "cancelled"]),
  /** Milliseconds since the epoch. */
  endTime: z.number(),
});
export type ExecutionEnd = z.infer<typeof endSchema>;

export const executionSchema = z.object({
  request: cellRequestSchema,
  /** Absent while it waits. */
  start: z
    .object({
      /** Shown as [n]; absent for a skipped cell. */
      executionCount: z.number().int().positive().optional(),
      /** Milliseconds since the epoch. */
      startTime: z.number(),
    })
    .optional(),
  /** Absent until it has ended. */
  end: endSchema.optional(),
});
export type Execution = z.infer<typeof executionSchema>;

export const kernelExitSchema = z.object({ code: z.number().nullable(), signal: z.string().nullable() });
export type Exit = z.infer<typeof kernelExitSchema>;

export const outlookSchema = z.object({
  /** The cell that runs; null while none does. */
  running: z.object({ cell: z.number().int(), executionCount: z.number().int().optional(), startTime: z.number() }).nullable(),
  waiting: z.number().int(),
  /** Who is attached; null when nobody is. */
  attached: z.string().nullable(),
  /** Resident memory of kernel and keeper in bytes; null where the platform does not tell. */
  memory: z.number().nullable(),
  /** How the kernel ended whose last outputs wait for a window; null while it lives. */
  exit: kernelExitSchema.nullable(),
});
export type Outlook = z.infer<typeof outlookSchema>;

export const fromKeeperSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("attached"), pid: z.number().int() }),
  /** Follows on "attached": what the kernel has executed, in order, whether the notebook shows it or not. */
  z.object({ type: z.literal("executed"), cells: z.array(cellRequestSchema) }),
  /** The connection closes after it. */
  z.object({
    type: z.literal("refused"),
    reason: z.enum(["token", "protocol", "attached", "unknown", "failed"]),
    protocol: z.number(),
    /** What failed, where that is the reason. */
    problem: z.string().optional(),
    /** Who is attached, where that is the reason. */
    by: z.string().optional(),
  }),
  z.object({ type: z.literal("outlook"), outlook: outlookSchema }),
  z.object({ type: z.literal("renamed") }),
  /**
   * An execution that the one attached knows nothing of, or no longer all: what its cell shows, folded to as few messages as
   * will do. It replaces what the cell shows, unless `isWhole` is false: then something before it was dropped.
   */
  z.object({
    type: z.literal("execution"),
    seq: z.number().int(),
    execution: executionSchema,
    isWhole: z.boolean(),
    messages: z.array(fromKernelSchema),
  }),
  z.object({ type: z.literal("started"), seq: z.number().int(), execution: z.string(), start: executionSchema.shape.start.unwrap() }),
  /** What the kernel says of an execution that was told of before. */
  z.object({ type: z.literal("message"), seq: z.number().int(), execution: z.string(), message: fromKernelSchema }),
  z.object({ type: z.literal("ended"), seq: z.number().int(), execution: z.string(), end: endSchema }),
  /** To the question of this id; without an answer the kernel ended before it gave one. */
  z.object({ type: z.literal("told"), id: z.string(), answer: answerSchema.optional() }),
  /** A cell waits for an answer. */
  z.object({ type: z.literal("input"), request: z.number().int(), question: fromKernelSchema }),
  /** Nobody waits for that answer any more. */
  z.object({ type: z.literal("inputOver"), request: z.number().int() }),
  /** Another one has attached; the connection closes after it. */
  z.object({ type: z.literal("taken"), by: z.string() }),
  /** The kernel is going to end as it was asked to, and its notebook can have another one from now on. */
  z.object({ type: z.literal("ending") }),
  /** The process of the kernel has ended; the connection closes once all is shown. */
  z.object({ type: z.literal("died"), exit: kernelExitSchema }),
]);
export type FromKeeper = z.infer<typeof fromKeeperSchema>;
