import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { CurvesPage } from "./curvesPage.js";
import { launchChromium, serveWebview, type WebviewServer } from "./webviewPage.js";

/** Those of the test file that is running, once `useCurvesPage` has opened them. */
export let browser: Browser;
export let server: WebviewServer;
export let curves: CurvesPage;

/** Opens the curves panel in a browser for the tests of a file; none may break its content security policy or throw in it. */
export function useCurvesPage(): void {
  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), serveWebview("curves", "webview/curves/main.ts")]);
    curves = await CurvesPage.open(browser, server);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(() => curves.view.reset());

  afterEach(async () => {
    const [violations, errors] = [await curves.view.violations(), curves.view.errors];
    expect({ violations, errors }).toEqual({ violations: [], errors: [] });
  });
}
