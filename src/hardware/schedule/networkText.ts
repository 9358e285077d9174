import { scheduleText } from "./figure.js";
import type { NetworkSummary } from "./network.js";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const round = (value: number): string => String(Math.round(value * 100) / 100);

/** The figures of stacked layers, each by itself and then together, as aligned lines of plain text. */
export function networkText(summary: NetworkSummary): string {
  const { layers, slowestLayer, cyclesPerTimestep, timestepsPerSecond, latencyCycles, throughputGops } = summary;
  if (layers.length === 1) {
    return scheduleText(layers[0]!);
  }
  const { best, worst } = latencyCycles;
  const waits = worst > best ? `; worst ${count(worst)}, with full buffers below layer ${slowestLayer}` : "";
  const together: [string, string][] = [
    ["cycles per timestep", `${count(cyclesPerTimestep)} in the long run, those of layer ${slowestLayer}, the slowest`],
    ["timesteps a second", count(timestepsPerSecond)],
    ["throughput", `${round(throughputGops.effective)} GOPS of ${round(throughputGops.peak)} GOPS peak (2 operations per MAC)`],
    ["latency", `best ${count(best)} cycles, the sum of the layers, where nothing waits${waits}`],
  ];
  const lines = together.map(([name, value]) => `${name.padEnd(20)} ${value}`).join("\n");
  return [...layers.map((layer, index) => `layer ${index}\n${scheduleText(layer)}`), `all ${layers.length} layers\n${lines}`].join("\n\n");
}
