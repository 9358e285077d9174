import { stateAt } from "../../src/hardware/schedule/schedule.js";
import { checkShape, type AcceleratorShape } from "../../src/hardware/schedule/shape.js";
import { timing } from "../../src/hardware/schedule/timing.js";
import type { PipelineSnapshot, PipelineState } from "../contract.js";
import type { Outgoing } from "../shared/host.js";
import { onThemeChange, readTheme, reducedMotion } from "../shared/theme.js";
import { ChipBar } from "./chipBar.js";
import { ChartView } from "./chartView.js";
import { CycleTable } from "./cycleTable.js";
import { DatapathView } from "./datapathView.js";
import { listenForKeys } from "./keys.js";
import { valuesOf, type Values } from "./values.js";
import { count } from "./numbers.js";
import { pictureName } from "./picture.js";
import { Race } from "./race.js";
import { cycleOf, reduce, saved, type Action, type PipelineView, type SavedView } from "./state.js";
import { TimeStripView } from "./timeStripView.js";
import { Tooltip } from "./tooltip.js";
import { Transport } from "./transport.js";

/** After a pause of the page the animation goes on from where it was, not from where it would be. */
const longestTick = 0.25;
const saveEverySeconds = 0.5;

interface Shown {
  readonly snapshot: PipelineSnapshot;
  readonly shape: AcceleratorShape;
  readonly values: Values;
}

/** The panel "Accelerator Pipeline": holds the state, and draws it once a frame when it has changed. */
export class PipelinePanel {
  private view: PipelineView;
  private shown: Shown | null = null;
  private theme = readTheme();
  private frame = 0;
  private lastFrameTime = 0;
  private lastSaveTime = 0;

  private readonly tooltip = new Tooltip();
  private readonly chip: ChipBar;
  private readonly transport: Transport;
  private readonly strip: TimeStripView;
  private readonly datapath: DatapathView;
  private readonly chart: ChartView;
  private readonly race = new Race();
  private readonly table = new CycleTable();
  private readonly waiting = document.createElement("p");
  private readonly content = document.createElement("main");

  /**
   * @param save keeps the view options, given to the editor
   * @param post sends a message to the extension
   */
  constructor(
    restored: SavedView,
    private readonly save: (view: SavedView) => void,
    private readonly post: (message: Outgoing) => void,
  ) {
    this.view = { ...restored, playing: false };
    const dispatch = (action: Action): void => this.dispatch(action);
    const toggle = (): void => this.toggle();
    this.chip = new ChipBar(post);
    this.transport = new Transport(dispatch, toggle);
    this.strip = new TimeStripView(dispatch, this.tooltip);
    this.datapath = new DatapathView(dispatch);
    this.chart = new ChartView(dispatch, this.tooltip, () => this.savePicture());
    listenForKeys(dispatch, toggle);
    onThemeChange(() => this.onThemeChange());
    new ResizeObserver(() => this.draw()).observe(document.body);
    this.build();
  }

  private build(): void {
    this.waiting.id = "waiting";
    this.waiting.className = "muted";
    this.waiting.textContent = "Waiting for an accelerator to show. Reopen the panel if this stays empty.";
    this.content.hidden = true;
    const { transport, strip, datapath, chart, race, table } = this;
    this.content.append(...[transport, strip, table, datapath, chart, race].map(({ element }) => element));
    this.chip.element.hidden = true;
    document.body.append(this.waiting, this.chip.element, this.content, this.tooltip.element);
  }

  /** Takes the whole state: whose chip it is, and the chip, or why there is none. */
  showState(state: PipelineState): void {
    this.chip.show(state);
    this.chip.element.hidden = false;
    this.waiting.hidden = true;
    const { shown } = state;
    this.content.hidden = shown.kind !== "pipeline";
    if (shown.kind === "pipeline") {
      this.showSnapshot(shown.pipeline, JSON.stringify([state.choice.dir, state.choice.options, shown.pipeline.title]));
    } else {
      this.dispatch({ type: "pause" });
    }
  }

  /** The same chip, sent again, keeps cycle, zoom and choices. */
  private showSnapshot(snapshot: PipelineSnapshot, chip: string): void {
    this.adopt(snapshot, chip === this.view.chip ? this.view : { ...this.view, precision: null, layer: 0 });
    this.dispatch({ type: "shown", chip });
  }

  private adopt(snapshot: PipelineSnapshot, view: PipelineView): void {
    const layer = snapshot.layers[view.layer] ?? snapshot.layers[0]!;
    const precision = view.precision ?? layer.shape.precision;
    const shape = checkShape({ ...layer.shape, precision });
    this.shown = { snapshot, shape, values: valuesOf(layer, shape) };
  }

  private get cycles(): number {
    return this.shown ? timing(this.shown.shape).cyclesPerTimestep : 1;
  }

  private dispatch(action: Action): void {
    if (this.shown === null) {
      return;
    }
    this.view = reduce(this.view, action, this.cycles);
    if (action.type === "precision" || action.type === "layer") {
      this.adopt(this.shown.snapshot, this.view);
    }
    this.keep(action.type === "tick" && this.view.playing);
    this.draw();
  }

  /** While it plays, the position is saved now and then; any other change at once. */
  private keep(sparingly: boolean): void {
    const now = performance.now() / 1000;
    if (!sparingly || now - this.lastSaveTime >= saveEverySeconds) {
      this.lastSaveTime = now;
      this.save(saved(this.view));
    }
  }

  private toggle(): void {
    if (reducedMotion()) {
      this.dispatch({ type: "step", by: 1 });
    } else {
      this.lastFrameTime = performance.now();
      this.dispatch({ type: this.view.playing ? "pause" : "play" });
    }
  }

  private onThemeChange(): void {
    this.theme = readTheme();
    if (reducedMotion()) {
      this.dispatch({ type: "pause" });
    }
    this.draw();
  }

  private savePicture(): void {
    const data = this.chart.picture(this.theme);
    this.post({ type: "save", suggestedName: pictureName(this.shown?.snapshot.title ?? ""), encoding: "base64", data });
  }

  private draw(): void {
    if (this.frame === 0 && this.shown !== null) {
      this.frame = requestAnimationFrame((time) => this.onFrame(time));
    }
  }

  private onFrame(time: number): void {
    this.frame = 0;
    if (this.view.playing) {
      const seconds = Math.min(longestTick, Math.max(0, time - this.lastFrameTime) / 1000);
      this.lastFrameTime = time;
      this.dispatch({ type: "tick", seconds });
    }
    if (this.shown && !this.content.hidden) {
      this.render(this.shown);
    }
  }

  private render({ snapshot, shape, values }: Shown): void {
    const { view, theme } = this;
    const cycle = cycleOf(view);
    const state = stateAt(shape, cycle);
    const scene = { shape, state, values };
    const input = values.network ? `input ${values.network.inputName} · ` : "";
    const place = `${input}cycle ${count(cycle)} of ${count(this.cycles)}`;
    this.transport.show(view, { shape, layers: snapshot.layers.length, place, still: reducedMotion() });
    this.strip.show(theme, shape, cycle);
    this.datapath.show(theme, scene, view);
    this.chart.show(theme, shape, view.chart, cycle);
    this.race.show(shape, cycle);
    this.content.setAttribute("aria-label", `Accelerator pipeline of ${snapshot.title}`);
    if (!view.playing) {
      this.table.show(scene, `${snapshot.title}, ${place}`);
    }
  }
}
