import type { ListedKernel } from "../../../kernel/keeper/listKernels.js";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";

/** Kernels of other windows come and go without a word to this one. */
const lookMilliseconds = 3_000;

/** What is needed to list kernels; loaded with the first look. */
export interface KernelListing {
  list(): Promise<readonly ListedKernel[]>;
  describe(kernel: ListedKernel): KernelWords;
}

/** A kernel as its row says it. */
export interface KernelWords {
  readonly name: string;
  readonly description: string;
  readonly tooltip: string;
  readonly isBusy: boolean;
}

interface Row {
  readonly kernel: ListedKernel;
  readonly words: KernelWords;
}

/** The living kernels of this machine. It looks for them while they are to be seen. */
export class KernelList extends DisposableOwner {
  private readonly change = this.track(new Listeners());
  private rows: readonly Row[] = [];
  private listing: Promise<KernelListing> | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** A row came, went, or says something else. */
  readonly onChange = this.change.on;

  /** @param onFault told why kernels cannot be listed */
  constructor(
    private readonly load: () => Promise<KernelListing>,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
  }

  ids(): string[] {
    return this.rows.map(({ kernel }) => kernel.record.id);
  }

  /** A kernel of the last look. */
  get(id: string): ListedKernel | undefined {
    return this.row(id)?.kernel;
  }

  words(id: string): KernelWords | undefined {
    return this.row(id)?.words;
  }

  setVisible(isVisible: boolean): void {
    clearInterval(this.timer);
    this.timer = isVisible ? setInterval(() => void this.look(), lookMilliseconds) : undefined;
    if (isVisible) {
      void this.look();
    }
  }

  /** Looks for kernels, and tells where something is new. */
  async look(): Promise<void> {
    try {
      const { list, describe } = await (this.listing ??= this.load());
      const before = this.inWords();
      this.rows = (await list()).map((kernel) => ({ kernel, words: describe(kernel) }));
      if (this.inWords() !== before) {
        this.change.fire();
      }
    } catch (error) {
      this.setVisible(false);
      this.onFault(error);
    }
  }

  override dispose(): void {
    clearInterval(this.timer);
    super.dispose();
  }

  private row(id: string): Row | undefined {
    return this.rows.find(({ kernel }) => kernel.record.id === id);
  }

  private inWords(): string {
    return JSON.stringify(this.rows.map(({ kernel, words }) => [kernel.record.id, words]));
  }
}
