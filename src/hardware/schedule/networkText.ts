import { scheduleText, throughputLines, type ClockSource } from "./figure.js";
import type { NetworkSummary } from "./network.js";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** The figures of stacked layers, each by itself and then together, as aligned lines of plain text. */
export function networkText(summary: NetworkSummary, source: ClockSource = "as given"): string {
  const { layers, slowestLayer, cyclesPerTimestep, latencyCycles } = summary;
  if (layers.length === 1) {
    return scheduleText(layers[0]!, source);
  }
  const { best, worst } = latencyCycles;
  const waits = worst > best ? `; worst ${count(worst)}, with full buffers below layer ${slowestLayer}` : "";
  const together: [string, string][] = [
    ["cycles per timestep", `${count(cyclesPerTimestep)} in the long run, those of layer ${slowestLayer}, the slowest`],
    ...throughputLines(summary),
    ["latency", `best ${count(best)} cycles, the sum of the layers, where nothing waits${waits}`],
  ];
  const lines = together.map(([name, value]) => `${name.padEnd(20)} ${value}`).join("\n");
  return [...layers.map((layer, index) => `layer ${index}\n${scheduleText(layer, source)}`), `all ${layers.length} layers\n${lines}`].join("\n\n");
}
