import { build } from "esbuild";
import type { Page } from "playwright-core";
import { themes, type ThemeName } from "./themes.js";
import type { WebviewPage } from "./webviewPage.js";

/** Beside a notebook, in half a window, in a whole one. */
export const widths = [420, 600, 800, 1200] as const;
export const themeNames = Object.keys(themes) as ThemeName[];

const viewportHeight = 800;

let script: Promise<string> | undefined;

async function checkerScript(): Promise<string> {
  const entryPoints = [new URL("inPage/main.ts", import.meta.url).pathname];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: "iife", target: "es2022" });
  return outputFiles[0]!.text;
}

/** Puts the checker into the page, now and after each reload; before anything is drawn on a canvas, or its text is not known. */
export async function prepareGeometry(page: Page): Promise<void> {
  script ??= checkerScript();
  const content = await script;
  await page.addInitScript({ content });
  await page.evaluate(content);
}

export interface GeometryOptions {
  /** What the widths are of; default: `widths`. */
  widths?: readonly number[];
  /** CSS selector of marks and canvases whose colour carries meaning: they need a contrast of 3. */
  graphics?: string;
  /** Waits until the view has followed a change of size or theme. */
  settled?: (view: WebviewPage) => Promise<unknown>;
}

/** Two frames: the view hears of the new size in the first and draws in the second. */
async function drawn({ page }: WebviewPage): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)))));
}

/**
 * Everything that is cut, overlaps, is too small to read or has less contrast than WCAG 2.2 AA asks for, at every width in
 * every theme: "dark, 420 px: cut: ...". Call `prepareGeometry` before the view draws.
 */
export async function geometryProblems(view: WebviewPage, options: GeometryOptions = {}): Promise<string[]> {
  const { page } = view;
  const problems = new Map<string, string[]>();
  for (const theme of themeNames) {
    await view.setTheme(theme);
    for (const width of options.widths ?? widths) {
      await page.setViewportSize({ width, height: viewportHeight });
      await (options.settled ?? drawn)(view);
      for (const problem of await page.evaluate((graphics) => window.geometryProblems(graphics), options.graphics ?? "")) {
        problems.set(problem, [...(problems.get(problem) ?? []), `${theme} ${width}`]);
      }
    }
  }
  return [...problems].map(([problem, places]) => `${problem} (${places.join(", ")})`);
}
