import { build } from "esbuild";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { createNonce, pageHtml } from "../../src/extension/webviews/content.js";
import type { FromWebview, ToWebview } from "../../webview/contract.js";
import { themes, type ThemeName } from "./themes.js";

const root = new URL("../../", import.meta.url).pathname;

const contentTypes: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
};

/** Starts Debian's Chromium, or the one named by CHROMIUM; fails with the remedy where there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(
      `No Chromium at ${executablePath}: install it (apt-get install chromium) or name it in the environment variable CHROMIUM.`,
    );
  }
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  args.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
  return chromium.launch({ executablePath, args });
}

/** Like VS Code: the state survives a reload of the page, everything posted is kept for the test. */
const fakeHost = `
  window.posted = [];
  window.violations = [];
  window.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile + ":" + event.lineNumber + ":" + event.columnNumber));
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.posted.push(JSON.parse(JSON.stringify(message))),
    getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
    setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
  });
`;

/** VS Code puts its own rules before those of a view; the padding is the one that surprises. Behind is the editor. */
const editorDefaults = `html { background: var(--vscode-editor-background); }
  body { background-color: transparent; color: var(--vscode-editor-foreground);
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); margin: 0; padding: 0 20px; }`;

declare global {
  interface Window {
    posted: FromWebview[];
    violations: string[];
  }
}

/** The very document the extension serves, with the editor's own rules and the fake host before it. */
function documentOf(name: string, origin: string): string {
  const nonce = createNonce();
  const html = pageHtml({
    cspSource: origin,
    nonce,
    title: name,
    script: `${origin}/${name}.js`,
    style: `${origin}/${name}.css`,
  });
  const before = `<link rel="stylesheet" href="${origin}/editor.css"><script nonce="${nonce}">${fakeHost}</script>`;
  return html.replace(/(<meta http-equiv="Content-Security-Policy"[^>]*>)/, `$1${before}`);
}

/** Serves the bundle of one view on the loopback interface, as the extension would; close it after use. */
export interface WebviewServer {
  origin: string;
  close(): Promise<void>;
}

/** @param entry The view's entry file, relative to the repository: "webview/curves/main.ts". */
export async function serveWebview(name: string, entry: string): Promise<WebviewServer> {
  const dir = await mkdtemp(join(tmpdir(), "tritloom-webview-"));
  await build({
    absWorkingDir: root,
    entryPoints: { [name]: entry },
    outdir: dir,
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    splitting: true,
    minify: true,
    logLevel: "error",
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    void respond(path, dir, name, originOf(server)).then(({ status, type, body }) => {
      const caching = path === "/" ? "no-store" : "max-age=600";
      response.writeHead(status, { "content-type": type, "cache-control": caching }).end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: originOf(server),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function respond(path: string, dir: string, name: string, origin: string) {
  if (path === "/") {
    return { status: 200, type: contentTypes[".html"], body: documentOf(name, origin) };
  }
  if (path === "/editor.css") {
    return { status: 200, type: contentTypes[".css"], body: editorDefaults };
  }
  if (path === "/favicon.ico") {
    return { status: 204, type: "image/x-icon", body: "" };
  }
  const withoutStyles = path.endsWith(".css") && !existsSync(join(dir, path.slice(1)));
  const body = withoutStyles ? "" : await readFile(join(dir, path.slice(1))).catch(() => undefined);
  return body !== undefined
    ? { status: 200, type: contentTypes[extname(path)] ?? "application/octet-stream", body }
    : { status: 404, type: "text/plain", body: "" };
}

export interface OpenOptions {
  theme?: ThemeName;
  reducedMotion?: boolean;
  screenReader?: boolean;
  viewport?: { width: number; height: number };
  /** Device pixels of a CSS pixel. */
  pixelRatio?: number;
}

/** One opened view: sends it what the extension would send and reads what it posts. */
export class WebviewPage {
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly options: OpenOptions,
  ) {
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") {
        this.errors.push(message.text());
      }
    });
  }

  static async open(browser: Browser, server: WebviewServer, options: OpenOptions = {}): Promise<WebviewPage> {
    const viewport = options.viewport ?? { width: 1280, height: 800 };
    const context = await browser.newContext({ viewport, deviceScaleFactor: options.pixelRatio ?? 1 });
    context.setDefaultTimeout(15_000);
    const opened = new WebviewPage(await context.newPage(), context, options);
    await opened.page.goto(server.origin);
    await opened.settle();
    return opened;
  }

  /** A page as new: nothing saved, no errors, the options it was opened with. Quicker than opening another. */
  async reset(): Promise<void> {
    await this.page.emulateMedia({ forcedColors: null, colorScheme: null, reducedMotion: null });
    await this.page.evaluate(() => sessionStorage.clear());
    this.errors.length = 0;
    await this.reload();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.settle();
  }

  private async settle(): Promise<void> {
    await this.setTheme(this.options.theme ?? "dark");
    const classes = [
      this.options.reducedMotion ? "vscode-reduce-motion" : "",
      this.options.screenReader ? "vscode-using-screen-reader" : "",
    ].filter((name) => name !== "");
    await this.page.evaluate((names) => document.body.classList.add(...names), classes);
    await this.waitForPosted("ready");
  }

  /** Variables on the root element, class on the body: the way VS Code switches themes. */
  async setTheme(name: ThemeName): Promise<void> {
    await this.page.evaluate(
      ({ bodyClass, variables, known }) => {
        document.documentElement.removeAttribute("style");
        for (const [variable, value] of Object.entries(variables)) {
          document.documentElement.style.setProperty(variable, value);
        }
        document.body.classList.remove(...known);
        document.body.classList.add(...bodyClass);
      },
      { ...themes[name], known: Object.values(themes).flatMap((theme) => theme.bodyClass) },
    );
  }

  async send(message: ToWebview | Record<string, unknown>): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, "*"), message);
  }

  async posted<Type extends FromWebview["type"]>(type: Type): Promise<Extract<FromWebview, { type: Type }>[]> {
    const all = await this.page.evaluate(() => window.posted);
    return all.filter((message): message is Extract<FromWebview, { type: Type }> => message.type === type);
  }

  async waitForPosted(type: FromWebview["type"], count = 1): Promise<void> {
    await this.page.waitForFunction(
      ([wanted, least]) => window.posted.filter((message) => message.type === wanted).length >= Number(least),
      [type, count] as const,
    );
  }

  async violations(): Promise<string[]> {
    return this.page.evaluate(() => window.violations);
  }

  /** The editor hides and shows a webview without reloading it. */
  async setHidden(hidden: boolean): Promise<void> {
    await this.page.evaluate((isHidden) => {
      Object.defineProperty(document, "visibilityState", {
        configurable: true,
        get: () => (isHidden ? "hidden" : "visible"),
      });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
