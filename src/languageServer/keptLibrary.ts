import ts from "typescript";
import type { TypeLibrary } from "./typeLibrary.js";

/**
 * What notebooks share of parsed files. TypeScript forgets a file when the last program that has it is gone; to read the library
 * again takes a second, so that one copy of it stays for the notebook that is opened next.
 */
export function sharedDocuments(library: TypeLibrary): ts.DocumentRegistry {
  const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames);
  let kept: string | undefined;
  return {
    ...registry,
    releaseDocumentWithKey: (path: ts.Path, key: ts.DocumentRegistryBucketKey, kind: ts.ScriptKind = ts.ScriptKind.Unknown, format?: ts.ResolutionMode) => {
      if (library.owns(path)) {
        kept ??= key;
      }
      if (!library.owns(path) || key !== kept) {
        registry.releaseDocumentWithKey(path, key, kind, format);
      }
    },
  };
}
