/** What an `.ipynb` file says about its kernel and language, whichever host saves it. */
export const kernelspec = { name: "tritloom", display_name: "Tritloom (TypeScript)", language: "typescript" } as const;
export const languageInfo = { name: "typescript", file_extension: ".ts", mimetype: "text/x-typescript" } as const;
