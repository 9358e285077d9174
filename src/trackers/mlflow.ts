import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ExperimentSpec } from "../experiment/spec.js";
import { readSmallFile } from "../files/regularFile.js";
import { hyperparametersOf } from "../runs/hyperparameters.js";
import type { RunReading } from "../runs/readRun.js";
import { stateInWords } from "../runs/runState.js";
import { printableLine } from "../text/printable.js";
import { safeNames } from "./fileNames.js";
import { endOf, measurementsOf, type Transcript } from "./measurements.js";

/**
 * A run as MLflow's file store keeps it (mlflow/store/tracking/file_store.py): STORE/EXPERIMENT/RUN with meta.yaml, and a file for
 * each parameter, metric and tag; a metric's file has a line "milliseconds value step" for each point. Names have the characters that
 * mlflow/utils/validation.py allows.
 */

/** Files by their path in the folder of the run. */
type Files = ReadonlyMap<string, string>;

export const metaFile = "meta.yaml";
const mostMetaBytes = 1024 * 1024;
/** Longer values of parameters and tags are refused by MLflow's servers. */
const mostCharacters = 5000;

/** RunStatus of mlflow/entities/run_status.py */
const statuses = { running: 1, finished: 3, crashed: 4, interrupted: 5 } as const;

/** The same run has the same name in every export, by which a second export finds the first. */
export function mlflowRunId(dir: string): string {
  return digest(dir).slice(0, 32);
}

/** @param folder of the run in the store, absolute */
export function mlflowFiles(reading: RunReading<Transcript>, folder: string, experimentId: string): Files {
  const { dir, spec, state, log } = reading;
  const runId = mlflowRunId(dir);
  const user = process.env.USER ?? process.env.USERNAME ?? "";
  const meta = {
    artifact_uri: pathToFileURL(path.join(folder, "artifacts")).href,
    end_time: state === "running" ? null : milliseconds(endOf(log)),
    entry_point_name: "",
    experiment_id: experimentId,
    lifecycle_stage: "active",
    run_id: runId,
    run_name: spec.name,
    run_uuid: runId,
    source_name: "",
    source_type: 4,
    source_version: "",
    start_time: milliseconds(log.startedAt ?? 0),
    status: statuses[state],
    tags: [],
    user_id: user,
  };
  const tags = {
    "mlflow.runName": spec.name,
    "mlflow.source.name": dir,
    "mlflow.source.type": "LOCAL",
    "mlflow.user": user,
    "tritloom.state": stateInWords(reading),
    "tritloom.computeKernel": log.started?.computeKernel ?? "",
  };
  return new Map([
    [metaFile, yaml(meta)],
    ["artifacts/spec.json", `${JSON.stringify(spec, null, 2)}\n`],
    ...folderOf("params", parameters(spec)),
    ...folderOf("tags", new Map(Object.entries(tags).map(([name, value]) => [name, shortLine(value)]))),
    ...folderOf("metrics", metricFiles(reading)),
  ]);
}

function parameters(spec: ExperimentSpec): Map<string, string> {
  const all = hyperparametersOf(spec);
  const names = safeNames(all.map(({ path: name }) => name));
  return new Map(all.map(({ value }, index) => [names[index]!, shortLine(String(value))]));
}

function metricFiles(reading: RunReading<Transcript>): Map<string, string> {
  const lines = new Map<string, string[]>();
  for (const { step, time, values } of measurementsOf(reading)) {
    for (const { name, value } of values) {
      const known = lines.get(name) ?? [];
      known.push(`${milliseconds(time)} ${value} ${step}\n`);
      lines.set(name, known);
    }
  }
  return new Map([...lines].map(([name, points]) => [name, points.join("")]));
}

/** Names become files; a name with slashes lies in folders. */
function folderOf(folder: string, contents: ReadonlyMap<string, string>): [string, string][] {
  return [...contents].map(([name, content]) => [`${folder}/${name}`, content]);
}

/** An experiment of an MLflow store. */
export interface MlflowExperiment {
  readonly id: string;
  /** The text of its meta.yaml, where the store has no such experiment yet. */
  readonly meta: string | undefined;
}

/** The experiment of this name in a store, which may be MLflow's own; where it has none, one to be made. */
export async function mlflowExperiment(store: string, name: string): Promise<MlflowExperiment> {
  const entries = await readdir(store, { withFileTypes: true }).catch(nothingThere);
  for (const entry of entries.filter((found) => found.isDirectory())) {
    const meta = await readSmallFile(path.join(store, entry.name, metaFile), mostMetaBytes).catch(() => "");
    if (nameIn(meta) === name) {
      return { id: entry.name, meta: undefined };
    }
  }
  // Eighteen digits, as MLflow's own.
  const id = (BigInt(`0x${digest(name).slice(0, 16)}`) % 10n ** 18n).toString().padStart(18, "1");
  const now = Date.now();
  const location = pathToFileURL(path.join(store, id)).href;
  return { id, meta: yaml({ artifact_location: location, creation_time: now, experiment_id: id, last_update_time: now, lifecycle_stage: "active", name }) };
}

function nothingThere(error: NodeJS.ErrnoException): [] {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") {
    throw error;
  }
  return [];
}

/** The value of `name` as PyYAML writes it on one line: plain, in single or in double quotes. */
function nameIn(meta: string): string | undefined {
  const text = /^name: (.*)$/m.exec(meta)?.[1]?.trim();
  if (text?.startsWith("'")) {
    return text.slice(1, -1).replaceAll("''", "'");
  }
  try {
    return text?.startsWith('"') ? (JSON.parse(text) as string) : text;
  } catch {
    return undefined;
  }
}

/** A line for each member; what JSON writes is YAML too. */
function yaml(members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join("");
}

function shortLine(value: string): string {
  return printableLine(value).slice(0, mostCharacters);
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
