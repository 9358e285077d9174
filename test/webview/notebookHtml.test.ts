import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { notebookHtml } from "../../src/notebooks/html/notebookHtml.js";
import type { Notebook } from "../../src/notebooks/notebookFile.js";
import { scheduleMime, trainingMime } from "../../webview/protocol.js";
import { randomSnapshot } from "./pipelineSnapshot.js";
import { snapshot } from "./snapshots.js";
import { launchChromium } from "./webviewPage.js";

/** A notebook as one page, opened from the disk in a browser without a network. */
let browser: Browser;
let folder: string;
let context: BrowserContext;
let page: Page;
/** What was loaded, or would have been had there been a network. Chromium announces some requests that the page's policy then keeps it from making. */
let asked: string[];
let dialogs: number;
/** A server that an output would like to reach. */
let reached: number;
const stranger = createServer((_request, response) => {
  reached += 1;
  response.end();
});

beforeAll(async () => {
  [browser, folder] = await Promise.all([launchChromium(), mkdtemp(path.join(tmpdir(), "tritloom-html-")), once(stranger.listen(0, "127.0.0.1"), "listening")]);
});
afterAll(async () => {
  await browser?.close();
  stranger.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  context = await browser.newContext({ offline: true });
  page = await context.newPage();
  asked = [];
  dialogs = 0;
  reached = 0;
  context.on("requestfinished", (request) => asked.push(request.url()));
  context.on("requestfailed", (request) => void (request.failure()?.errorText !== "csp" && asked.push(request.url())));
  page.on("dialog", (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
});
afterEach(() => context.close());

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const attack = "<script>alert(1)</script><img src=x onerror=alert(2)><style>@import url(http://evil.invalid/a.css)</style>";

const markdown = (source: string, attachments?: object) => ({ cell_type: "markdown" as const, metadata: {}, source, ...(attachments && { attachments }) });
const code = (source: string, ...outputs: { output_type: string }[]) => ({ cell_type: "code" as const, metadata: {}, source, execution_count: 3, outputs });
const rich = (data: Record<string, unknown>) => ({ output_type: "display_data", data, metadata: {} });

async function open(cells: Notebook["cells"], parts = { code: true, outputs: true }, find = (_address: string): string | undefined => undefined): Promise<void> {
  const file = path.join(folder, "page.html");
  await writeFile(file, notebookHtml({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }, "page", parts, find));
  asked = [];
  await page.goto(pathToFileURL(file).href);
  await expect.poll(() => asked.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(file).href]);
}

describe("a notebook as a page", () => {
  it("shows Markdown, code as it was typed, and outputs with what they show in the editor", async () => {
    const source = "const a: number = 1; // one\nconst b = `${a} < & \"`;\n\tb";
    const chip = randomSnapshot({ macUnits: 16 });
    await open([
      markdown("# Title <!--=hidden-->of it\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```ts\nconst x = 1;\n```"),
      code(
        source,
        { output_type: "stream", name: "stdout", text: ["\u001b[31mred\u001b[0m\n", "1 %\r2 %\n"] } as never,
        rich({ "text/html": '<table><caption style="font-weight:bold">Facts</caption><tr><th scope="row">units</th><td>24</td></tr></table>', "text/plain": "units 24" }),
        rich({ [trainingMime]: snapshot({ reports: 120 }), "text/plain": "finished 120/120\nnative, 2 threads", "image/svg+xml": "<svg/>" }),
        rich({ [scheduleMime]: { dir: "/r", name: "moby", options: {}, shapes: chip.layers.map(({ shape }) => shape) }, "text/plain": "x" }),
        rich({ "image/png": png, "text/plain": ["a heat map"] }),
        { output_type: "error", ename: "RangeError", evalue: "too far", traceback: ["RangeError: too far", "  at cell 2, line 3"] } as never,
      ),
    ]);
    expect(await page.title()).toBe("Title of it");
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Title of it");
    expect(await page.getByRole("region", { name: "Code of cell 2" }).textContent()).toBe(source);
    expect(await page.locator("span.keyword", { hasText: "const" }).count()).toBe(3);
    expect(await page.locator("pre.stdout").innerText()).toBe("red\n2 %\n");
    expect(await page.getByRole("row", { name: "units" }).innerText()).toContain("24");
    await page.getByRole("img", { name: /^Training curve of ternary/ }).waitFor();
    await page.getByRole("img", { name: /cycles per timestep/ }).waitFor();
    const picture = page.getByRole("img", { name: "a heat map" });
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    expect(await page.locator(".output.error").innerText()).toMatch(/^RangeError: too far\s+.*at cell 2, line 3/s);
  });

  it("leaves out code or outputs", async () => {
    const cells = [code("const a = 1;", rich({ "text/plain": "shown" }))];
    await open(cells, { code: false, outputs: true });
    expect(await page.locator("main").innerText()).toBe("shown");
    await open(cells, { code: true, outputs: false });
    expect(await page.locator("main").innerText()).toContain("const a = 1;");
    expect(await page.locator("main").innerText()).not.toContain("shown");
  });

  it("has its pictures in itself: those of the disk, those that a cell keeps, none of a network", async () => {
    const data = `data:image/png;base64,${png}`;
    await open(
      [markdown("![near](near.png) ![kept](attachment:my%20a.png) ![far](http://evil.invalid/a.png) ![gone](gone.png)", { "my a.png": { "image/png": png } })],
      undefined,
      (address) => (address === "near.png" ? data : undefined),
    );
    const images = page.getByRole("img");
    expect(await images.evaluateAll((all) => all.map((image) => [(image as HTMLImageElement).alt, (image as HTMLImageElement).naturalWidth]))).toEqual([["near", 1], ["kept", 1]]);
    expect(await page.locator(".missing").allInnerTexts()).toEqual([expect.stringContaining("http://evil.invalid/a.png"), expect.stringContaining("gone.png")]);
  });

  it.each([
    ["Markdown", markdown(`${attack}\n\n[a](javascript:alert(3)) <a href="javascript:alert(4)">b</a> [c](data:text/html,x)\n\n\`\`\`x" onload="alert(5)\n\`\`\``)],
    ["HTML", code("1", rich({ "text/html": `${attack}<a id=a href="javascript:top.alert(6)">x</a><iframe src="http://evil.invalid"></iframe>` }))],
    ["HTML that breaks out", code("1", rich({ "text/html": '"></iframe><script>alert(7)</script>' }))],
    ["SVG", code("1", rich({ "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(8)"><script>alert(9)</script><image href="http://evil.invalid/a.png"/></svg>' }))],
    ["an attribute of a table", code("1", rich({ "text/html": '<table onclick="alert(10)"><tr><td style="background:url(http://evil.invalid/a.png)">x</td></tr></table>' }))],
    ["text", code(attack, { output_type: "stream", name: attack, text: attack } as never, { output_type: "error", ename: attack, evalue: attack, traceback: [attack] } as never)],
    ["Markdown of an output", code("1", rich({ "text/markdown": attack }))],
    ["names", code("1", rich({ [`text/${attack}`]: attack }), rich({ [trainingMime]: { ...snapshot(), name: attack } }))],
    ["a picture", code("1", rich({ "image/png": `"><script>alert(11)</script>` }))],
  ])("runs and loads nothing of what is in %s, also with a network", async (_, cell) => {
    await context.setOffline(false);
    const origin = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    await open([JSON.parse(JSON.stringify(cell).replaceAll("http://evil.invalid", origin)) as Notebook["cells"][number]]);
    for (const link of await page.locator("a").all()) {
      await link.click({ timeout: 2_000 }).catch(() => {});
    }
    await page.waitForTimeout(100);
    expect(dialogs).toBe(0);
    expect(reached).toBe(0);
    expect(await page.locator("script").count()).toBe(0);
  });

  it("shows markup with scripts of its own in a frame that cannot reach the page, or as a picture where there is one", async () => {
    await open([
      code("1", rich({ "text/html": "<style>p{color:red}</style><p>inside</p><script>parent.document.title = 'changed'</script>" })),
      code("2", rich({ "text/html": "<script>draw()</script>", "image/png": png, "text/plain": "drawn" })),
    ]);
    expect(await page.frameLocator('iframe[title="Output 1 of cell 1"]').locator("p").innerText()).toBe("inside");
    expect(await page.title()).toBe("page");
    await page.getByRole("img", { name: "drawn" }).waitFor();
    expect(await page.locator("iframe").count()).toBe(1);
  });

  it.each(["light", "dark"] as const)("is readable in a %s browser and on paper", async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await open([markdown("text [link](https://example.com)"), code("const a = 1; // c", rich({ "text/plain": "plain" }), { output_type: "error", ename: "E", evalue: "m", traceback: [] } as never)]);
    const contrasts = () =>
      page.evaluate(() => {
        const luminance = (colour: string): number => {
          const [r = 0, g = 0, b = 0] = colour.match(/[\d.]+/g)!.map((part) => (Number(part) / 255 <= 0.04045 ? Number(part) / 255 / 12.92 : ((Number(part) / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const backgroundOf = (element: Element | null): string => {
          const colour = element === null ? "rgb(255, 255, 255)" : getComputedStyle(element).backgroundColor;
          return element === null || !/, 0\)$/.test(colour) ? colour : backgroundOf(element.parentElement);
        };
        return [...document.querySelectorAll("p, a, pre, span, strong")].map((element) => {
          const [text, behind] = [luminance(getComputedStyle(element).color), luminance(backgroundOf(element))];
          return { text: element.textContent, contrast: (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05) };
        });
      });
    expect((await contrasts()).filter(({ contrast }) => contrast < 4.5)).toEqual([]);
    await page.emulateMedia({ media: "print", colorScheme: scheme });
    expect((await contrasts()).filter(({ contrast }) => contrast < 4.5)).toEqual([]);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
  });
});
