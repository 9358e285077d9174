import type { PipelineChoice, PipelineSnapshot, PipelineState } from "../../../webview/contract.js";
import type { ChipOptions } from "../../hardware/chipOptions.js";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";
import { presetPipeline } from "../presetPipeline.js";
import type { ListedRun, RunList } from "../runs/runList.js";

/** What was chosen, over window reloads. */
export interface ChosenChips {
  /** The run whose chip is shown; null for the preset. */
  readonly dir: string | null;
  /** Options of each run's chip that somebody chose, by directory; the preset's under "". The latest choice is the last. */
  readonly options: readonly (readonly [dir: string, options: ChipOptions])[];
}

export interface ChipMemory {
  /** Undefined while nothing was ever chosen. */
  get(): ChosenChips | undefined;
  set(chosen: ChosenChips): void;
}

/** Makes a run's chip; undefined when the signal stopped it. */
export type MakePipeline = (dir: string, options: ChipOptions, signal: AbortSignal) => Promise<PipelineSnapshot | undefined>;

/** A chip that is being made, or was. */
interface Making {
  readonly key: string;
  readonly stop: AbortController;
  result: PipelineState["shown"];
}

/** Chips that are kept, so that going back to one is quick; each holds its weights. */
const keptChips = 4;
const rememberedChips = 50;

const looking: PipelineState["shown"] = { kind: "working", text: "Looking for runs, of which one's chip is shown." };

/**
 * Which chip is shown, and the chip itself: of the run chosen last, else of the newest with a model, else a preset. While runs are being
 * looked for, nobody knows which that is: a page that came back with the window would lose its place to another chip.
 */
export class ChosenPipeline extends DisposableOwner {
  private readonly change = this.track(new Listeners());
  private makings: Making[] = [];
  private shown: string;

  readonly onChange = this.change.on;

  constructor(
    private readonly runs: RunList,
    private readonly memory: ChipMemory,
    private readonly make: MakePipeline,
  ) {
    super();
    this.shown = this.key();
    this.track(runs.onChange(() => this.update()));
  }

  /**
   * Shows the chip of a run, or the preset.
   * @param dir null for the preset
   * @param options default: those that its chip has
   */
  choose(dir: string | null, options: ChipOptions = this.optionsOf(dir)): void {
    const others = (this.memory.get()?.options ?? []).filter(([other]) => other !== (dir ?? ""));
    this.stop();
    this.memory.set({ dir, options: [...others, [dir ?? "", options] as const].slice(-rememberedChips) });
    this.update();
  }

  /** Options of a run's chip, or of the preset. */
  optionsOf(dir: string | null): ChipOptions {
    return this.memory.get()?.options.find(([other]) => other === (dir ?? ""))?.[1] ?? {};
  }

  /** What is to be shown now; a chip that is not there yet is made, and `onChange` tells when it is. */
  state(): PipelineState {
    const run = this.run();
    const choice = this.choice(run);
    if (this.isUncertain(run)) {
      return { choice, shown: looking };
    }
    if (run === undefined) {
      const { macUnits, columnsPerCycle } = choice.options;
      const array = { ...(macUnits !== undefined && { macUnits }), ...(columnsPerCycle !== undefined && { columnsPerCycle }) };
      return { choice, shown: { kind: "pipeline", pipeline: presetPipeline(array) } };
    }
    return { choice, shown: this.made(run, choice.options).result };
  }

  /** Nobody looks any more: what is not finished is given up, and what failed is tried again for the next who looks. */
  stop(): void {
    this.makings.filter(({ result }) => result.kind !== "pipeline").forEach((making) => this.forget(making));
  }

  override dispose(): void {
    this.stop();
    super.dispose();
  }

  private choice(run: ListedRun | undefined): PipelineChoice {
    const dir = run?.dir ?? null;
    return { runs: this.exportable().map(({ dir: own, summary }) => ({ dir: own, name: summary.name })), dir, options: this.optionsOf(dir) };
  }

  private made(run: ListedRun, options: ChipOptions): Making {
    const key = this.key();
    const known = this.makings.find((making) => making.key === key);
    if (known) {
      return known;
    }
    this.stop();
    const text = `Making the chip of ${run.summary.name}: its ranges are calibrated on data of the run.`;
    const making: Making = { key, stop: new AbortController(), result: { kind: "working", text } };
    this.makings = [...this.makings, making].slice(-keptChips);
    void this.finish(making, this.make(run.dir, options, making.stop.signal));
    return making;
  }

  private async finish(making: Making, work: ReturnType<MakePipeline>): Promise<void> {
    try {
      const pipeline = await work;
      if (pipeline === undefined) {
        this.forget(making);
        return;
      }
      making.result = { kind: "pipeline", pipeline };
    } catch (error) {
      making.result = { kind: "problem", text: error instanceof Error ? error.message : String(error) };
    }
    if (!making.stop.signal.aborted) {
      this.change.fire();
    }
  }

  private forget(making: Making): void {
    making.stop.abort();
    this.makings = this.makings.filter((other) => other !== making);
  }

  private exportable(): readonly ListedRun[] {
    return this.runs.all().filter(({ isExportable }) => isExportable);
  }

  private run(): ListedRun | undefined {
    const chosen = this.memory.get()?.dir;
    if (chosen === null) {
      return undefined;
    }
    const exportable = this.exportable();
    return exportable.find(({ dir }) => dir === chosen) ?? exportable[0];
  }

  /** Whether the search for runs may still find one whose chip is to be shown instead. */
  private isUncertain(run: ListedRun | undefined): boolean {
    const chosen = this.memory.get()?.dir;
    return !this.runs.isSearched && chosen !== null && (run === undefined || run.dir !== chosen);
  }

  /** Changes whenever another chip is to be shown. */
  private key(): string {
    const run = this.run();
    return run ? JSON.stringify([run.dir, run.summary.state, run.summary.step, this.optionsOf(run.dir)]) : JSON.stringify(this.optionsOf(null));
  }

  private update(): void {
    const key = JSON.stringify([this.key(), this.isUncertain(this.run()), this.exportable().map(({ dir }) => dir)]);
    if (key !== this.shown) {
      this.shown = key;
      this.change.fire();
    }
  }
}
