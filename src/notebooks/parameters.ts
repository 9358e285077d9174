import { parse as parseYaml } from "yaml";
import { type DeclaredVariable, declaredVariables } from "./declaredNames.js";
import { isJsonObject } from "./jsonPrefix.js";
import { cellSource, codeCells, type Notebook, type NotebookCell } from "./notebookFile.js";

/**
 * Parameters of a notebook, by papermill's convention (https://papermill.readthedocs.io/en/latest/usage-parameterize.html): a cell
 * tagged `parameters` declares them with their defaults, and a cell tagged `injected-parameters` after it gives them other values.
 */
export const parametersTag = "parameters";
export const injectedTag = "injected-parameters";

/** A parameter's value as an expression of TypeScript, by its name. */
export type ParameterValues = ReadonlyMap<string, string>;

/** Parameters that the notebook cannot take; the message names them and what it takes. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * `steps=400` -> steps, 400. The value is JSON where it reads as such, and else text.
 * @throws ParameterError
 */
export function readParameter(text: string): readonly [name: string, value: string] {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals);
  if (equals < 0 || !identifier.test(name)) {
    throw new ParameterError(`--param ${text}: write name=value, as in --param steps=400.`);
  }
  return [name, expressionOf(text.slice(equals + 1))];
}

function expressionOf(text: string): string {
  try {
    return literal(JSON.parse(text), text.trim());
  } catch {
    return JSON.stringify(text);
  }
}

/** JSON is TypeScript, but for this name of a member, which would set the object's prototype. */
function literal(value: unknown, json = JSON.stringify(value)): string {
  return json.includes("__proto__") ? `JSON.parse(${JSON.stringify(json)})` : json;
}

/**
 * Reads a file of parameters: one object, in JSON or YAML.
 * @param file for messages
 * @throws ParameterError
 */
export function readParameterFile(text: string, file: string): ParameterValues {
  let values: unknown;
  try {
    values = parseYaml(text);
  } catch (error) {
    throw new ParameterError(`${file} is neither JSON nor YAML: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
  if (!isJsonObject(values)) {
    throw new ParameterError(`${file} must hold one object with a member for each parameter, as { "steps": 400 }.`);
  }
  const wrong = Object.keys(values).find((name) => !identifier.test(name));
  if (wrong !== undefined) {
    throw new ParameterError(`${file}: "${wrong}" is not the name of a variable.`);
  }
  return new Map(Object.entries(values).map(([name, value]) => [name, literal(value)]));
}

/** The cell that declares the parameters; undefined where no code cell has the tag. */
export function parametersCell(notebook: Notebook): NotebookCell | undefined {
  return codeCells(notebook).find((cell) => hasTag(cell, parametersTag));
}

/** What a notebook says of the parameters that an execution gives. */
export interface DeclaredParameters {
  /** Those that its cell tagged `parameters` declares; undefined where it has no such cell. */
  readonly declared: readonly string[] | undefined;
  /** Those that are given and not declared, perhaps misspelt. */
  readonly undeclared: readonly string[];
}

export function declaredParameters(notebook: Notebook, values: ParameterValues): DeclaredParameters {
  const declaring = parametersCell(notebook);
  const declared = declaring && [...declaredVariables(cellSource(declaring)).keys()];
  return { declared, undeclared: [...values.keys()].filter((name) => declared?.includes(name) !== true) };
}

/**
 * The notebook with a cell that gives its parameters these values; one of an earlier run is replaced. As with papermill, the cell
 * comes after that which declares the parameters, or first where none does, and declares also what that one does not.
 */
export function withParameters(notebook: Notebook, values: ParameterValues): Notebook {
  const declaring = parametersCell(notebook);
  const declared = declaring && declaredVariables(cellSource(declaring));
  const lines = [...values].map(([name, value]) => declarationOf(name, declared?.get(name), value));
  const injected: NotebookCell = {
    cell_type: "code",
    metadata: { tags: [injectedTag] },
    source: ["// Parameters of this execution", ...lines].join("\n"),
    execution_count: null,
    outputs: [],
  };
  const cells = notebook.cells.filter((cell) => !(cell.cell_type === "code" && hasTag(cell, injectedTag)));
  return { ...notebook, cells: cells.toSpliced(declaring ? cells.indexOf(declaring) + 1 : 0, 0, injected) };
}

/** Writes the value with the type that the parameters' own cell gives the variable. */
function declarationOf(name: string, { word, type }: DeclaredVariable = { word: "const", type: undefined }, value: string): string {
  return `${word} ${name}${type === undefined ? "" : `: ${type}`} = ${value};`;
}

function hasTag({ metadata }: NotebookCell, tag: string): boolean {
  return metadata.tags?.includes(tag) === true;
}
