import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { createRun, type RunWriter } from "../../src/runs/runWriter.js";
import { writeFileAtomically } from "../../src/files/atomicFile.js";
import { runFiles } from "../../src/runs/runFiles.js";
import { isStopRequested } from "../../src/runs/stopRequest.js";
import { stopTraining } from "../../src/runs/stopTraining.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { inlineText, smallSpec } from "./spec.js";

const root = temporaryFolder();
const create = () => createRun(root.path, smallSpec(), { corpusText: inlineText });
const asked = async ({ dir }: RunWriter) => vi.waitFor(async () => expect(await isStopRequested(dir)).toBe(true));

it("waits until the owner has given the run up", async () => {
  const writer = await create();
  const stopped = stopTraining(writer.dir);
  await asked(writer);
  await writer.close();
  expect((await stopped).state).not.toBe("running");
});

it("asks the new owner, too, where a run gets another one before the first has seen the request", async () => {
  const writer = await create();
  const stopped = stopTraining(writer.dir);
  await asked(writer);
  const ownerFile = path.join(writer.dir, runFiles.owner);
  const request = () => readFile(path.join(writer.dir, runFiles.stopRequest), "utf8");
  const first = await readFile(ownerFile, "utf8");
  expect(await request()).toBe(first);
  const second = JSON.stringify({ ...(JSON.parse(first) as object), token: "another claim" });
  await writeFileAtomically(ownerFile, second);
  await vi.waitFor(async () => expect(await request()).toBe(second));
  await rm(ownerFile);
  expect((await stopped).state).not.toBe("running");
  await writer.close();
});

it("leaves a run alone that nobody trains", async () => {
  const writer = await create();
  await writer.close();
  const { state } = await stopTraining(writer.dir);
  expect(state).not.toBe("running");
  await expect(readFile(path.join(writer.dir, runFiles.stopRequest))).rejects.toThrow("ENOENT");
});
