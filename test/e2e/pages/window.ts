import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Frame, type FrameLocator, type Locator, type Page } from "playwright-core";
import { expect, vi } from "vitest";

/** One VS Code window in a browser, and what a person does in it. */

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Debian's Chromium, or the browser that CHROMIUM names. */
export function launchBrowser(): Promise<Browser> {
  const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = candidates.find((file) => file !== undefined && existsSync(file));
  if (executablePath === undefined) {
    throw new Error("No Chromium found: install Debian's `chromium`, or set CHROMIUM to a browser's path");
  }
  return chromium.launch({ executablePath, args: flags });
}

/** Whether an element is there, or soon will be. */
function appears(element: Locator): Promise<boolean> {
  return element.waitFor({ timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}

export class Workbench {
  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    /** Requests that left the machine; must stay empty. */
    readonly foreignRequests: string[],
  ) {}

  static async open(browser: Browser, url: string, workspace: string): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const foreign: string[] = [];
    context.on("request", (request) => {
      const target = request.url();
      // Webview resources carry this host name but are answered by VS Code's own service worker.
      const isLocal = target.startsWith(url) || /^(data|blob):|\.vscode-resource\.vscode-cdn\.net\//.test(target);
      if (!isLocal) {
        foreign.push(target);
      }
    });
    const payload = encodeURIComponent(JSON.stringify([["skipWelcome", "true"]]));
    await page.goto(`${url}/?folder=${encodeURIComponent(workspace)}&payload=${payload}`, { waitUntil: "domcontentloaded" });
    const workbench = new Workbench(page, context, foreign);
    await workbench.ready();
    return workbench;
  }

  /** The extension's own activity-bar icon is there: contributions are registered. */
  async ready(): Promise<void> {
    await this.activity("Tritloom").waitFor({ timeout: 90_000 });
  }

  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("domcontentloaded");
    await this.command("Developer: Reload Window");
    await loaded;
    await this.ready();
  }

  activity(title: string): Locator {
    return this.page.locator(`.activitybar a.action-label[aria-label^="${title}"]`);
  }

  /** Opens the side bar's Tritloom container. */
  showSideBar(): Promise<void> {
    return this.showContainer("Tritloom");
  }

  async hideSideBar(): Promise<void> {
    if (await this.page.locator(".part.sidebar").isVisible()) {
      await this.command("View: Toggle Primary Side Bar Visibility");
    }
  }

  /** Gives the editor group on top the whole width. */
  async maximise(): Promise<void> {
    await this.command("View: Toggle Maximize Editor Group");
    // Charts fit themselves to the new width a moment later.
    await this.page.waitForTimeout(1_500);
  }

  /** A click on the icon of the container that is open would close it. */
  private async showContainer(title: string): Promise<void> {
    const label = this.page.locator(`a.action-label[aria-label^="${title}"]`);
    const icon = this.page.locator(".activitybar .action-item", { has: label });
    if (!/checked/.test((await icon.getAttribute("class")) ?? "")) {
      await this.activity(title).click();
    }
    await this.page.locator(".sidebar .pane-header").first().waitFor();
  }

  quickInput(): Locator {
    return this.page.locator(".quick-input-widget:visible");
  }

  quickRows(): Locator {
    return this.quickInput().locator(".quick-input-list .monaco-list-row");
  }

  private async typeIntoPalette(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    const input = this.quickInput().locator("input.input");
    await input.waitFor();
    await input.fill(`>${title}`);
  }

  private async closeQuickInput(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.quickInput().waitFor({ state: "hidden" });
  }

  /**
   * Runs a command from the palette by its full title. The palette lists what was enabled when it was typed into, and a
   * window that has just opened enables a command a moment later: then it is opened and typed into anew.
   */
  async command(title: string): Promise<void> {
    const row = this.quickRows().filter({ hasText: title }).first();
    for (let attempt = 0; attempt < 10; attempt++) {
      await this.typeIntoPalette(title);
      if (await appears(row)) {
        await row.click();
        return;
      }
      await this.closeQuickInput();
    }
    throw new Error(`The palette does not offer "${title}"`);
  }

  /** Chooses in the context menu of an element. A menu ignores clicks in its first 100 milliseconds: then it is clicked again. */
  async chooseInMenu(element: Locator, label: string): Promise<void> {
    await element.click({ button: "right" });
    const item = this.page.locator(".monaco-menu .action-label", { hasText: label });
    await item.waitFor();
    await vi.waitUntil(() => item.click().then(() => item.waitFor({ state: "hidden", timeout: 2_000 })).then(() => true, () => false), { timeout: 30_000 });
  }

  /** Whether the palette offers a command. */
  async offers(title: string): Promise<boolean> {
    await this.typeIntoPalette(title);
    await this.quickRows().first().waitFor();
    await this.page.waitForTimeout(300);
    const count = await this.quickRows().filter({ hasText: title }).count();
    await this.page.keyboard.press("Escape");
    return count > 0;
  }

  async pick(row: string): Promise<void> {
    const found = this.quickRows().filter({ hasText: row }).first();
    await found.waitFor();
    await found.click();
  }

  /** Ticks all rows of a pick list and accepts. */
  async checkAll(): Promise<void> {
    const all = this.quickInput().getByRole("checkbox", { name: "Toggle all checkboxes" });
    await all.click();
    await this.page.keyboard.press("Enter");
  }

  /** Accepts a pick list, known by its title, as it is. */
  async accept(title: string): Promise<void> {
    await this.quickInput().locator(".quick-input-title", { hasText: title }).waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Types an answer into the input box of a title and accepts it. */
  async answer(title: string, text: string): Promise<void> {
    await this.quickInput().locator(".quick-input-title", { hasText: title }).waitFor();
    await this.quickInput().locator("input.input").fill(text);
    await this.page.keyboard.press("Enter");
  }

  enterFolder(folder: string): Promise<void> {
    return this.enterPath(`${folder}/`);
  }

  /**
   * Types a path into the simple file dialog and accepts; an existing folder ends with a slash. The dialog looks each
   * path up as it is typed, and while it does it drops an Enter, or puts its own path over ours: until it has closed it
   * is told again.
   */
  async enterPath(entered: string): Promise<void> {
    const input = this.quickInput().locator("input.input");
    await expect.poll(() => input.inputValue()).toMatch(/^\//);
    await this.quickRows().first().waitFor();
    await expect
      .poll(async () => {
        if (await input.isVisible()) {
          await input.fill(entered);
          await this.page.waitForTimeout(500);
          await this.page.keyboard.press("Enter");
          await this.page.waitForTimeout(500);
        }
        return input.isVisible();
      })
      .toBe(false);
  }

  /** Closes the editor on top without saving. */
  async closeEditor(): Promise<void> {
    await this.command("View: Revert and Close Editor");
  }

  /**
   * Closes the editor on top and answers that its changes are not to be saved. VS Code reads the file back first, and keeps
   * the editor open if something changes meanwhile, which a cell that prints does: then it is asked again, as a person would.
   */
  async closeWithoutSaving(title: string): Promise<void> {
    const isOpen = () => this.tab(title).isVisible();
    for (let attempt = 0; attempt < 20 && (await isOpen()); attempt++) {
      await this.command("View: Close Editor");
      const answer = this.button("Don't Save");
      await expect.poll(async () => (await answer.isVisible()) || !(await isOpen())).toBe(true);
      if (await answer.isVisible()) {
        await answer.click();
      }
      await this.tab(title).waitFor({ state: "hidden", timeout: 1_000 }).catch(() => {});
    }
    expect(await isOpen()).toBe(false);
  }

  /** Leaves nothing open for the next test, whatever this one has left unsaved. */
  async closeAllEditors(): Promise<void> {
    await this.page.keyboard.press("Escape");
    for (let open = await this.page.locator(".tab").count(); open > 0; open--) {
      await this.closeEditor();
      await expect.poll(() => this.page.locator(".tab").count()).toBeLessThan(open);
    }
    await this.command("Notifications: Clear All Notifications");
  }

  private button(label: string): Locator {
    return this.page.locator(".monaco-dialog-box .monaco-button, .notification-toast .monaco-button", { hasText: label }).first();
  }

  /** Answers a modal or toast by the button's label. */
  async press(label: string): Promise<void> {
    await this.button(label).click();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast", { hasText: text }).first();
  }

  /** Opens a file of the workspace. A file that appears above it moves its row from under the pointer: then it is clicked again. */
  async openFile(name: string): Promise<void> {
    await this.showContainer("Explorer");
    const row = this.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).first();
    await vi.waitUntil(() => row.dblclick().then(() => appears(this.tab(name))), { timeout: 30_000 });
  }

  tab(title: string): Locator {
    return this.page.locator(".tab", { hasText: title }).first();
  }

  async selectTab(title: string): Promise<void> {
    await this.tab(title).click();
  }

  /** Closes the editor of a title, if it is open. */
  async closeTab(title: string): Promise<void> {
    const tab = this.tab(title);
    if (await tab.isVisible()) {
      await tab.click({ button: "middle" });
      await tab.waitFor({ state: "detached" });
    }
  }

  /** Our webview page of a title, once it is there; hidden panels have no page. */
  async webview(title: string): Promise<Frame> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      for (const frame of this.page.frames()) {
        // A frame may go away while it is asked.
        const found = await frame.title().catch(() => "");
        if (found === title) {
          return frame;
        }
      }
      await this.page.waitForTimeout(200);
    }
    throw new Error(`No webview "${title}" appeared`);
  }

  /** The page of the Markdown preview that is on top. */
  markdownPreview(): FrameLocator {
    return this.page
      .frameLocator('iframe.webview.ready[src*="extensionId=vscode.markdown-language-features"]:visible')
      .frameLocator("iframe#active-frame");
  }

  treeRow(text: string | RegExp): Locator {
    return this.page.locator(".sidebar .pane-body .monaco-list-row", { hasText: text }).first();
  }

  async screenshot(file: string): Promise<void> {
    await this.page.screenshot({ path: file });
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
