import path from "node:path";
import type { PipelineSnapshot } from "../../../webview/contract.js";
import { runFiles } from "../../runs/runFiles.js";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";
import type { ListedRun, RunList } from "../runs/runList.js";
import type { Memory } from "../runs/runSelection.js";

/** Whose pipeline is shown: the run chosen last, else the newest with a model, else a preset. */
export class ChosenPipeline extends DisposableOwner {
  private readonly change = this.track(new Listeners());
  private shown: string;

  readonly onChange = this.change.on;

  constructor(
    private readonly runs: RunList,
    private readonly memory: Memory,
  ) {
    super();
    this.shown = this.key();
    this.track(runs.onChange(() => this.update()));
  }

  choose(dir: string): void {
    this.memory.set([dir]);
    this.update();
  }

  /** @throws UnsupportedModelError, InvalidTensorsError or the file system's error when the model cannot be read */
  async snapshot(): Promise<PipelineSnapshot> {
    const { filePipeline, presetPipeline } = await import("../pipelineSnapshot.js");
    const run = this.run();
    return run === undefined ? presetPipeline() : filePipeline(run.snapshot.name, modelFile(run));
  }

  private run(): ListedRun | undefined {
    const exportable = this.runs.all().filter(({ isExportable }) => isExportable);
    const [chosen] = this.memory.get() ?? [];
    return exportable.find(({ dir }) => dir === chosen) ?? exportable[0];
  }

  /** Changes whenever another model is to be shown. */
  private key(): string {
    const run = this.run();
    return run ? `${run.dir} ${run.snapshot.state}` : "";
  }

  private update(): void {
    const key = this.key();
    if (key !== this.shown) {
      this.shown = key;
      this.change.fire();
    }
  }
}

function modelFile({ dir }: ListedRun): string {
  return path.join(dir, runFiles.model);
}
