import * as z from "zod";
import type { NamedTensor, NamedTensors } from "../files/namedTensors.js";
import type { LabelledSequences, SequenceData } from "./contract.js";
import { dataParts, SequenceError } from "./sequences.js";
import { type TableForm, tableFormSchema } from "./tableForm.js";

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
  /** Absent where the sequences are from no CSV file, and in files of versions that did not keep it. */
  tableForm: z
    .string()
    .transform((text, context) => {
      const parsed = tableFormSchema.safeParse(parseJson(text));
      return parsed.success ? parsed.data : (context.addIssue("does not say how a CSV file was read"), z.NEVER);
    })
    .optional(),
});

const scalingSchema = z.strictObject({ means: z.array(z.number()), deviations: z.array(z.number()) });

const classesSchema = z.array(z.string()).min(2);

/**
 * All of the sequences, in tensors `train.values` [N, T, I], `train.labels` [N] and so on.
 * @param tableForm how the CSV file was read that they are from
 */
export function sequencesToTensors(data: SequenceData, tableForm?: TableForm): NamedTensors {
  const { timesteps, width, classes, scaling } = data;
  const entries = dataParts.flatMap((part): [string, NamedTensor][] => {
    const { values, labels } = data[part];
    return [
      [`${part}.values`, { shape: [labels.length, timesteps, width], data: values }],
      [`${part}.labels`, { shape: [labels.length], data: labels }],
    ];
  });
  const metadata = {
    format,
    version: "1",
    classes: JSON.stringify(classes),
    ...(scaling && { scaling: JSON.stringify(scaling) }),
    ...(tableForm && { tableForm: JSON.stringify(tableForm) }),
  };
  return { metadata, tensors: Object.fromEntries(entries) };
}

/**
 * The sequences of `sequencesToTensors` again.
 * @param place for messages: the file
 * @throws SequenceError when a tensor is missing, its shape does not fit, or a label is no class
 */
export function sequencesFromTensors(file: NamedTensors, place: string): SequenceData {
  const { classes, scaling } = metadataOf(file, place);
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

/**
 * How the CSV file was read that the sequences are from; undefined where they are from none, or that was not kept.
 * @param place for messages: the file
 * @throws SequenceError when the file holds no labelled sequences
 */
export function tableFormFromTensors(file: Pick<NamedTensors, "metadata">, place: string): TableForm | undefined {
  return metadataOf(file, place).tableForm;
}

function metadataOf({ metadata }: Pick<NamedTensors, "metadata">, place: string): z.infer<typeof metadataSchema> {
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SequenceError(`${place} holds no labelled sequences: ${issue!.path.join(".")}: ${issue!.message}.`);
  }
  return parsed.data;
}

interface Sizes {
  readonly timesteps: number;
  readonly width: number;
  readonly classes: number;
}

function readPart({ tensors }: NamedTensors, part: string, { timesteps, width, classes }: Sizes, place: string): LabelledSequences {
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
