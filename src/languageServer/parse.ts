import ts from "typescript";

/** Reads the text of a cell, as a module. */
export function parse(text: string, kind: ts.ScriptKind): ts.SourceFile {
  return ts.createSourceFile(
    "cell",
    text,
    {
      languageVersion: ts.ScriptTarget.ESNext,
      // Without it `await {` at the top level is a name and a block.
      setExternalModuleIndicator: (file) => Object.assign(file, { externalModuleIndicator: true }),
    },
    true,
    kind,
  );
}

/** How many errors of syntax a text has. */
export function errorsIn(text: string, kind: ts.ScriptKind): number {
  return (parse(text, kind) as ts.SourceFile & { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length;
}
