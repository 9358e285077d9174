import * as vscode from "vscode";
import { typescriptPluginName } from "../ids.js";
import type { PluginConfiguration } from "./pluginConfiguration.js";

/** What VS Code's own TypeScript extension exports. */
interface TypeScriptExtension {
  getAPI(version: 0): { configurePlugin(plugin: string, configuration: PluginConfiguration): void } | undefined;
}

/**
 * VS Code's TypeScript serves cells too, each as a file of its own. Our plugin of its server keeps it from saying anything in the
 * cells of the notebooks that our language server serves, and so everything appears once.
 */
export class BuiltinTypeScript {
  private silenced: readonly string[] = [];

  /** Leaves the cells of these notebooks, and of no others, to our language server. */
  async leaveCellsOf(served: readonly vscode.NotebookDocument[]): Promise<void> {
    const notebooks = served.map(({ uri }) => uri.path);
    if (notebooks.join("\n") === this.silenced.join("\n")) {
      return;
    }
    this.silenced = notebooks;
    const extension = vscode.extensions.getExtension<TypeScriptExtension>("vscode.typescript-language-features");
    // A user may have switched it off: then nobody else speaks.
    const api = (await extension?.activate())?.getAPI(0);
    api?.configurePlugin(typescriptPluginName, { notebooks: this.silenced });
  }
}
