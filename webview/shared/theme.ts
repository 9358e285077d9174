import { legible } from "./contrast.js";

/** Colours of the editor's theme, resolved to `rgb()` so that canvas, SVG and chart code can use them alike. */
export interface Theme {
  kind: "dark" | "light" | "high-contrast" | "high-contrast-light" | "forced";
  background: string;
  /** Background of side lists, cards and small charts. */
  panel: string;
  foreground: string;
  /** Secondary text. */
  muted: string;
  /** Axis and grid lines. */
  grid: string;
  border: string;
  focus: string;
  error: string;
  warning: string;
  success: string;
  /** Colours of data, most distinct first; use `paletteColour` to index. */
  palette: readonly string[];
  fontFamily: string;
  /** CSS pixels. */
  fontSize: number;
}

type ColourName = Exclude<keyof Theme, "kind" | "palette" | "fontFamily" | "fontSize">;

const themeColours: Record<ColourName, string> = {
  background: "var(--vscode-editor-background, Canvas)",
  panel: "var(--vscode-sideBar-background, var(--vscode-editor-background, Canvas))",
  foreground: "var(--vscode-editor-foreground, CanvasText)",
  muted: "var(--vscode-descriptionForeground, var(--vscode-editor-foreground, CanvasText))",
  grid: "var(--vscode-panel-border, var(--vscode-contrastBorder, GrayText))",
  border: "var(--vscode-contrastBorder, var(--vscode-panel-border, GrayText))",
  focus: "var(--vscode-focusBorder, Highlight)",
  error: "var(--vscode-errorForeground, CanvasText)",
  warning: "var(--vscode-editorWarning-foreground, CanvasText)",
  success: "var(--vscode-testing-iconPassed, var(--vscode-charts-green, CanvasText))",
};

const forcedColours: Record<ColourName, string> = {
  background: "Canvas",
  panel: "Canvas",
  foreground: "CanvasText",
  muted: "CanvasText",
  grid: "GrayText",
  border: "CanvasText",
  focus: "Highlight",
  error: "CanvasText",
  warning: "CanvasText",
  success: "CanvasText",
};

/** A theme may lack some: in high contrast there is no orange, which comes from the colour of search matches. */
const chartColours = ["blue", "green", "yellow", "red", "purple", "orange"].map(
  (name) => `var(--vscode-charts-${name}, var(--vscode-editor-foreground, CanvasText))`,
);
/** Where lines and swatches are drawn, besides background and panel. */
const chosenRow = "var(--vscode-list-inactiveSelectionBackground, transparent)";
const forcedPalette = ["CanvasText", "LinkText", "Highlight", "VisitedText"];

const forced = window.matchMedia("(forced-colors: active)");
const motion = window.matchMedia("(prefers-reduced-motion: reduce)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function kindOf(body: HTMLElement): Theme["kind"] {
  if (forced.matches) {
    return "forced";
  }
  if (body.classList.contains("vscode-high-contrast-light")) {
    return "high-contrast-light";
  }
  if (body.classList.contains("vscode-high-contrast")) {
    return "high-contrast";
  }
  return body.classList.contains("vscode-light") ? "light" : "dark";
}

/** Lets the browser resolve variables and system colours; works on any element under the theme's variables. */
function resolver(): { colour(css: string): string; done(): void } {
  const probe = document.createElement("span");
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  return {
    colour(css) {
      probe.style.color = css;
      return getComputedStyle(probe).color;
    },
    done: () => probe.remove(),
  };
}

/** VS Code derives the charts' orange from the colour of search matches, which lets the background through in most themes. */
const opaque = (colour: string): string => colour.replace(/^rgba\((.*), [\d.]+\)$/, "rgb($1)");

/** The theme as it is now; ask again after `onThemeChange` reports. */
export function readTheme(): Theme {
  const kind = kindOf(document.body);
  const { colour, done } = resolver();
  const sources = Object.entries(kind === "forced" ? forcedColours : themeColours);
  const colours = Object.fromEntries(sources.map(([name, css]) => [name, colour(css)])) as Record<ColourName, string>;
  const grounds: [string, ...string[]] = [colours.background, colours.panel, colour(chosenRow)];
  const palette = kind === "forced" ? forcedPalette.map(colour) : chartColours.map((css) => legible(opaque(colour(css)), grounds, colours.foreground));
  done();
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  return { kind, ...colours, palette, fontFamily, fontSize: Number.parseFloat(fontSize) };
}

/** Borders are as bright as text there, so a grid drawn like them would outshine the data. */
export function isHighContrast({ kind }: Theme): boolean {
  return kind !== "dark" && kind !== "light";
}

/** The colour of a data series; indices beyond the palette start over, so tell series apart by pattern as well. */
export function paletteColour(theme: Theme, index: number): string {
  return theme.palette[index % theme.palette.length]!;
}

/** Calls back after the editor changed its theme or the system its contrast or motion setting; returns a stop. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
  const queries = [forced, motion, dark];
  queries.forEach((query) => query.addEventListener("change", listener));
  return () => {
    observer.disconnect();
    queries.forEach((query) => query.removeEventListener("change", listener));
  };
}

/** Whether nothing may move by itself. */
export function reducedMotion(): boolean {
  return motion.matches || document.body.classList.contains("vscode-reduce-motion");
}
