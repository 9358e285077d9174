import type { ChipOptions } from "../../src/hardware/chipOptions.js";
import { presetSource } from "../../src/hardware/schedule/presets.js";
import { defaultMacUnits } from "../../src/hardware/schedule/shape.js";
import type { PipelineChoice, PipelineSnapshot, PipelineState } from "../contract.js";
import { dropdown, type Choice } from "../shared/controls.js";
import type { Outgoing } from "../shared/host.js";
import { numbersWith, withChange } from "./chipChoices.js";
import { count } from "./numbers.js";

const usualMacUnits = [1, 4, 16, 32, 64, 100, 128, 256, 500, 512, 1000, 1024];
const columnChoices = [1, 2, 4, 8, 16, 32, 64];
const usualThresholds = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Stands for the preset, which has no directory. */
const preset = "";

const presetWords =
  "This is a preset, not a run of yours: structure and timing of the paper's low-power accelerator, without weights. " +
  `MAC units ${presetSource}. Train a run, or choose one, to see its own chip at work.`;

/** Whose chip is shown, which one it is, and the pickers that change it. */
export class ChipBar {
  readonly element = document.createElement("section");
  private readonly name = document.createElement("h1");
  private readonly pickers = document.createElement("div");
  private readonly words = document.createElement("p");
  private readonly notice = document.createElement("p");
  private shown = "";

  constructor(private readonly post: (message: Outgoing) => void) {
    this.element.id = "chip";
    this.element.setAttribute("aria-label", "Run and chip");
    this.pickers.className = "pickers";
    this.words.id = "chip-words";
    this.words.className = "muted";
    this.notice.id = "notice";
    this.notice.setAttribute("role", "status");
    this.name.id = "chip-name";
    this.element.append(this.name, this.pickers, this.words, this.notice);
  }

  show({ choice, shown }: PipelineState): void {
    this.name.textContent = nameOf({ choice, shown });
    this.showPickers(choice, shown.kind === "pipeline" ? shown.pipeline.layers[0]!.shape.macUnits : undefined);
    this.words.textContent = shown.kind === "pipeline" ? chipWords(shown.pipeline) : "";
    this.notice.textContent = shown.kind === "pipeline" ? "" : shown.text;
    this.notice.hidden = shown.kind === "pipeline";
    this.notice.className = shown.kind === "problem" ? "problem" : "muted";
  }

  /** A list that is open stays open while nothing in it changes. */
  private showPickers(choice: PipelineChoice, macUnits: number | undefined): void {
    const key = JSON.stringify([choice, macUnits]);
    if (key === this.shown) {
      return;
    }
    this.shown = key;
    this.pickers.replaceChildren(this.runPicker(choice), this.macUnitPicker(choice, macUnits), this.columnPicker(choice));
    if (choice.dir !== null) {
      this.pickers.append(this.deltaPicker(choice));
    }
  }

  private runPicker({ runs, dir }: PipelineChoice): HTMLElement {
    const choices = [...runs.map((run) => ({ value: run.dir, text: run.name })), { value: preset, text: "preset, no run" }];
    const onChange = (chosen: string): void => this.choose(chosen === preset ? null : chosen);
    return dropdown({ label: "Run", choices, value: dir ?? preset, onChange });
  }

  private macUnitPicker({ dir, options }: PipelineChoice, shown: number | undefined): HTMLElement {
    const own = options.macUnits ?? shown ?? defaultMacUnits;
    const choices = numbersWith(usualMacUnits, own).map((value) => ({ value: String(value), text: `P = ${count(value)} MAC units` }));
    return dropdown({ label: "MAC units", choices, value: String(own), onChange: (value) => this.choose(dir, withChange(options, { macUnits: Number(value) })) });
  }

  private columnPicker({ dir, options }: PipelineChoice): HTMLElement {
    const choices = columnChoices.map((value) => ({ value: String(value), text: `N = ${value} ${value === 1 ? "column" : "columns"} a cycle` }));
    const value = String(options.columnsPerCycle ?? 1);
    return dropdown({ label: "Columns a cycle", choices, value, onChange: (columns) => this.choose(dir, withChange(options, { columnsPerCycle: Number(columns) })) });
  }

  private deltaPicker({ dir, options }: PipelineChoice): HTMLElement {
    const off = "off";
    const thresholds = numbersWith(usualThresholds, options.deltaThreshold).map((value): Choice<string> => ({ value: String(value), text: `delta ${value}` }));
    const choices = [{ value: off, text: "delta off" }, ...thresholds];
    const value = options.deltaThreshold === undefined ? off : String(options.deltaThreshold);
    const onChange = (threshold: string): void => {
      const { deltaThreshold: _old, ...others } = options;
      this.choose(dir, threshold === off ? others : withChange(others, { deltaThreshold: Number(threshold) }));
    };
    return dropdown({ label: "Delta updates: largest change of h that is no change", choices, value, onChange });
  }

  /** @param options absent: those that the run's chip has */
  private choose(dir: string | null, options?: ChipOptions): void {
    this.post({ type: "choose-chip", dir, ...(options && { options }) });
  }
}

/** The name of the run, whether or not its chip is there yet; else what the preset is. */
function nameOf({ choice, shown }: PipelineState): string {
  const run = choice.runs.find(({ dir }) => dir === choice.dir);
  return run?.name ?? (shown.kind === "pipeline" ? shown.pipeline.title : "");
}

function chipWords({ chip, layers }: PipelineSnapshot): string {
  if (chip === null) {
    return presetWords;
  }
  const { clockMegahertz } = layers[0]!.shape;
  const clock = clockMegahertz === undefined ? [] : [`Clock ${clockMegahertz} MHz, as given`];
  return [chip.words, chip.ranges, ...clock, `Shown: ${chip.timestep}`, ...deltaWords(layers)].map((sentence) => `${sentence}.`).join(" ");
}

/** The pictures are of a timestep that reads every column, as the first of a sequence does. */
function deltaWords(layers: PipelineSnapshot["layers"]): string[] {
  const read = layers.flatMap(({ shape, values }, layer) => {
    const where = layers.length > 1 ? `layer ${layer} ` : "";
    return values?.delta ? [`${where}reads ${count(values.delta.columns)} of ${count(shape.units)} recurrent columns in ${count(values.delta.cycles)} cycles`] : [];
  });
  return read.length === 0 ? [] : [`With delta updates that timestep ${read.join(", ")}; its integers are drawn in the schedule of one that reads them all`];
}
