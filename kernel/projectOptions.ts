import { dirname } from "node:path";
import type ts from "typescript";
import { typescript } from "./typescript.js";

/** What the nearest tsconfig.json, with all that it extends, says about the code of a folder. */
export interface ProjectOptions {
  /** How imports are found: its `paths` and `baseUrl`; otherwise the bundlers' way. */
  resolution: ts.CompilerOptions;
  /** Options that change what code means: decorators, class fields, JSX. Types are erased whatever it says. */
  emit: ts.CompilerOptions;
  /** All that the file says, for those who check types; undefined where there is no file. */
  declared: ts.CompilerOptions | undefined;
  /** What is wrong with the file, one sentence each. */
  problems: readonly string[];
}

/** Reads it afresh: it may have been edited since the last cell. */
export function projectOptions(folder: string): ProjectOptions {
  const compiler = typescript();
  const file = compiler.findConfigFile(folder, compiler.sys.fileExists);
  const { options, problems } = file === undefined ? { options: {}, problems: [] } : read(compiler, file);
  const { paths, baseUrl, pathsBasePath } = options;
  return {
    resolution: {
      moduleResolution: compiler.ModuleResolutionKind.Bundler,
      module: compiler.ModuleKind.ESNext,
      target: compiler.ScriptTarget.ES2022,
      allowJs: true,
      resolveJsonModule: true,
      allowImportingTsExtensions: true,
      ...(paths ? { paths, pathsBasePath } : {}),
      ...(baseUrl ? { baseUrl } : {}),
    },
    emit: emitOptions(compiler, options),
    declared: file === undefined ? undefined : options,
    problems,
  };
}

function read(compiler: typeof ts, file: string): { options: ts.CompilerOptions; problems: string[] } {
  const { config, error } = compiler.readConfigFile(file, compiler.sys.readFile) as { config?: object; error?: ts.Diagnostic };
  // Without listing the project's files, which may be many.
  const host: ts.ParseConfigHost = { ...compiler.sys, useCaseSensitiveFileNames: true, readDirectory: () => [] };
  const parsed = compiler.parseJsonConfigFileContent(config ?? {}, host, dirname(file), undefined, file);
  const noInputs = 18003;
  const noFiles = 18002;
  const faults = [...(error ? [error] : []), ...parsed.errors].filter(({ code }) => code !== noInputs && code !== noFiles);
  const problems = faults.map(({ messageText }) => `${file}: ${compiler.flattenDiagnosticMessageText(messageText, " ")}`);
  return { options: parsed.options, problems };
}

function emitOptions(compiler: typeof ts, options: ts.CompilerOptions): ts.CompilerOptions {
  const { experimentalDecorators, emitDecoratorMetadata, jsxFactory, jsxFragmentFactory, jsxImportSource, reactNamespace } = options;
  const { target, useDefineForClassFields = target === undefined || target >= compiler.ScriptTarget.ES2022 } = options;
  return {
    experimentalDecorators,
    emitDecoratorMetadata,
    useDefineForClassFields,
    jsx: jsxEmit(compiler, options.jsx),
    jsxFactory,
    jsxFragmentFactory,
    jsxImportSource,
    reactNamespace,
  };
}

/** JSX that is left for another tool could not run. */
function jsxEmit(compiler: typeof ts, jsx: ts.JsxEmit | undefined): ts.JsxEmit {
  const { React, ReactJSX, ReactJSXDev } = compiler.JsxEmit;
  return jsx === ReactJSX || jsx === ReactJSXDev ? jsx : React;
}
