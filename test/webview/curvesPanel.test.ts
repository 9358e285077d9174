import { beforeEach, describe, expect, it } from "vitest";
import { pageHtml } from "../../src/extension/webviews/content.js";
import { fromWebviewSchema } from "../../webview/contract.js";
import { browser, curves, server, useCurvesPage } from "./curvesSession.js";
import { runsMessage, sixRuns, snapshot } from "./snapshots.js";

useCurvesPage();

const runs = sixRuns();
const [ternary, binary] = runs;

describe("the chart", () => {
  it("changes its axes, quantity, scales and smoothing", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    await expect.poll(async () => (await curves.chart())?.layout.xaxis.type).toBe("linear");

    await curves.option("log x").click();
    await curves.option("log y").click();
    await expect.poll(async () => (await curves.chart())?.layout.yaxis.type).toBe("log");
    expect((await curves.chart())?.layout.xaxis.type).toBe("log");

    await curves.setSmoothing("0");
    await expect.poll(() => curves.traceNames()).toHaveLength(2);
    expect((await curves.trace(`${ternary.name}, training`)).y).toEqual(ternary.train.figure);
    await curves.setSmoothing("0.99");
    await expect.poll(() => curves.traceNames()).toHaveLength(3);
    expect((await curves.trace(`${ternary.name}, training`)).y.at(-1)).toBeGreaterThan(ternary.train.figure.at(-1) ?? Infinity);

    await curves.choose("x axis", "seconds");
    await expect.poll(async () => (await curves.trace(`${ternary.name}, validation`)).x).toEqual(ternary.validation.seconds);
    await curves.choose("y axis", "loss");
    await expect.poll(async () => (await curves.trace(`${ternary.name}, validation`)).y).toEqual(ternary.validation.loss);
    expect((await curves.chart())?.layout.yaxis.title.text).toBe("cross-entropy, nats per character");

    await curves.option("validation").click();
    await expect.poll(() => curves.traceNames()).toHaveLength(2);
  });

  it("grows live and keeps the reader's zoom", async () => {
    await curves.view.send(runsMessage([snapshot({ reports: 120 })]));
    await expect.poll(() => curves.traceNames()).toHaveLength(3);
    await curves.dragZoom();
    await expect.poll(async () => (await curves.chart())?.layout.xaxis.autorange).toBe(false);
    const zoomed = (await curves.chart())?.layout.xaxis.range;

    await curves.view.send(runsMessage([snapshot({ reports: 200 })]));
    await expect.poll(async () => (await curves.trace("ternary, training")).x.at(-1)).toBe(2000);
    expect((await curves.chart())?.layout.xaxis.range).toEqual(zoomed);
    const small = await curves.page.evaluate(() =>
      [...document.querySelectorAll(".small-chart")].map(
        (chart) => (chart as HTMLElement & { layout: { xaxis: { range: number[] } } }).layout.xaxis.range,
      ),
    );
    expect(small).toEqual(new Array(6).fill(zoomed));

    await curves.page.getByRole("button", { name: "Reset zoom" }).click();
    await expect.poll(async () => (await curves.chart())?.layout.xaxis.range[1]).toBeGreaterThanOrEqual(2000);
  });

  it("draws a message once, and many messages in one frame as one", async () => {
    const drawings = await curves.page.evaluate(async (messages) => {
      let count = 0;
      const observer = new MutationObserver(() => (count += 1));
      observer.observe(document.querySelector(".main-chart")!, { attributes: true, attributeFilter: ["aria-label"] });
      messages.forEach((message) => window.postMessage(message, "*"));
      await new Promise((done) => setTimeout(done, 400));
      return count;
    }, [10, 20, 30, 40].map((reports) => runsMessage([snapshot({ reports })])));
    expect(drawings).toBeLessThanOrEqual(2);
    await expect.poll(async () => (await curves.trace("ternary, training")).x).toHaveLength(40);
  });

  it("has one cross-hair with the values of all runs, by mouse and by keys", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir, binary.dir]));
    await expect.poll(() => curves.traceNames()).toHaveLength(6);
    const chart = curves.page.getByRole("img", { name: /^Training curves: bits per character by step/ });
    await chart.focus();
    await curves.page.keyboard.press("Home");
    await curves.page.keyboard.press("PageDown");
    await expect.poll(() => curves.page.locator(".main-chart + [aria-live]").textContent()).toContain("step 110: ternary · batch norm training");
    await expect.poll(() => curves.page.locator(".main-chart .hoverlayer").textContent()).toContain("binary · batch norm, validation");

    expect(Math.abs(((await curves.crossHair()) ?? Infinity) - 110)).toBeLessThan(15);

    const before = (await curves.chart())?.layout.xaxis.range ?? [0, 0];
    await curves.page.keyboard.press("+");
    await expect.poll(async () => {
      const [low, high] = (await curves.chart())?.layout.xaxis.range ?? [0, 0];
      return (high - low) / (before[1] - before[0]);
    }).toBeCloseTo(0.5, 6);
    await expect.poll(async () => Math.abs(((await curves.crossHair()) ?? Infinity) - 110)).toBeLessThan(15);
    await curves.page.keyboard.press("0");
    await expect.poll(async () => (await curves.chart())?.layout.xaxis.autorange).toBe(true);
    await curves.page.keyboard.press("Tab");
    await expect.poll(() => curves.crossHair()).toBeUndefined();
  });

  it("tells a screen reader the latest values", async () => {
    await curves.view.send(runsMessage([ternary]));
    const value = ternary.train.figure.at(-1)?.toFixed(3);
    const name = `${ternary.name}, running, step 1800 of 3000: training ${value}`;
    await expect.poll(() => curves.page.locator(".main-chart").getAttribute("aria-label")).toContain(name);
  });

  it("shows forty runs of full length", async () => {
    const message = runsMessage([snapshot({ reports: 2000, steps: 20_000, state: "finished" })]);
    await curves.page.evaluate((one) => {
      const dirs = Array.from({ length: 40 }, (_, index) => `/runs/${index}`);
      const rows = dirs.map((dir, index) => ({ ...one.rows[0], dir, name: `run ${index}`, colour: index }));
      window.postMessage({ ...one, rows, curves: dirs.map((dir) => ({ ...one.curves[0], dir })), selected: dirs }, "*");
    }, message);
    // Six colours, without dashes: runs with the same line share a trace, in which each point has its run's name.
    await expect.poll(() => curves.traceNames(), { timeout: 20_000 }).toHaveLength(12);
    const traces = (await curves.chart())?.traces ?? [];
    expect(traces.reduce((sum, { x }) => sum + x.length, 0)).toBeLessThan(30_000);
    const names = new Set(traces.flatMap(({ text, name }) => text ?? [name]));
    expect([...names].filter((name) => name.endsWith(", validation"))).toHaveLength(40);
  });
});

describe("state", () => {
  it("comes back after a reload, and the extension's old selection does not overrule it", async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    await curves.box(binary.name).click();
    await curves.option("log y").click();
    await curves.setSmoothing("0.5");
    await curves.page.getByRole("textbox", { name: "Filter runs" }).fill("norm");
    await expect.poll(async () => (await curves.chart())?.layout.yaxis.type).toBe("log");

    await curves.view.reload();
    await curves.view.send(runsMessage(runs, [ternary.dir]));
    await expect.poll(() => curves.traceNames()).toHaveLength(6);
    expect((await curves.chart())?.layout.yaxis.type).toBe("log");
    expect(await curves.page.getByRole("slider", { name: "smoothing" }).inputValue()).toBe("0.5");
    expect(await curves.listedRuns()).toEqual(["ternary · batch norm", "binary · batch norm", "ternary · layer norm"]);
  });

  it("comes back in a new tab from what the workspace kept", async () => {
    await curves.setSmoothing("0.25");
    await curves.option("log x").click();
    await expect.poll(async () => (await curves.view.posted("keep-view")).at(-1)?.view).toMatchObject({ smoothing: 0.25, logX: true });
    const { at, view } = (await curves.view.posted("keep-view")).at(-1)!;
    await curves.page.evaluate(() => sessionStorage.clear());
    await curves.page.route(`${server.origin}/`, async (route) => {
      const response = await route.fetch();
      const parts = { cspSource: "", nonce: "", title: "", script: "", style: "", view: { at, view } };
      const [body] = /<body[^>]*>/.exec(pageHtml(parts))!;
      await route.fulfill({ response, body: (await response.text()).replace("<body>", body) });
    });
    await curves.view.reload();
    await curves.page.unroute(`${server.origin}/`);
    expect(await curves.page.getByRole("slider", { name: "smoothing" }).inputValue()).toBe("0.25");
    expect(await curves.option("log x").isChecked()).toBe(true);
  });

  it("starts afresh from options it does not know", async () => {
    await curves.page.evaluate(() => sessionStorage.setItem("state", JSON.stringify({ at: 1, view: { smoothing: "much" } })));
    await curves.view.reload();
    expect(await curves.page.getByRole("slider", { name: "smoothing" }).inputValue()).toBe("0.8");
  });

  it("asks for a snapshot when it is shown again", async () => {
    expect(await curves.view.posted("ready")).toHaveLength(1);
    await curves.view.setHidden(true);
    expect(await curves.view.posted("ready")).toHaveLength(1);
    await curves.view.setHidden(false);
    await curves.view.waitForPosted("ready", 2);
  });
});

describe("trouble", () => {
  it.each([
    [{ ...runsMessage([]), version: 2 }, 'The message "runs" has version 2, this view speaks version 1.'],
    [{ hello: "there" }, "without type and version"],
    [{ ...runsMessage([]), rows: [{ ...snapshot(), steps: "many" }] }, "runs.rows.0.steps"],
  ])("names a wrong message and stays usable: %#", async (message, words) => {
    await curves.view.send(runsMessage([ternary]));
    await expect.poll(() => curves.traceNames()).toHaveLength(3);
    await curves.view.send(message);
    const alert = curves.page.getByRole("alert");
    await expect.poll(() => alert.textContent()).toContain(words);
    expect(await curves.traceNames()).toHaveLength(3);
    await curves.view.send(runsMessage([ternary, binary]));
    await expect.poll(() => alert.count()).toBe(0);
  });
});

describe("themes", () => {
  it("recolours when the editor's theme changes", async () => {
    await curves.view.send(runsMessage([ternary]));
    const look = async () => {
      const chart = await curves.chart();
      return [chart?.layout.paper_bgcolor, chart?.traces[1]!.line.color];
    };
    await expect.poll(look).toEqual(["rgb(31, 31, 31)", "rgb(89, 164, 249)"]);
    await curves.view.setTheme("light");
    await expect.poll(look).toEqual(["rgb(255, 255, 255)", "rgb(0, 99, 211)"]);
    await curves.view.setTheme("highContrast");
    await expect.poll(look).toEqual(["rgb(0, 0, 0)", "rgb(89, 164, 249)"]);
    expect(await curves.page.locator(".swatch path").first().getAttribute("stroke")).toBe("rgb(89, 164, 249)");
  });

  it("uses the system's colours when they are forced", async () => {
    await curves.page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
    await curves.view.send(runsMessage([ternary]));
    const canvas = await curves.page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement("p"));
      probe.style.cssText = "forced-color-adjust: none; background-color: Canvas; color: CanvasText";
      const { backgroundColor, color } = getComputedStyle(probe);
      probe.remove();
      return [backgroundColor, color];
    });
    await expect.poll(async () => {
      const chart = await curves.chart();
      return [chart?.layout.paper_bgcolor, chart?.traces[1]!.line.color];
    }).toEqual(canvas);
  });

  it("moves nothing by itself under reduced motion", async () => {
    await curves.page.evaluate(() => document.body.classList.add("vscode-reduce-motion"));
    await curves.view.send(runsMessage([ternary]));
    await expect.poll(() => curves.traceNames()).toHaveLength(3);
    const moving = await curves.page.evaluate(() =>
      [...document.querySelectorAll("body *")].filter((each) => {
        const { transitionProperty, transitionDuration, animationName } = getComputedStyle(each);
        return animationName !== "none" || (transitionProperty !== "none" && transitionDuration !== "0s");
      }).length,
    );
    expect(moving).toBe(0);
  });
});

describe("what leaves the panel", () => {
  beforeEach(async () => {
    await curves.view.send(runsMessage(runs, [ternary.dir, binary.dir]));
    await expect.poll(() => curves.traceNames()).toHaveLength(6);
  });

  const saved = async (button: string) => {
    await curves.page.getByRole("button", { name: button }).click();
    await curves.view.waitForPosted("save");
    const [message] = await curves.view.posted("save");
    expect(fromWebviewSchema.safeParse(message).success).toBe(true);
    return message!;
  };

  it("saves a PNG", async () => {
    const { suggestedName, encoding, data } = await saved("Save the chart as a PNG picture");
    expect([suggestedName, encoding]).toEqual(["training-curves.png", "base64"]);
    const bytes = Buffer.from(data, "base64");
    expect([...bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([2400, 1400]);
  });

  it("saves an SVG with the runs' names", async () => {
    const { suggestedName, encoding, data } = await saved("Save the chart as an SVG drawing");
    expect([suggestedName, encoding]).toEqual(["training-curves.svg", "utf8"]);
    const reader = await browser.newPage();
    const texts = await reader.evaluate((source) => {
      const parsed = new DOMParser().parseFromString(source, "image/svg+xml");
      return [parsed.documentElement.localName, ...[...parsed.querySelectorAll(".legendtext")].map((text) => text.textContent)];
    }, data);
    await reader.close();
    expect(texts[0]).toBe("svg");
    expect(texts).toContain(`${binary.name}, validation`);
  });

  it("saves the points as CSV", async () => {
    const { suggestedName, encoding, data } = await saved("Save the points of the shown runs as CSV");
    expect([suggestedName, encoding]).toEqual(["training-curves.csv", "utf8"]);
    const points = [ternary, binary].reduce((sum, run) => sum + run.train.step.length + run.validation.step.length, 0);
    expect(data.split("\r\n")).toHaveLength(points + 2);
  });

  it("copies a Markdown table", async () => {
    await curves.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await curves.page.getByRole("button", { name: "Copy the shown runs as a Markdown table" }).click();
    await expect.poll(() => curves.page.locator(".said").textContent()).toBe("Copied 2 runs as a Markdown table.");
    expect(await curves.page.locator(".controls.end").textContent()).toBe("PNGSVGCSVCopied");
    expect(await curves.page.evaluate(() => navigator.clipboard.readText())).toContain("| binary · batch norm | finished |");
  });

  it("stops the running training once", async () => {
    await expect.poll(() => curves.page.locator(".status-text").textContent()).toMatch(/^ternary · batch norm: step 1.800 of 3.000 · 17\.1.k characters\/s · 2.min left/);
    await curves.page.getByRole("button", { name: /^Stop this training/ }).click();
    expect(await curves.view.posted("stop")).toEqual([{ type: "stop", version: 1, dir: ternary.dir }]);
    expect(await curves.page.locator(".status-text").textContent()).toContain("stopping");
    await curves.view.send(runsMessage(runs.map((run) => ({ ...run, state: "finished" as const }))));
    await expect.poll(() => curves.page.locator(".status-text").textContent()).toBe("No training is running.");
  });
});
