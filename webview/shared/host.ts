import "./strictCsp.js";
import * as z from "zod";
import {
  keptViewSchema,
  toWebviewSchema,
  type FromWebview,
  type KeptView,
  type PipelineState,
  type RomSnapshot,
  type RunsMessage,
  type ToWebview,
  type VariableState,
} from "../contract.js";
import { webviewProtocolVersion } from "../protocol.js";
import { clearProblem, showProblem } from "./problem.js";
import { type ViewedRun, ViewedRuns } from "./viewedRuns.js";

/** What VS Code gives to the script of a webview. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

type WithoutVersion<T> = T extends unknown ? Omit<T, "version"> : never;

/** A message to the extension; the bridge adds the version. */
export type Outgoing = WithoutVersion<FromWebview>;

/** How a view looks at its data: axes, filters, checked rows. Saved by the editor, restored after a reload. */
export interface ViewOptions<View> {
  schema: z.ZodType<View>;
  /** Used when nothing was saved, or when an older version saved something else. */
  initial: View;
}

export interface HostHandlers {
  /** @param runs newest first */
  onRuns?(runs: readonly ViewedRun[], selected: readonly string[], isSearching: boolean): void;
  onPipeline?(state: PipelineState): void;
  onRom?(rom: RomSnapshot): void;
  onVariable?(state: VariableState): void;
}

export interface Host<View> {
  readonly view: View;
  post(message: Outgoing): void;
  saveView(view: View): void;
}

export type MessageReading = { ok: true; message: ToWebview } | { ok: false; problem: string };

const envelopeSchema = z.object({ type: z.string(), version: z.number() });

/** Validates one message from the extension; a refusal says in one sentence what is wrong and what to do. */
export function readMessage(data: unknown): MessageReading {
  const envelope = envelopeSchema.safeParse(data);
  if (!envelope.success) {
    return { ok: false, problem: "The extension sent a message without type and version. Reload the window." };
  }
  const { type, version } = envelope.data;
  if (version !== webviewProtocolVersion) {
    const versions = `version ${version}, this view speaks version ${webviewProtocolVersion}`;
    return { ok: false, problem: `The message "${type}" has ${versions}. Reload the window.` };
  }
  const message = toWebviewSchema.safeParse(data);
  if (!message.success) {
    const { path, message: reason } = message.error.issues[0]!;
    const place = [type, ...path.map(String)].join(".");
    return { ok: false, problem: `The extension sent a wrong value at ${place}: ${reason}. Reload the window.` };
  }
  return { ok: true, message: message.data };
}

/** Hands the messages of the extension on to the view; one that cannot be read shows a line on the page. */
class Delivery {
  private readonly runs = new ViewedRuns();

  /** @param onMissed called where a message says that one before it was lost */
  constructor(
    private readonly handlers: HostHandlers,
    private readonly onMissed: () => void,
  ) {}

  deliver(data: unknown): void {
    const reading = readMessage(data);
    if (!reading.ok) {
      showProblem(reading.problem);
      return;
    }
    clearProblem();
    this.hand(reading.message);
  }

  private hand(message: ToWebview): void {
    switch (message.type) {
      case "runs":
        return this.handRuns(message);
      case "pipeline":
        return this.handlers.onPipeline?.({ choice: message.choice, shown: message.shown });
      case "rom":
        return this.handlers.onRom?.(message.rom);
      case "variable":
        return this.handlers.onVariable?.(message);
    }
  }

  private handRuns(message: RunsMessage): void {
    if (this.runs.take(message)) {
      this.handlers.onRuns?.(this.runs.all(), this.runs.selected, this.runs.isSearching);
    } else {
      this.onMissed();
    }
  }
}

/** Changes by a slider come many a second; the extension hears of the last. */
const keepMilliseconds = 300;

/**
 * What was saved last: by the editor, which forgets it with the tab, or by the extension with the workspace, which has
 * put it into the page.
 */
function savedView(api: VsCodeApi): KeptView | undefined {
  const places = [api.getState(), JSON.parse(document.body.dataset.view ?? "null")];
  const kept = places.map((place) => keptViewSchema.safeParse(place)).flatMap(({ data }) => (data ? [data] : []));
  return kept.sort((one, other) => other.at - one.at)[0];
}

/** Tells the extension of the latest view, and at once when the page goes. */
function keeper(post: (message: Outgoing) => void): (kept: KeptView) => void {
  let latest: KeptView | undefined;
  let timer: number | undefined;
  const flush = (): void => {
    window.clearTimeout(timer);
    timer = undefined;
    if (latest) {
      post({ type: "keep-view", ...latest });
      latest = undefined;
    }
  };
  window.addEventListener("pagehide", flush);
  return (kept) => {
    latest = kept;
    timer ??= window.setTimeout(flush, keepMilliseconds);
  };
}

/**
 * Connects the view to the extension; call it once. Asks for all there is on load, whenever the view becomes visible again, because
 * messages to a hidden webview are dropped, and after a message that was lost. A message that fails validation shows a line on the page.
 */
export function connectHost<View extends Record<string, unknown>>(options: ViewOptions<View>, handlers: HostHandlers): Host<View> {
  const api = acquireVsCodeApi();
  const saved = options.schema.safeParse(savedView(api)?.view);
  let view = saved.success ? saved.data : options.initial;
  const post = (message: Outgoing): void => api.postMessage({ ...message, version: webviewProtocolVersion });

  const delivery = new Delivery(handlers, () => post({ type: "ready" }));
  window.addEventListener("message", (event) => delivery.deliver(event.data));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      post({ type: "ready" });
    }
  });
  post({ type: "ready" });
  const keep = keeper(post);

  return {
    post,
    get view() {
      return view;
    },
    saveView(next) {
      if (JSON.stringify(view) === JSON.stringify(next)) {
        return;
      }
      view = next;
      const kept = { at: Date.now(), view: next };
      api.setState(kept);
      keep(kept);
    },
  };
}
