import { drawFrame } from "../../webview/pipeline/frame.js";
import { readTheme } from "../../webview/shared/theme.js";

/** Entry of a page on which tests call these. */
Object.assign(globalThis, { drawFrame, readTheme });
