import path from "node:path";
import * as vscode from "vscode";
import type { FromWebview, KeptView, ToWebview } from "../../../webview/contract.js";
import { DisposableOwner, type Disposable } from "../disposable.js";
import { Throttle } from "../throttle.js";
import { createNonce, pageHtml, type PageName } from "./content.js";

/** Makes the messages of one kind for one webview. */
export interface MessageSource {
  /**
   * @param isWhole whether the message is to say all: the page has nothing yet, or missed a message
   * @returns undefined where the page knows it all
   */
  message(isWhole: boolean): Promise<ToWebview | undefined>;
  onChange(listener: () => void): Disposable;
  dispose?(): void;
}

/** What a page asks for beyond what keeps itself up to date. */
export type PageRequest = Exclude<FromWebview, { type: "ready" | "keep-view" }>;

export interface PageSetup {
  readonly name: PageName;
  readonly title: string;
  /** Made anew for each webview. */
  sources(): readonly MessageSource[];
  /** The memory of how the page was looked at, kept by the workspace; a page without one starts anew in every tab. */
  readonly memory?: ViewMemory;
  onMessage(message: PageRequest): void;
  /** A message of the page that fits no schema, or a message that could not be made. */
  onProblem(problem: unknown): void;
}

export interface ViewMemory {
  get(): KeptView | undefined;
  set(kept: KeptView): void;
}

/** A panel or a side-bar view. */
export interface WebviewHost {
  readonly webview: vscode.Webview;
  readonly visible: boolean;
}

/** At most four messages a second; the page draws after each. */
const messageMilliseconds = 250;

/** Fills a webview with a page and keeps it up to date: with all there is on `ready`, and after changes while it is visible. */
export class WebviewConnection extends DisposableOwner {
  private readonly sources: readonly MessageSource[];
  /** Those whose last message the page did not get. */
  private readonly missed = new Set<MessageSource>();

  constructor(
    private readonly host: WebviewHost,
    private readonly page: PageSetup,
    webviewFolder: string,
  ) {
    super();
    const { webview } = host;
    const root = vscode.Uri.file(webviewFolder);
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    const address = (file: string) => webview.asWebviewUri(vscode.Uri.file(path.join(webviewFolder, file))).toString();
    this.track(webview.onDidReceiveMessage((message) => void this.receive(message).catch(page.onProblem)));
    this.sources = page.sources();
    this.sources.forEach((source) => this.follow(source));
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: createNonce(),
      title: page.title,
      script: address(`${page.name}.js`),
      style: address(`${page.name}.css`),
      view: page.memory?.get(),
    });
  }

  private follow(source: MessageSource): void {
    const throttle = this.track(new Throttle(() => void this.send(source, false), messageMilliseconds));
    this.track(source.onChange(() => throttle.request()));
    this.track({ dispose: () => source.dispose?.() });
  }

  /** The contract is loaded with the first message. */
  private async receive(data: unknown): Promise<void> {
    const { fromWebviewSchema } = await import("../../../webview/contract.js");
    const message = fromWebviewSchema.safeParse(data);
    if (!message.success) {
      this.page.onProblem(new Error(`The page ${this.page.name} sent a message that is not valid: ${message.error.message}`));
    } else if (message.data.type === "ready") {
      this.sources.forEach((source) => void this.send(source, true));
    } else if (message.data.type === "keep-view") {
      this.page.memory?.set({ at: message.data.at, view: message.data.view });
    } else {
      this.page.onMessage(message.data);
    }
  }

  private async send(source: MessageSource, isAsked: boolean): Promise<void> {
    if (this.isDisposed || !this.host.visible) {
      return;
    }
    try {
      const isWhole = isAsked || this.missed.delete(source);
      const message = await source.message(isWhole);
      if (message !== undefined && !this.isDisposed && (await this.host.webview.postMessage(message)) === false) {
        this.missed.add(source);
      }
    } catch (error) {
      this.missed.add(source);
      this.page.onProblem(error);
    }
  }
}
