import * as z from "zod";
import { ownMetadata } from "../../notebooks/notebookLanguage.js";

/** A cell that is to be put into a notebook. */
export interface CellText {
  readonly kind: "code" | "markdown";
  readonly text: string;
  readonly tags?: readonly string[];
}

/** Metadata of a new notebook, in the form in which VS Code keeps that of an `.ipynb` file: under `metadata`. */
export const notebookMetadata = { metadata: ownMetadata };

/** A first experiment: a text, a small model, a run. */
export const newExperiment: readonly CellText[] = [
  { kind: "markdown", text: "# Experiment\n\nA character model with one-trit weights. Run the cells from the top." },
  { kind: "code", text: 'import * as tl from "tritloom";\n\nconst text = await tl.data.text("moby-dick");\ntext' },
  { kind: "code", text: "const experiment = tl.ternaryCharacterModel(text, { units: 128, steps: 400 });\nexperiment" },
  { kind: "code", text: "const run = await experiment.train();\nrun" },
  { kind: "code", text: 'await run.evaluate("test")' },
];

const fileSchema = z.object({
  cells: z.array(
    z.object({
      cell_type: z.string(),
      source: z.union([z.string(), z.array(z.string())]),
      metadata: z.object({ tags: z.array(z.string()).optional() }).optional(),
    }),
  ),
});

/**
 * Cells of an `.ipynb` file, without their outputs.
 * @throws ZodError or SyntaxError for text that is not a notebook
 */
export function readCells(file: string): CellText[] {
  return fileSchema.parse(JSON.parse(file)).cells.map(({ cell_type, source, metadata: { tags } = {} }) => ({
    kind: cell_type === "code" ? "code" : "markdown",
    text: typeof source === "string" ? source : source.join(""),
    ...(tags && { tags }),
  }));
}
