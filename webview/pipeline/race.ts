import { presetSource } from "../../src/hardware/schedule/presets.js";
import type { LayerShape } from "../../src/hardware/schedule/shape.js";
import { count } from "./numbers.js";
import { racers, standings } from "./standings.js";

/** The bars of the race; they follow the panel's cycle. */
export class Race {
  readonly element = document.createElement("section");
  private readonly lanes = racers.map(({ name, className }) => {
    const row = document.createElement("div");
    row.className = "lane";
    const label = document.createElement("span");
    const track = document.createElement("div");
    track.className = "track";
    track.setAttribute("role", "progressbar");
    track.setAttribute("aria-label", `${name}: share of one timestep`);
    track.setAttribute("aria-valuemin", "0");
    track.setAttribute("aria-valuemax", "100");
    const bar = document.createElement("div");
    bar.className = `bar ${className}`;
    track.append(bar);
    const text = document.createElement("span");
    text.className = "standing";
    row.append(label, track, text);
    return { row, label, track, bar, text };
  });

  constructor() {
    this.element.id = "race";
    this.element.className = "card";
    this.element.setAttribute("aria-labelledby", "race-title");
    const title = document.createElement("h2");
    title.id = "race-title";
    title.textContent = "Race · the same network and clock, one timestep of each accelerator";
    const source = document.createElement("p");
    source.className = "muted source";
    source.textContent =
      `About the same area: MAC units ${presetSource}. ` +
      "The scale-shift and look-up port take one row a cycle in all three, which bounds the gain where a group has more rows than columns.";
    this.element.append(title, ...this.lanes.map(({ row }) => row), source);
  }

  show(network: LayerShape, cycle: number): void {
    standings(network, cycle).forEach((standing, index) => {
      const { row, label, track, bar, text } = this.lanes[index]!;
      row.title = standing.why;
      label.textContent = `${standing.name} · P = ${count(standing.macUnits)}`;
      track.setAttribute("aria-valuenow", String(Math.floor(standing.progress * 100)));
      track.setAttribute("aria-valuetext", standing.text);
      bar.style.setProperty("width", `${standing.progress * 100}%`);
      text.textContent = standing.text;
    });
  }
}
