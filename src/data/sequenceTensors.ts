import * as z from "zod";
import type { LabelledSequences, SequenceData } from "./contract.js";
import { dataParts, SequenceError } from "./sequences.js";

/** Tensors by name with text about them, as a run directory keeps them in a safetensors file. */
export interface SequenceTensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array | Int8Array }>
  >;
}

const format = "tritloom-sequences";

const metadataSchema = z.object({
  format: z.literal(format),
  version: z.literal("1"),
  classes: z.string().transform((text, context) => {
    const parsed = classesSchema.safeParse(parseJson(text));
    return parsed.success ? parsed.data : (context.addIssue("is no list of two or more names"), z.NEVER);
  }),
  /** Absent where values were not standardised, and in files of versions that did not keep it. */
  scaling: z
    .string()
    .transform((text, context) => {
      const parsed = scalingSchema.safeParse(parseJson(text));
      return parsed.success ? parsed.data : (context.addIssue("is no list of means and deviations"), z.NEVER);
    })
    .optional(),
});

const scalingSchema = z.strictObject({ means: z.array(z.number()), deviations: z.array(z.number()) });

const classesSchema = z.array(z.string()).min(2);

/** All of the sequences, in tensors `train.values` [N, T, I], `train.labels` [N] and so on. */
export function sequencesToTensors(data: SequenceData): SequenceTensors {
  const { timesteps, width, classes, scaling } = data;
  const entries = dataParts.flatMap((part) => {
    const { values, labels } = data[part];
    return [
      [`${part}.values`, { shape: [labels.length, timesteps, width], data: values }] as const,
      [`${part}.labels`, { shape: [labels.length], data: labels }] as const,
    ];
  });
  const metadata = { format, version: "1", classes: JSON.stringify(classes), ...(scaling && { scaling: JSON.stringify(scaling) }) };
  return { metadata, tensors: Object.fromEntries(entries) };
}

/**
 * The sequences of `sequencesToTensors` again.
 * @param place for messages: the file
 * @throws SequenceError when a tensor is missing, its shape does not fit, or a label is no class
 */
export function sequencesFromTensors(file: SequenceTensors, place: string): SequenceData {
  const metadata = metadataSchema.safeParse(file.metadata);
  if (!metadata.success) {
    const [issue] = metadata.error.issues;
    throw new SequenceError(`${place} holds no labelled sequences: ${issue!.path.join(".")}: ${issue!.message}.`);
  }
  const { classes, scaling } = metadata.data;
  const [, timesteps = 0, width = 0] = file.tensors["train.values"]?.shape ?? [];
  const read = (part: string) => readPart(file, part, { timesteps, width, classes: classes.length }, place);
  return {
    kind: "sequences",
    timesteps,
    width,
    classes,
    ...(scaling && { scaling }),
    train: read("train"),
    validation: read("validation"),
    test: read("test"),
  };
}

interface Sizes {
  readonly timesteps: number;
  readonly width: number;
  readonly classes: number;
}

function readPart({ tensors }: SequenceTensors, part: string, { timesteps, width, classes }: Sizes, place: string): LabelledSequences {
  const values = tensors[`${part}.values`];
  const labels = tensors[`${part}.labels`];
  if (!(values?.data instanceof Float32Array && labels?.data instanceof Int32Array)) {
    throw new SequenceError(`${place} has no float32 tensor ${part}.values with an int32 tensor ${part}.labels.`);
  }
  const count = labels.data.length;
  if (values.shape.join() !== [count, timesteps, width].join() || values.data.length !== count * timesteps * width) {
    throw new SequenceError(
      `In ${place}, ${part}.values is [${values.shape.join(", ")}], not [${count}, ${timesteps}, ${width}] as its labels and the ` +
        "training part have it.",
    );
  }
  const wrong = labels.data.find((label) => label < 0 || label >= classes);
  if (wrong !== undefined) {
    throw new SequenceError(`In ${place}, ${part}.labels has the label ${wrong}; there are ${classes} classes.`);
  }
  return { values: values.data, labels: labels.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
