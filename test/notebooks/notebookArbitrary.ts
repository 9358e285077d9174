import fc from "fast-check";
import type { Notebook } from "../../src/notebooks/notebookFile.js";

/** What makes trouble in a file of marks and comments. */
const piece = fc.constantFrom(
  "// %%", "//%% x", "  // %% [markdown]", "// // %%", "%% odd", "//", "// ---", "// jupyter:", "*/", "/*", "\n", "\n\n", "\r\n", "\r", "\u2028", " ", "\t", "a", "é", "🎉", "\ufeff", "`${`", "#", "---", "\u0000", "\\", '"',
);
export const source = fc.oneof(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")), fc.string({ unit: "grapheme", maxLength: 20 }));

const key = fc.oneof(fc.constantFrom("title", "cell_depth", "id", "attachments", "ending", "metadata", "name", "a.b", "c-d", "my key", "null", "é"), fc.string({ maxLength: 6 })).filter((name) => name !== "__proto__" && name !== "tags" && name !== "vscode");
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto")) as unknown);
const title = fc.oneof(fc.constantFrom("My title", "[markdown]", "A [raw] b", "y=x^2", "tags=[", "k=1", "{}", "%%", " blank "), fc.string({ maxLength: 12 }));
const cellMetadata = fc
  .tuple(
    fc.dictionary(key, json, { maxKeys: 3 }),
    fc.record({ tags: fc.array(fc.constantFrom("parameters", "a b", '"', "[markdown]")), title }, { requiredKeys: [] }),
    fc.option(fc.constantFrom("javascript", "python", "typescript"), { nil: undefined }),
  )
  .map(([others, named, languageId]) => ({ ...others, ...named, ...(languageId && { vscode: { languageId } }) }));

const id = fc.option(fc.stringMatching(/^[\w-]{1,64}$/), { nil: undefined });
const cell = fc.oneof(
  fc.record({ cell_type: fc.constantFrom("markdown" as const, "raw" as const), id, metadata: cellMetadata, source }),
  fc.record({ cell_type: fc.constant("markdown" as const), id, metadata: cellMetadata, source, attachments: fc.constant({ "a.png": { "image/png": "iVBORw0KGgo=" } }) }),
  fc.record({ cell_type: fc.constant("code" as const), id, metadata: cellMetadata, source, execution_count: fc.constant(null), outputs: fc.constant([]) }),
);
const metadata = fc
  .tuple(
    fc.dictionary(key, json, { maxKeys: 3 }),
    fc.record({ kernelspec: fc.constant({ name: "tritloom", display_name: "T", language: "typescript" }), jupytext: fc.constant({ formats: "ipynb,ts:percent" }) }, { requiredKeys: [] }),
  )
  .map(([others, known]) => ({ ...others, ...known }));

/** Notebooks without outputs, with anything in their cells and metadata. */
export const anyNotebook = fc.record({ nbformat: fc.constant(4 as const), nbformat_minor: fc.constant(5), metadata, cells: fc.array(cell, { maxLength: 5 }) }).map(
  // A field that is not there is not a field that is undefined.
  (notebook) => ({ ...notebook, cells: notebook.cells.map(({ id: own, ...rest }) => (own === undefined ? rest : { id: own, ...rest })) }) as Notebook,
);
