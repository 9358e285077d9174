import { cellHardware } from "../../src/hardware/cells/cells.js";
import { resetText } from "../../src/hardware/schedule/figure.js";
import { precisions, storedWeightBits, type AcceleratorShape, type Precision } from "../../src/hardware/schedule/shape.js";
import { button, captioned, dropdown, slider } from "../shared/controls.js";
import { icon, type IconName } from "./icons.js";
import { count } from "./numbers.js";
import { speeds, type Action, type PipelineView } from "./state.js";

const precisionNames: Readonly<Record<Precision, string>> = { full: "full", binary: "binary", ternary: "ternary" };

export type Dispatch = (action: Action) => void;

function iconButton(name: IconName, label: string, onPress: () => void): HTMLElement {
  const element = button({ text: "", label, appearance: "secondary", onPress });
  element.classList.add("transport-button");
  element.replaceChildren(icon(name));
  return element;
}

function precisionChoice(dispatch: Dispatch): HTMLFieldSetElement {
  const group = document.createElement("fieldset");
  group.className = "segments";
  const legend = document.createElement("legend");
  legend.className = "visually-hidden";
  legend.textContent = "Precision of the weights";
  group.append(legend);
  for (const precision of precisions) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = "precision";
    input.value = precision;
    input.addEventListener("change", () => dispatch({ type: "precision", precision }));
    const text = document.createElement("span");
    text.textContent = precisionNames[precision];
    label.append(input, text);
    group.append(label);
  }
  return group;
}

/** What the transport shows beside the view's own state. */
export interface Shown {
  readonly shape: AcceleratorShape;
  /** Stacked layers to choose from. */
  readonly layers: number;
  /** Where we are, in words. */
  readonly place: string;
  /** Nothing may move by itself: play steps one cycle instead. */
  readonly still: boolean;
}

const speedText = (speed: number): string => `${count(speed)} ${speed === 1 ? "cycle" : "cycles"}/s`;

/** The row of controls on top: movement in time, speed, precision, layer, and where we are. */
export class Transport {
  readonly element = document.createElement("header");
  private readonly playButton: HTMLElement;
  private readonly speedSlider: HTMLInputElement;
  private readonly speedLabel = document.createElement("span");
  private readonly precision: HTMLFieldSetElement;
  private readonly units = document.createElement("span");
  private readonly place = document.createElement("strong");
  private readonly layer = document.createElement("span");
  private shownLayer = "";
  private shownPlay = "";

  constructor(
    private readonly dispatch: Dispatch,
    private readonly onPlayPressed: () => void,
  ) {
    this.element.id = "transport";
    this.playButton = iconButton("play", "Play", () => this.onPlayPressed());
    this.playButton.id = "play";
    this.speedSlider = slider({
      label: "Speed",
      min: 0,
      max: speeds.length - 1,
      step: 1,
      value: 0,
      describe: (index) => speedText(speeds[index]!),
      onInput: (index) => dispatch({ type: "speed", speed: speeds[index]! }),
    });
    this.speedLabel.className = "speed-text";
    this.precision = precisionChoice(dispatch);
    this.units.className = "muted";
    this.place.id = "place";
    this.element.append(this.movement(), captioned("speed", this.speedSlider), this.speedLabel);
    this.element.append(this.precision, this.layer, this.units, this.place);
  }

  private movement(): HTMLElement {
    const group = document.createElement("div");
    group.className = "movement";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Move in time");
    const { dispatch } = this;
    group.append(
      iconButton("first", "First cycle (Home)", () => dispatch({ type: "seek", cycle: 0 })),
      iconButton("back", "Back one cycle (Left arrow)", () => dispatch({ type: "step", by: -1 })),
      this.playButton,
      iconButton("forward", "Forward one cycle (Right arrow)", () => dispatch({ type: "step", by: 1 })),
      iconButton("last", "Last cycle (End)", () => dispatch({ type: "seek", cycle: Number.MAX_SAFE_INTEGER })),
    );
    return group;
  }

  show(view: PipelineView, { shape, layers, place, still }: Shown): void {
    this.showPlay(view.playing, still);
    const index = speeds.findIndex((speed) => speed >= view.speed);
    const nearest = index < 0 ? speeds.length - 1 : index;
    this.speedSlider.valueAsNumber = nearest;
    this.speedSlider.ariaValueText = speedText(speeds[nearest]!);
    this.speedLabel.textContent = speedText(speeds[nearest]!);
    for (const input of this.precision.querySelectorAll("input")) {
      input.checked = input.value === shape.precision;
      if (input.value === "full") {
        input.nextElementSibling!.textContent = `full ${storedWeightBits({ ...shape, precision: "full" })} bit`;
      }
    }
    this.showLayers(view.layer, layers);
    this.units.textContent = `${cellHardware(shape.cell).name}, h = ${count(shape.units)}`;
    this.units.title = `${count(shape.units)} hidden units, ${count(shape.inputs)} ${shape.inputKind} inputs${resetText(shape)}`;
    this.place.textContent = place;
  }

  private showPlay(playing: boolean, still: boolean): void {
    const [name, label]: [IconName, string] = still
      ? ["forward", "Step one cycle (motion is reduced; Space)"]
      : playing
        ? ["pause", "Pause (Space)"]
        : ["play", "Play (Space)"];
    if (this.shownPlay !== label) {
      this.shownPlay = label;
      this.playButton.ariaLabel = label;
      this.playButton.title = label;
      this.playButton.replaceChildren(icon(name));
    }
  }

  private showLayers(layer: number, layers: number): void {
    const key = `${layer} of ${layers}`;
    if (this.shownLayer !== key) {
      this.shownLayer = key;
      this.layer.hidden = layers === 1;
      const choices = Array.from({ length: layers }, (_, index) => ({ value: String(index), text: `layer ${index}` }));
      const onChange = (value: string): void => this.dispatch({ type: "layer", layer: Number(value) });
      this.layer.replaceChildren(dropdown({ label: "Layer", choices, value: String(layer), onChange }));
    }
  }
}
