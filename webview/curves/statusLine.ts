import type { RunSnapshot } from "../../src/runs/runViews.js";
import { button } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { progressText, stateText } from "../shared/runText.js";

/** The running run of most interest: an overlaid one before others. */
export function runningRun(runs: readonly RunSnapshot[], checked: ReadonlySet<string>): RunSnapshot | undefined {
  const running = runs.filter(({ state }) => state === "running");
  return running.find(({ dir }) => checked.has(dir)) ?? running[0];
}

/** The first of the overlaid runs that stopped before its last step. */
function stoppedRun(runs: readonly RunSnapshot[], checked: ReadonlySet<string>): RunSnapshot | undefined {
  return runs.find(({ dir, state }) => checked.has(dir) && (state === "interrupted" || state === "crashed"));
}

/** What trains right now, how far it is, and the button that stops it. */
export class StatusLine {
  readonly root = element("div", { className: "status" });
  private readonly text = element("span", { className: "status-text" });
  private readonly bar = element("progress", { label: "Training progress" });
  private readonly stop;
  private running: RunSnapshot | undefined;
  private stopping: string | undefined;
  private readonly resume;
  private stopped: RunSnapshot | undefined;

  constructor(onStop: (dir: string) => void, onResume: (dir: string) => void) {
    this.stop = button({
      text: "Stop",
      label: "Stop this training; the run and its checkpoint are kept",
      onPress: () => {
        if (this.running) {
          this.stopping = this.running.dir;
          this.show();
          onStop(this.running.dir);
        }
      },
    });
    this.resume = button({
      text: "Resume",
      label: "Train this run on in a terminal",
      onPress: () => this.stopped && onResume(this.stopped.dir),
    });
    this.root.append(this.bar, this.text, this.stop, this.resume);
  }

  update(runs: readonly RunSnapshot[], checked: ReadonlySet<string>): void {
    this.running = runningRun(runs, checked);
    if (this.running?.dir !== this.stopping) {
      this.stopping = undefined;
    }
    this.stopped = this.running ? undefined : stoppedRun(runs, checked);
    const others = runs.filter(({ state }) => state === "running").length - 1;
    this.show(others > 0 ? ` · ${others} more running` : "");
  }

  private show(others = ""): void {
    const run = this.running;
    this.bar.hidden = !run;
    this.stop.hidden = !run;
    this.stop.disabled = this.stopping !== undefined;
    this.resume.hidden = !this.stopped;
    if (!run) {
      const { stopped } = this;
      this.text.textContent = stopped ? `${stopped.name}: ${stateText(stopped)}, ${progressText(stopped)}` : "No training is running.";
      this.text.title = stopped?.ending ?? "";
      return;
    }
    this.bar.max = run.steps;
    this.bar.value = run.step;
    const progress = this.stopping === undefined ? progressText(run) : "stopping after this step…";
    this.text.textContent = `${run.name}: ${progress}${others}`;
    this.text.title = this.text.textContent;
  }
}
