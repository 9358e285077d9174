import { devDependencies, version } from "../../package.json";
import { languageInfo } from "../notebooks/notebookLanguage.js";
import { type Content, messagingVersion } from "./message.js";

/** What a kernel tells of itself. Notebooks that Jupyter saves keep `language_info`, by which the editor knows them again. */
export const kernelInfo: Content = {
  status: "ok",
  protocol_version: messagingVersion,
  implementation: "tritloom",
  implementation_version: version,
  language_info: {
    ...languageInfo,
    version: devDependencies.typescript,
    // Names by which JupyterLab's editor and nbconvert colour the code.
    codemirror_mode: "typescript",
    pygments_lexer: "typescript",
  },
  banner: `Tritloom ${version}: TypeScript notebooks that train LSTM and GRU networks with binary and ternary weights`,
  help_links: [{ text: "TypeScript", url: "https://www.typescriptlang.org/docs/" }],
  debugger: false,
};
