import { grid, table, type Row } from "../display/html.js";
import type { MimeBundle } from "../display/host.js";
import type { Measure } from "../runs/measures.js";
import type { SweepEngine } from "./engine.js";
import type { CandidateRow, SweepSummary } from "./summary.js";

/** Rows of candidates that a picture has room for. */
const mostRows = 10;

/** A trial that is under way. */
export interface RunningTrial {
  readonly name: string;
  readonly step: number;
  readonly steps: number;
}

/** "sweep 12/50 trials · 2 running · 1 failed · best BPC 1.873 (units 128) · 3:20 left" */
export function sweepLine(summary: SweepSummary): string {
  const { trials, best, measure, secondsLeft, retries, state, notice } = summary;
  const done = trials.finished + trials["ended early"] + trials.failed;
  const counted = (["running", "ended early", "stopped", "failed"] as const).filter((name) => trials[name] > 0).map((name) => `${trials[name]} ${name}`);
  return [
    `${state === "running" ? "sweep" : `sweep ${state},`} ${done}/${trials.planned} trials`,
    ...counted,
    ...(retries > 0 ? [`${retries} ${retries === 1 ? "retry" : "retries"}`] : []),
    ...(best === null || measure === undefined ? [] : [`best ${measure.name} ${figureText(best, measure)} (${parametersText(best)})`]),
    ...(secondsLeft === null || state !== "running" ? [] : [`${clock(secondsLeft)} left`]),
    ...(notice === null ? [] : [notice]),
  ].join(" · ");
}

/** The whole of a sweep, for a cell or a terminal: trials by state, the best, time left, and the best candidates. */
export function sweepBundle(summary: SweepSummary, running: readonly RunningTrial[] = [], engine?: Pick<SweepEngine, "name" | "status">): MimeBundle {
  const { name, dir, state, secondsLeft } = summary;
  const goesOn = state === "stopped" || state === "crashed";
  const rows: Row[] = [
    ["state", state === "running" && secondsLeft !== null ? `${state}, ${clock(secondsLeft)} left` : state],
    ["trials", trialsText(summary)],
    ...engineRows(engine),
    ...running.map((trial): Row => ["running", `${trial.name}, step ${trial.step}/${trial.steps}`]),
    ...troubleRows(summary),
    ...bestRows(summary),
    ...(goesOn ? [["to go on", `tritloom sweep resume ${dir}`] as const] : []),
    ["directory", dir],
  ];
  const head = table(`Sweep: ${name}`, rows);
  const list = candidatesTable(summary);
  return {
    "text/html": `<div>${head["text/html"]}${list?.["text/html"] ?? ""}</div>`,
    "text/plain": [head["text/plain"], ...(list ? [list["text/plain"]] : [])].join("\n"),
  };
}

function troubleRows({ notice, retries, abandoned }: SweepSummary): Row[] {
  return [
    ...(notice === null ? [] : [["waits", notice] as const]),
    ...(retries > 0 ? [["retries", String(retries)] as const] : []),
    ...abandoned.map((reason): Row => ["given up", reason]),
  ];
}

function engineRows(engine: Pick<SweepEngine, "name" | "status"> | undefined): Row[] {
  return engine?.status === undefined ? [] : [[engine.name, engine.status]];
}

/** "50: 12 finished, 2 running, 36 waiting" */
function trialsText({ trials }: SweepSummary): string {
  const states = (["finished", "ended early", "running", "waiting", "stopped", "failed"] as const).filter((each) => trials[each] > 0);
  return `${trials.planned}: ${states.map((each) => `${trials[each]} ${each}`).join(", ") || "none yet"}`;
}

function bestRows({ best, measure }: SweepSummary): Row[] {
  return best === null || measure === undefined ? [] : [[`best ${measure.name}`, `${figureText(best, measure)} at ${parametersText(best)}, after ${best.steps} steps`]];
}

/** The best candidates, best first, and then those that were stopped or failed. */
function candidatesTable({ candidates, measure }: SweepSummary): MimeBundle | undefined {
  if (measure === undefined) {
    return undefined;
  }
  const ranked = rankedRows(candidates, measure);
  const rows = ranked.slice(0, mostRows);
  if (rows.length === 0) {
    return undefined;
  }
  const names = Object.keys(rows[0]!.parameters);
  const cells = rows.map((row) => [
    String(row.number),
    ...names.map((name) => valueText(row.parameters[name])),
    row.mean === null ? "" : figureText(row, measure),
    row.steps === 0 ? "" : String(row.steps),
    row.fault === null ? row.state : `failed: ${row.fault.split("\n")[0]!.slice(0, 80)}`,
  ]);
  const more = ranked.length > rows.length ? `, ${rows.length} of ${ranked.length}` : "";
  return grid(`Candidates, best first${more}`, ["", ...names, `validation ${measure.name}`, "steps", "state"], cells);
}

/** Those trained furthest first, of these the best first; those that were stopped or failed before their first figure last. */
export function rankedRows(candidates: readonly CandidateRow[], measure: Measure): CandidateRow[] {
  const loss = (row: CandidateRow): number => (measure.better(0, 1) === 1 ? -row.mean! : row.mean!);
  const known = candidates.filter(({ mean }) => mean !== null).toSorted((a, b) => b.steps - a.steps || loss(a) - loss(b));
  return [...known, ...candidates.filter(({ mean, state }) => mean === null && (state === "stopped" || state === "failed"))];
}

/** "2.115", or with several seeds "2.115 ± 0.012". */
export function figureText({ mean, spread }: CandidateRow, { text }: Measure): string {
  return spread === null ? text(mean!) : `${text(mean!)} ± ${text(spread)}`;
}

export function parametersText({ parameters }: CandidateRow): string {
  return Object.entries(parameters).map(([name, value]) => `${name} ${valueText(value)}`).join(", ");
}

function valueText(value: unknown): string {
  return typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const ending = `${String(whole % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${ending}` : `${minutes}:${ending}`;
}
