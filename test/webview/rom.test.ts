import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RomPicture, RomSnapshot, ToWebview } from "../../webview/contract.js";
import { webviewProtocolVersion as version } from "../../webview/protocol.js";
import { launchChromium, serveWebview, WebviewPage, type WebviewServer } from "./webviewPage.js";

let browser: Browser;
let server: WebviewServer;
let rom: WebviewPage;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), serveWebview("rom", "webview/rom/main.ts")]);
  rom = await WebviewPage.open(browser, server, { viewport: { width: 900, height: 700 } });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(() => rom.reset());

afterEach(async () => {
  expect({ violations: await rom.violations(), errors: rom.errors }).toEqual({ violations: [], errors: [] });
});

const missing = -(2 ** 31);

/** Two inputs, two gates of three units: 16 pixels a cell, the second gate 12 pixels after the first. */
function gates(values: readonly number[]): RomPicture {
  return {
    rowName: "input",
    rows: 2,
    blocks: ["gate g", "gate f"].map((label) => ({ label, columns: 3, columnName: "unit" })),
    values: Buffer.from(Int32Array.from(values).buffer).toString("base64"),
  };
}

function snapshot(changes: Partial<RomSnapshot> = {}): ToWebview {
  const plain: RomSnapshot = {
    title: "recurrent_weights.mem",
    summary: "mem, 2 words of 12 bits",
    findings: [],
    picture: gates([1, -1, 0, 1, 1, missing, 0, 0, 0, -1, -1, 1]),
    words: { total: 2, shown: [{ address: 0, digits: "3D5", line: 1 }, { address: 1, digits: "00F", line: 2 }] },
  };
  return { type: "rom", version, rom: { ...plain, ...changes } };
}

const picture = () => rom.page.getByRole("img", { name: /rows of/ });
const told = () => rom.page.locator(".told").textContent();

/** The colour of the middle of a cell, as the page drew it. */
async function colourAt(column: number, row: number): Promise<string> {
  const x = 16 * column + 8 + (column > 2 ? 12 : 0);
  const y = 22 + 16 * row + 8;
  return rom.page.evaluate(([px, py]) => {
    const context = document.querySelector<HTMLCanvasElement>("canvas.picture")!.getContext("2d")!;
    return [...context.getImageData(px!, py!, 1, 1).data].join(",");
  }, [x, y]);
}

describe("the page of a ROM file", () => {
  it("draws one cell an integer: alike where alike, different where different", async () => {
    await rom.send(snapshot());
    await expect.poll(() => picture().getAttribute("aria-label")).toBe("2 rows of 6 cells: gate g, gate f. Arrow keys read single cells.");
    const [plus, minus, zero, none] = await Promise.all([colourAt(0, 0), colourAt(1, 0), colourAt(2, 0), colourAt(5, 0)]);
    expect(new Set([plus, minus, zero, none]).size).toBe(4);
    expect(await colourAt(3, 0)).toBe(plus);
    expect(await colourAt(3, 1)).toBe(minus);
    expect(await colourAt(0, 1)).toBe(zero);
    await rom.setTheme("light");
    await expect.poll(() => colourAt(2, 0)).not.toBe(zero);
  });

  it("tells gate, unit, input and value under the pointer", async () => {
    await rom.send(snapshot());
    await expect.poll(told).toBe("Point at a cell to read it.");
    await picture().hover({ position: { x: 16 + 8, y: 22 + 8 } });
    await expect.poll(told).toBe("gate g, unit 1, input 0: -1");
    await picture().hover({ position: { x: 48 + 12 + 40, y: 22 + 24 } });
    await expect.poll(told).toBe("gate f, unit 2, input 1: +1");
    await picture().hover({ position: { x: 48 + 12 + 40, y: 22 + 8 } });
    await expect.poll(told).toBe("gate f, unit 2, input 0: none");
    await picture().hover({ position: { x: 48 + 6, y: 22 + 8 } });
    await expect.poll(told).toBe("Point at a cell to read it.");
  });

  it("says what its colours mean, in the colours that it draws, and that there are no problems", async () => {
    await rom.send(snapshot());
    await expect.poll(() => rom.page.getByRole("group", { name: "Legend" }).locator(".entry").allTextContents()).toEqual([
      "-1",
      "0",
      "+1",
      "none: in another bank, or no weight's code",
    ]);
    expect(await rom.page.locator(".clean").isVisible()).toBe(true);
    const minus = await rom.page.locator(".entry").first().locator(".swatch > span").evaluate((span) => getComputedStyle(span).backgroundColor);
    expect(`rgb(${(await colourAt(1, 0)).split(",").slice(0, 3).join(", ")})`).toBe(minus);
    await rom.send(snapshot({ picture: gates([5, -3, 0, 1, 1, 0, 0, 0, 0, -1, -1, 1]) }));
    await expect.poll(() => rom.page.locator(".legend").textContent()).toBe("-1 to -3, stronger the further from 00+1 to +5, stronger the further from 0");
  });

  it.each([420, 600, 800, 1200])("shows whole gates at %i pixels, the last cell of the last one too", async (width) => {
    await rom.page.setViewportSize({ width, height: 700 });
    const columns = 128;
    const blocks = ["g", "f", "i", "o"].map((gate) => ({ label: `gate ${gate}`, columns, columnName: "unit" }));
    const values = Int32Array.from({ length: 2 * 4 * columns }, (_, index) => (index % 3) - 1);
    const wide: RomPicture = { rowName: "input", rows: 2, blocks, values: Buffer.from(values.buffer).toString("base64") };
    await rom.send(snapshot({ picture: wide }));
    await picture().focus();
    const box = (await picture().boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(await rom.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    const seen = await rom.page.evaluate(() => {
      const canvas = document.querySelector("canvas.picture")!;
      const { left, top, width: across, height } = canvas.getBoundingClientRect();
      const gatesTold = new Set<string>();
      for (let y = 1; y < height; y += 3) {
        for (let x = 2; x < across; x += across / 12) {
          canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: left + x, clientY: top + y }));
          gatesTold.add(document.querySelector(".told")!.textContent!.split(",")[0]!);
        }
      }
      return [...gatesTold];
    });
    expect(seen).toEqual(expect.arrayContaining(["gate g", "gate f", "gate i", "gate o"]));
    await rom.page.setViewportSize({ width: 900, height: 700 });
  });

  it("tells the same by arrow keys", async () => {
    await rom.send(snapshot());
    await picture().focus();
    await rom.page.keyboard.press("ArrowRight");
    await expect.poll(told).toBe("gate g, unit 0, input 0: +1");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"]) {
      await rom.page.keyboard.press(key);
    }
    await expect.poll(told).toBe("gate f, unit 0, input 1: -1");
  });

  it("lists findings and words, and turns pages of many", async () => {
    const shown = Array.from({ length: 300 }, (_, address) => ({ address, digits: address.toString(16).padStart(3, "0"), line: address + 1 }));
    const finding = { line: 3, rule: "sign", severity: "error" as const, message: "-1 has a sign." };
    await rom.send(snapshot({ findings: [finding], words: { total: 300, shown } }));
    const items = rom.page.getByRole("listitem");
    await expect.poll(() => items.allTextContents()).toEqual(["error in line 3: -1 has a sign.sign"]);
    const rows = rom.page.locator("tbody tr");
    expect(await rows.count()).toBe(256);
    expect(await rows.nth(16).textContent()).toBe("1601017");
    await rom.page.getByRole("button", { name: "Next words" }).click();
    await expect.poll(() => rows.count()).toBe(44);
    expect(await rom.page.locator(".pages").textContent()).toContain("words 257 to 300 of 300");
  });

  it("shows words without a picture where there is none", async () => {
    await rom.send(snapshot());
    await expect.poll(() => picture().isVisible()).toBe(true);
    await rom.send(snapshot({ picture: null }));
    await expect.poll(() => picture().isVisible()).toBe(false);
    expect(await rom.page.locator("tbody tr").count()).toBe(2);
  });

  it("names a wrong message, and values that do not fill the picture", async () => {
    await rom.send({ ...snapshot(), rom: { title: 3 } });
    await expect.poll(() => rom.page.getByRole("alert").textContent()).toContain("rom.rom.title");
    await rom.send(snapshot({ picture: gates([1, 2]) }));
    await expect.poll(() => rom.page.getByRole("alert").textContent()).toBe("The picture has 2 values for 2 x 6 cells. Open the file again.");
  });
});
