import path from "node:path";
import * as vscode from "vscode";
import type { FromWebview, KeptView, ToWebview } from "../../../webview/contract.js";
import { DisposableOwner, type Disposable } from "../disposable.js";
import { Throttle } from "../throttle.js";
import { createNonce, pageHtml, type PageName } from "./content.js";

/** One kind of snapshot that a page shows. */
export interface SnapshotSource {
  current(): Promise<ToWebview>;
  onChange(listener: () => void): Disposable;
}

export interface PageSetup {
  readonly name: PageName;
  readonly title: string;
  readonly sources: readonly SnapshotSource[];
  /** The memory of how the page was looked at, kept by the workspace; a page without one starts anew in every tab. */
  readonly memory?: ViewMemory;
  onMessage(message: FromWebview): void;
  /** A message of the page that fits no schema, or a snapshot that could not be made. */
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

/** At most four snapshots a second; the page draws each one whole. */
const snapshotMilliseconds = 250;

/** Fills a webview with a page and keeps it supplied with snapshots: on `ready`, and after changes while it is visible. */
export class WebviewConnection extends DisposableOwner {
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
    this.track(this.throttled(page.sources));
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: createNonce(),
      title: page.title,
      script: address(`${page.name}.js`),
      style: address(`${page.name}.css`),
      view: page.memory?.get(),
    });
  }

  private throttled(sources: readonly SnapshotSource[]): Disposable {
    const owned = sources.flatMap((source) => {
      const throttle = new Throttle(() => void this.send(source), snapshotMilliseconds);
      return [throttle, source.onChange(() => throttle.request())];
    });
    return { dispose: () => owned.forEach((each) => each.dispose()) };
  }

  /** The contract is loaded with the first message. */
  private async receive(data: unknown): Promise<void> {
    const { fromWebviewSchema } = await import("../../../webview/contract.js");
    const message = fromWebviewSchema.safeParse(data);
    if (!message.success) {
      this.page.onProblem(new Error(`The page ${this.page.name} sent a message that is not valid: ${message.error.message}`));
    } else if (message.data.type === "ready") {
      this.page.sources.forEach((source) => void this.send(source));
    } else if (message.data.type === "keep-view") {
      this.page.memory?.set({ at: message.data.at, view: message.data.view });
    } else {
      this.page.onMessage(message.data);
    }
  }

  private async send(source: SnapshotSource): Promise<void> {
    if (this.isDisposed || !this.host.visible) {
      return;
    }
    try {
      const snapshot = await source.current();
      if (!this.isDisposed) {
        await this.host.webview.postMessage(snapshot);
      }
    } catch (error) {
      this.page.onProblem(error);
    }
  }
}
