import ts from "typescript";
import { cellFilePattern } from "./cellModule.js";

/** Modules from which nothing is imported automatically: they are parts of others, by whose names kernels know them. */
const parts = ["**/node_modules/tritloom/parts/**", "**/node_modules/@tensorflow/tfjs-*/**"];

/** What editors may set in TypeScript, as it suits cells. */
export const preferences: ts.UserPreferences = {
  allowIncompleteCompletions: true,
  autoImportFileExcludePatterns: [cellFilePattern, ...parts],
  includeAutomaticOptionalChainCompletions: true,
  includeCompletionsForImportStatements: true,
  includeCompletionsForModuleExports: true,
  includeCompletionsWithInsertText: true,
  providePrefixAndSuffixTextForRename: true,
  quotePreference: "double",
};

/** How code that is inserted or formatted looks, with the line breaks of the text that it goes into. */
export function formatting(text: string, tabSize = 2, insertSpaces = true): ts.FormatCodeSettings {
  return {
    ...ts.getDefaultFormatCodeSettings(text.includes("\r\n") ? "\r\n" : "\n"),
    convertTabsToSpaces: insertSpaces,
    indentSize: tabSize,
    tabSize,
  };
}
