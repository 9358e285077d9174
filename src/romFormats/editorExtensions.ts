import { romFormatNames, romFormats } from "./romFormats.js";

/** The last parts of the extensions of files that the editor opens as ROM images, as "mem"; `text`: those that it opens as text too. */
export function editorExtensions(): { readonly all: string[]; readonly text: string[] } {
  const shown = romFormatNames.map((name) => romFormats[name]).filter(({ hasEditor }) => hasEditor);
  const endings = (formats: typeof shown): string[] => [...new Set(formats.map(({ extension }) => extension.split(".").at(-1)!))];
  return { all: endings(shown), text: endings(shown.filter(({ isText }) => isText)) };
}
