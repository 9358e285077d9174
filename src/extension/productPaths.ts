import path from "node:path";

/** Where the parts of the installed extension are, and where it keeps what it installs later. */
export interface ProductPaths {
  readonly kernel: string;
  /** Keeps a kernel, which outlives the window with it. */
  readonly kernelKeeper: string;
  readonly commandLine: string;
  readonly webviews: string;
  /** Speaks the Language Server Protocol. */
  readonly languageServer: string;
  /** Reads one ROM file. */
  readonly romWorker: string;
  readonly quickstart: string;
  /** Folder of the pages of the guide. */
  readonly guide: string;
  /** Program that builds the TensorFlow backend; its one argument is the target folder. */
  readonly tensorFlowSetup: string;
  readonly tensorFlow: string;
  /** Folder of the small programs that a terminal's PATH names. */
  readonly shims: string;
}

/**
 * @param extension the extension's own folder
 * @param storage the folder that VS Code gives the extension for all workspaces
 */
export function productPaths(extension: string, storage: string): ProductPaths {
  return {
    kernel: path.join(extension, "dist/kernel.js"),
    kernelKeeper: path.join(extension, "dist/kernel-keeper.js"),
    commandLine: path.join(extension, "dist/cli.js"),
    webviews: path.join(extension, "dist/webview"),
    languageServer: path.join(extension, "dist/language-server.js"),
    romWorker: path.join(extension, "dist/rom-worker.js"),
    quickstart: path.join(extension, "examples/quickstart.ipynb"),
    guide: path.join(extension, "docs/guide"),
    tensorFlowSetup: path.join(extension, "dist/setup-tensorflow.mjs"),
    tensorFlow: path.join(storage, "tensorflow"),
    shims: path.join(storage, "bin"),
  };
}
