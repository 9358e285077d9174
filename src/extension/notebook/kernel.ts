import type { AttachedEvents, AttachedKernel } from "../../../kernel/keeper/attachedKernel.js";

/** A living kernel, as the notebook that is attached to it sees it. */
export type Kernel = Pick<AttachedKernel, "pid" | "run" | "interrupt" | "ask" | "tellDebugger" | "shown" | "detach" | "dispose">;

export interface Connect {
  /** Where no kernel lives, one is started. */
  readonly start: boolean;
  /** Another window is detached, and a kernel that cannot be used from here is ended. */
  readonly takeOver: boolean;
}

/**
 * Attaches a notebook to its living kernel.
 * @returns undefined where none lives, and none was to be started
 * @throws KernelRefusedError when the kernel is attached to another window, or is of another version; KernelStartError
 */
export type ConnectKernel = (how: Connect, events: AttachedEvents) => Promise<Kernel | undefined>;
