import { skipTag } from "../../../kernel/skippedCell.js";
import { kernelspec, languageInfo } from "../../notebooks/notebookLanguage.js";

/** A field of what another program wrote: undefined where there is none. */
function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/**
 * Whether a notebook was written for this kernel, or at least in its language.
 * @param metadata of VS Code, which keeps that of the `.ipynb` file under `metadata`
 */
export function isForTritloom(metadata: unknown): boolean {
  const file = field(metadata, "metadata");
  const spec = field(file, "kernelspec");
  const language = field(spec, "language") ?? field(field(file, "language_info"), "name");
  return field(spec, "name") === kernelspec.name || language === kernelspec.language;
}

/** Whether a notebook names this kernel, or none and its language: one that names another kernel is that kernel's. */
export function isWrittenForTritloom(metadata: unknown): boolean {
  const kernel = field(field(field(metadata, "metadata"), "kernelspec"), "name");
  return kernel === kernelspec.name || (kernel === undefined && isForTritloom(metadata));
}

/** Metadata with our kernelspec, or undefined when nothing would change. */
export function withKernelspec(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const file = field(metadata, "metadata");
  if (field(field(file, "kernelspec"), "name") === kernelspec.name) {
    return undefined;
  }
  const kept = typeof file === "object" ? file : {};
  return { ...metadata, metadata: { ...kept, kernelspec: { ...kernelspec }, language_info: { ...languageInfo } } };
}

/** Whether a cell carries the tag that Jupyter tools use for "an error here is expected". */
export function mayFail(cellMetadata: unknown): boolean {
  return hasTag(cellMetadata, "raises-exception");
}

/** Whether a cell is to be left out, by the tag that Jupyter tools use for that. */
export function isSkipped(cellMetadata: unknown): boolean {
  return hasTag(cellMetadata, skipTag);
}

/** A cell's metadata with a tag, or without it; undefined where that is what it has. */
export function withTag(cellMetadata: Readonly<Record<string, unknown>>, tag: string, isWanted: boolean): Record<string, unknown> | undefined {
  if (hasTag(cellMetadata, tag) === isWanted) {
    return undefined;
  }
  const file = field(cellMetadata, "metadata");
  const tags = field(file, "tags");
  const others = Array.isArray(tags) ? (tags as unknown[]).filter((each) => each !== tag) : [];
  return { ...cellMetadata, metadata: { ...(typeof file === "object" && file), tags: isWanted ? [...others, tag] : others } };
}

function hasTag(cellMetadata: unknown, tag: string): boolean {
  const tags = field(field(cellMetadata, "metadata"), "tags");
  return Array.isArray(tags) && tags.includes(tag);
}
