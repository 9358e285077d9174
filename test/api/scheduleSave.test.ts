import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { Schedule } from "../../src/api/accelerator.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { layerShapes } from "../../src/hardware/layerShapes.js";
import { randomNetwork } from "../../src/hardware/randomNetwork.js";
import { networkCycles, summariseNetwork } from "../../src/hardware/schedule/network.js";
import { readKanata } from "../hardware/traces/kanataReader.js";
import { temporaryFolder } from "../temporaryFolder.js";

const root = temporaryFolder();

test("a schedule is saved for other tools, with all layers of the model", async () => {
  const model = randomNetwork({ seed: 3, cell: "gru", reset: "before", precision: "binary", units: [6, 4], inputs: 5 });
  const shapes = layerShapes(fixModel(model), { macUnits: 4, clockMegahertz: 400 });
  const schedule = new Schedule(shapes, summariseNetwork(shapes));
  const file = await schedule.save(path.join(root.path, "gru.kanata"), { from: 0, to: networkCycles(shapes, 2).cycles });
  const timesteps = readKanata(await readFile(file, "utf8")).filter(({ label }) => /^layer \d t\d$/.test(label));
  const saved = Object.fromEntries(timesteps.map(({ label, stages }) => [label, stages[0]!.from]));
  const [below, above] = networkCycles(shapes, 2).starts;
  expect(saved).toMatchObject({ "layer 0 t0": below![0], "layer 0 t1": below![1], "layer 1 t0": above![0], "layer 1 t1": above![1] });
  await expect(schedule.save(file)).rejects.toThrow(/is there already/);
});
