/** What the extension tells its plugin in VS Code's TypeScript server. */
export interface PluginConfiguration {
  /** Paths of the notebooks, as in the addresses of their cells, that another language server serves. */
  readonly notebooks: readonly string[];
}
