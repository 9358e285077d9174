import { readdir } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { buildNative } from "../../scripts/native.mjs";
import * as tl from "../../src/api/index.js";
import { trainRun } from "../../src/jobs/trainRun.js";
import { deployedModelToTensors } from "../../src/rnn/shipping/deployedModelFile.js";
import { leastTrainingBytes } from "../../src/rnn/training/trainingMemory.js";
import { createRun } from "../../src/runs/runWriter.js";
import { temporaryFolder } from "../temporaryFolder.js";

/** A teacher needs memory beside the network that it teaches, on a machine that has as much as a test says. */

const machine = vi.hoisted(() => ({ bytes: 0 }));
vi.mock("node:os", async (original) => ({ ...(await original<object>()), totalmem: () => machine.bytes }));

const folder = temporaryFolder();
beforeAll(async () => {
  await buildNative("dist/native");
});

test("training that does not fit with its teacher is refused wherever it begins", async () => {
  machine.bytes = Number.MAX_SAFE_INTEGER;
  const [sequenceLength, batchSize, units] = [8, 4, 64];
  const task = tl.characterModel(tl.data.fromString("fox", "the quick brown fox jumps over the lazy dog; ".repeat(60)), { sequenceLength, batchSize });
  const small = (options: Partial<tl.ExperimentOptions>) => tl.experiment({ task, layers: [tl.lstm({ units: 8 })], steps: 1, ...options });
  const teacher = await small({ layers: [tl.lstm({ units })] }).train({ runs: path.join(folder.path, "teachers") });
  const model = await teacher.deployed();
  const symbols = model.outputs.length;
  const taught = small({ teacher });
  const refused = /takes at least \d+\.\d GB of memory, .* choose fewer units or layers, .*, or a smaller teacher, which counts too\.$/;
  const runs = path.join(folder.path, "runs");
  const prepared = await createRun(path.join(folder.path, "prepared"), taught.spec, { ...task.source.kept(), teacher: deployedModelToTensors(model) });
  await prepared.close();

  // In numbers of 4 bytes: both matrices of the four gates and that of the output layer; hidden states and logits of a minibatch.
  const needed = (symbols + units) * 4 * units + units * symbols + sequenceLength * batchSize * (units + symbols);
  machine.bytes = leastTrainingBytes(taught.spec, taught.data).bytes + 4 * needed - 1;
  await expect(taught.train({ runs })).rejects.toThrow(refused);
  await expect(taught.start({ runs })).rejects.toThrow(refused);
  await expect(readdir(runs)).rejects.toThrow("ENOENT");
  await expect(trainRun({ dir: prepared.dir, spec: taught.spec })).rejects.toThrow(refused);

  machine.bytes += 1;
  await trainRun({ dir: prepared.dir, spec: taught.spec });
  expect(await (await tl.openRun(prepared.dir)).state()).toBe("finished");
});
