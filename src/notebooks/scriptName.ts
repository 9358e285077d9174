const scriptName = /\.[cm]?[jt]sx?$/i;

/** Whether a file's name is that of a script with marks, by its ending; any other is that of a notebook file. */
export function isScriptName(path: string): boolean {
  return scriptName.test(path);
}
