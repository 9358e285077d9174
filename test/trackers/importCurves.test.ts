import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { RunReader } from "../../src/extension/runs/runReader.js";
import { RunList } from "../../src/extension/runs/runList.js";
import { deleteRun } from "../../src/runs/readRun.js";
import { readImportedRun } from "../../src/runs/importedRun.js";
import { curvesOf } from "../../src/runs/runCurves.js";
import { runCurvesSchema, runSummarySchema } from "../../src/runs/runViews.js";
import { exportRuns } from "../../src/trackers/exportRuns.js";
import { importCurves, type ImportOptions } from "../../src/trackers/importCurves.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { resumedRun } from "./exampleRuns.js";

const folder = temporaryFolder();

async function imported(name: string, text: string, options: ImportOptions = {}) {
  const file = path.join(folder.path, name);
  await writeFile(file, text);
  const made = await importCurves(file, { runs: path.join(folder.path, "runs"), ...options });
  return Promise.all(made.map(async (each) => ({ ...each, run: (await readImportedRun(each.dir))! })));
}

const points = (list: readonly { step: number; figure: number }[]) => list.map(({ step, figure }) => [step, figure]);

describe("curves of other tools", () => {
  it("of Keras, with German numbers, and of Lightning, with empty fields, are read", async () => {
    const [keras] = await imported("keras.csv", "epoch;accuracy;loss;lr;val_accuracy;val_loss\r\n0;0,5;1,5;0,01;0,25;2\r\n1;0,75;1,25;0,005;0,5;1,75\r\n");
    expect(keras).toMatchObject({ name: "keras", measure: "accuracy", points: { train: 2, validation: 2 } });
    expect(keras!.run.validation).toEqual([{ step: 0, seconds: 0, loss: 2, figure: 0.25 }, { step: 1, seconds: 0, loss: 1.75, figure: 0.5 }]);
    expect(keras!.run.learningRate).toEqual([{ step: 0, value: 0.01 }, { step: 1, value: 0.005 }]);
    const [lightning] = await imported("metrics.csv", "epoch,step,train_loss_step,val_acc\n0,49,0.5,\n0,99,0.25,\n0,99,,93.5\n1,199,,NaN\n");
    expect(points(lightning!.run.validation)).toEqual([[99, 0.935]]);
    expect(lightning!.run.validation[0]!.loss).toBeNull();
    expect(lightning!.notes).toEqual(expect.arrayContaining(['"val_acc" was read as percent', '1 of the 2 points of "val_acc" are not finite and were left out']));
  });

  it("of Weights & Biases, MLflow and TensorBoard are read, one directory for each run of the file", async () => {
    const wandb = await imported("wandb.csv", '"Step","brave-sun-1 - val_bpc","brave-sun-1 - val_bpc__MIN","brave-sun-1 - val_bpc__MAX","dry-sea-2 - val_bpc"\n"10","3","2","4",""\n"20","2.5","2","3","2.25"\n');
    expect(wandb.map(({ name, run }) => [name, points(run.validation)])).toEqual([["brave-sun-1", [[10, 3], [20, 2.5]]], ["dry-sea-2", [[20, 2.25]]]]);
    expect(wandb[0]!.run.validation[0]!.loss).toBeCloseTo(3 * Math.LN2, 12);
    const [mlflow] = await imported("mlflow.csv", "run_id,key,value,step,timestamp\nabc,loss,2,1,1700000001000\nabc,loss,1,2,1700000003500\nabc,val_perplexity,7.5,2,1700000003500\n");
    expect(mlflow!.run.validation).toEqual([{ step: 2, seconds: 2.5, loss: Math.log(7.5), figure: 7.5 }]);
    expect(points(mlflow!.run.train)).toEqual([[1, Math.exp(2)], [2, Math.exp(1)]]);
    const [board] = await imported("run-gru-tag-accuracy_train.csv", "Wall time,Step,Value\n1700000000.5,0,0.5\n1700000001.5,5,0.75\n");
    expect([board!.name, board!.run.train.map(({ step, seconds, figure }) => [step, seconds, figure])]).toEqual(["gru", [[0, 0, 0.5], [5, 1, 0.75]]]);
  });

  it("of a loss alone are read once a person says what it is of", async () => {
    const text = "iteration\ttrain loss\tdev loss\n1\t2\t3\n2\t1\t2\n";
    await expect(imported("loss.tsv", text)).rejects.toThrow(/loss\.tsv has no accuracy, BPC or perplexity: say what its loss, in nats, is of.*its columns are "iteration", "train loss", "dev loss"/);
    const [loss] = await imported("loss.tsv", text, { measure: "bpc", name: "theirs" });
    expect([loss!.name, points(loss!.run.validation)]).toEqual(["theirs", [[1, 3 / Math.LN2], [2, 2 / Math.LN2]]]);
  });

  it("that Tritloom exported come back the same, wide and long", async () => {
    const dir = await resumedRun(path.join(folder.path, "own"));
    for (const long of [false, true]) {
      const { runs } = await exportRuns([dir], { to: "csv", out: path.join(folder.path, `csv-${long}`), long });
      const [back] = await importCurves(runs[0]!.place, { runs: path.join(folder.path, "runs") });
      const run = (await readImportedRun(back!.dir))!;
      expect(run.train.map(({ step, loss, figure, seconds }) => [step, loss, figure, seconds])).toEqual([[1, 3, 2 / Math.LN2, 0], [2, 2.5, 2 / Math.LN2, 1], [3, 2.25, 2 / Math.LN2, 1000.125], [4, 2, 2 / Math.LN2, 1001]]);
      expect(points(run.validation)).toEqual([[4, 3]]);
    }
  });

  it("that cannot be read are refused with file, place and remedy, and nothing is made", async () => {
    const refused = async (text: string, message: RegExp, options: ImportOptions = {}) => expect(imported("bad.csv", text, options)).rejects.toThrow(message);
    await refused("time,accuracy\n1,0.5\n", /bad\.csv names no column of steps: say which it is, step: "NAME" or --step NAME; its columns are "time", "accuracy"/);
    await refused("step,accuracy\n1,0.5\n", /has no column "epoch": say which it is/, { step: "epoch" });
    await refused("1,2\n3,4\n", /The first row of .*bad\.csv has numbers alone: write the names of the columns above it/);
    await refused("step,accuracy\n", /a header but no row below it/);
    await refused("step,accuracy\n1.5,0.5\n", /line 2 has the step 1\.5: steps are whole numbers from 0/);
    await refused("step,accuracy\n1,0.5,7\n", /line 2 has 3 columns, and the header names 2/);
    await refused('step,accuracy\n1,"0.5\n', /line 2: a field begins with a double quote, and none ends it/, { delimiter: "," });
    await refused("step accuracy\n1 0.5\n", /has one column, "step accuracy": give the delimiter/);
    await refused("step,accuracy\n1,nan\n", /has no finite accuracy/);
    expect(await readdir(folder.path)).toEqual(["bad.csv"]);
  });
});

it("imported curves stand in the list of runs with their curves, and can be deleted", async () => {
  const [made] = await imported("keras.csv", "epoch,accuracy,val_accuracy\n0,0.5,0.25\n1,0.75,0.5\n");
  const faults: unknown[] = [];
  const list = new RunList(new RunReader((fault) => faults.push(fault)).read);
  await list.refresh(made!.dir);
  expect(list.get(made!.dir)).toMatchObject({ isExportable: false, summary: { name: "keras", metric: { label: "validation accuracy", value: 0.5 }, step: 1 } });
  const viewer = {};
  list.wantCurves(viewer, [made!.dir]);
  await expect.poll(() => list.get(made!.dir)?.course).toBeDefined();
  const { course, summary } = list.get(made!.dir)!;
  const curves = curvesOf(course!);
  expect(runCurvesSchema.parse(JSON.parse(JSON.stringify(curves)))).toEqual(curves);
  expect(runSummarySchema.parse(summary)).toEqual(summary);
  expect(curves.validation).toMatchObject({ step: [0, 1], loss: [null, null], figure: [0.25, 0.5] });
  await deleteRun(made!.dir);
  await list.refresh(made!.dir);
  expect(list.get(made!.dir)).toBeUndefined();
  expect(faults).toEqual([]);
  list.dispose();
});
