/** What an `.ipynb` file says about its kernel and language. */
export const kernelspec = { name: "tritloom", display_name: "Tritloom (TypeScript)", language: "typescript" } as const;
export const languageInfo = { name: "typescript", file_extension: ".ts", mimetype: "text/x-typescript" } as const;

/** Metadata of a notebook that says nothing about itself. */
export const ownMetadata = { kernelspec: { ...kernelspec }, language_info: { ...languageInfo } };

const languages = new Set(["typescript", "javascript", "ts", "js", "deno", "tslab"]);

/** Whether the kernel runs it; a cell that names no language is in that of its notebook. */
export function isOurLanguage(language: string | undefined): boolean {
  return language === undefined || languages.has(language.toLowerCase());
}

/** The language that a cell says it is in; undefined where it says nothing. */
export function languageOf({ metadata }: { readonly metadata: { readonly vscode?: { readonly languageId?: string | undefined } | undefined } }): string | undefined {
  return metadata.vscode?.languageId;
}

interface SaysItsLanguage {
  readonly metadata: {
    readonly kernelspec?: { readonly language?: string | undefined } | undefined;
    readonly language_info?: { readonly name: string } | undefined;
  };
}

/** The language of a notebook's cells; undefined where it says nothing. */
export function languageOfNotebook({ metadata }: SaysItsLanguage): string | undefined {
  return metadata.language_info?.name ?? metadata.kernelspec?.language;
}
