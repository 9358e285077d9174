import type { FromKernel, MimeBundle } from "./contract.js";
import { checkedBundle, isMimeBundle, toMimeBundle } from "./display.js";
import { currentExecution, type Execution } from "./execution.js";
import { isInstance } from "./foreignValue.js";
import { type Admission, ShowLimit } from "./outputLimits.js";
import { Pace, paceMilliseconds } from "./pace.js";

/** What `display` gives back; as a cell's last value it shows nothing more. */
export class DisplayHandle {
  constructor(
    /** Replaces what is shown by another value or bundle. */
    readonly update: (value: unknown) => void,
  ) {}
}

type DisplayMessage = Extract<FromKernel, { type: "display" }>;

export interface DisplayOutlet {
  post(message: FromKernel): void;
  /** Prints a remark of the kernel's own in the cell. */
  note(id: string, text: string): void;
}

/** Shows what cells display and give as their value, within the limits of a cell. */
export class CellDisplays {
  private count = 0;
  private readonly limit = new ShowLimit();
  private readonly pace = new Pace();
  /** The latest update of each display that waits to be sent: it replaces those before it. */
  private readonly waiting = new Map<string, DisplayMessage>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly outlet: DisplayOutlet) {}

  /** `display` in a cell. */
  readonly display = (value: unknown): DisplayHandle => {
    this.count += 1;
    const displayId = `d${this.count}`;
    this.show(value, displayId, false);
    return new DisplayHandle((next) => this.show(next, displayId, true));
  };

  /** The value of a cell. */
  result(id: string, data: MimeBundle): void {
    if (this.isAdmitted(id, this.limit.admitResult(id, data))) {
      this.outlet.post({ type: "result", id, data });
    }
  }

  /** Sends the updates that wait; call before any other message. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    waiting.forEach((message) => this.outlet.post(message));
  }

  private show(value: unknown, displayId: string, update: boolean): void {
    const execution = currentExecution();
    if (!execution) {
      return;
    }
    const send = (data: MimeBundle): void => this.send({ type: "display", id: execution.id, displayId, update, data });
    const shown = isMimeBundle(value) ? checkedBundle(value) : toMimeBundle(value);
    if (isInstance(shown, Promise)) {
      awaitDisplay(execution, shown.then(send));
    } else {
      send(shown);
    }
  }

  private send(message: DisplayMessage): void {
    const { id, displayId, update, data } = message;
    const admission = update ? this.limit.admitUpdate(displayId, data) : this.limit.admitDisplay(id, displayId, data);
    if (!this.isAdmitted(id, admission)) {
      return;
    }
    if (!update) {
      this.outlet.post(message);
      return;
    }
    this.waiting.set(displayId, message);
    // A cell that never yields would never let the timer fire.
    if (this.pace.maySendAtOnce()) {
      this.flush();
    } else {
      this.timer ??= setTimeout(() => this.flush(), paceMilliseconds).unref();
    }
  }

  private isAdmitted(id: string, admission: Admission): boolean {
    if (!admission.shown && admission.note !== "") {
      this.outlet.note(id, `${admission.note}\n`);
    }
    return admission.shown;
  }
}

/** The cell ends when what it displays is shown. */
function awaitDisplay(execution: Execution, shown: Promise<void>): void {
  const pending = shown.finally(() => execution.pendingDisplays.delete(pending));
  execution.pendingDisplays.add(pending);
}
