import { type Notebook, parseAnyNotebook, readText } from "./notebookFile.js";
import { parseScript } from "./percentScript.js";
import { isScriptName } from "./scriptName.js";

/**
 * Reads an .ipynb file, or a script whose cells begin at marks, `// %%`, in any language.
 * @throws NotebookError for a file that cannot be read, or is neither
 */
export async function openNotebookFile(path: string): Promise<Notebook> {
  return parseNotebookText(await readText(path), path, isScriptName(path) ? "script" : "notebook");
}

/** Reads the text of such a file. @param path for messages only @throws NotebookError */
export function parseNotebookText(text: string, path: string, form: "script" | "notebook"): Notebook {
  return form === "script" ? parseScript(text, path) : parseAnyNotebook(text, path);
}
