import ts from "typescript";
import { projectOptions } from "../../kernel/projectOptions.js";

/** How the cells of a folder are checked. */
export interface CompilerSettings {
  readonly options: ts.CompilerOptions;
  /** Whether a tsconfig.json says so; without one, some things that strict projects call errors are remarks. */
  readonly hasProject: boolean;
}

/** What has no meaning for text that is only looked at, or that the kernel does not heed. */
const unheeded: ts.CompilerOptions = {
  composite: undefined,
  configFilePath: undefined,
  customConditions: undefined,
  declaration: undefined,
  declarationDir: undefined,
  declarationMap: undefined,
  emitDeclarationOnly: undefined,
  importHelpers: undefined,
  incremental: undefined,
  isolatedDeclarations: undefined,
  isolatedModules: undefined,
  lib: undefined,
  moduleSuffixes: undefined,
  outDir: undefined,
  outFile: undefined,
  paths: undefined,
  rootDir: undefined,
  rootDirs: undefined,
  tsBuildInfoFile: undefined,
  verbatimModuleSyntax: undefined,
};

/**
 * The options of the nearest tsconfig.json, with imports found as the kernel finds them. Without one, cells are strict, and
 * have JavaScript's newest library without that of web pages.
 */
export function compilerSettings(folder: string): CompilerSettings {
  const { declared, resolution, emit } = projectOptions(folder);
  const { lib = ["lib.esnext.d.ts"], types } = declared ?? {};
  return {
    hasProject: declared !== undefined,
    options: {
      ...(declared ?? { strict: true }),
      ...unheeded,
      ...emit,
      ...resolution,
      lib,
      ...(types && { types: [...new Set([...types, "node"])] }),
      target: ts.ScriptTarget.ESNext,
      moduleDetection: ts.ModuleDetectionKind.Force,
      customConditions: ["node"],
      allowNonTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
    },
  };
}
