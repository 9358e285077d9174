import ts from "typescript";

/** TypeScript asks for every file whenever any has changed: nothing is read again that is as it was. */
export class Snapshots {
  private readonly known = new Map<string, { readonly version: string; readonly snapshot: ts.IScriptSnapshot | undefined }>();

  of(fileName: string, version: string, read: () => string | undefined): ts.IScriptSnapshot | undefined {
    const known = this.known.get(fileName);
    if (known?.version === version) {
      return known.snapshot;
    }
    const text = read();
    const snapshot = text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    this.known.set(fileName, { version, snapshot });
    return snapshot;
  }
}
