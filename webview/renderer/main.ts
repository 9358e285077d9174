import "../shared/strictCsp.js";
import type { ActivationFunction, OutputItem } from "vscode-notebook-renderer";
import type * as z from "zod";
import { runEvidenceSchema, scheduleOutputSchema, trainingOutputSchema, type OpenChip, type TrainingOutputData } from "../contract.js";
import { scheduleMime } from "../protocol.js";
import { element } from "../shared/element.js";
import { scheduleOutput } from "./scheduleOutput.js";
import { EvidenceOfRuns, shownRun } from "./runEvidence.js";
import { outputStyles } from "./styles.js";
import { TrainingOutput } from "./trainingOutput.js";

type Reading<Value> = { ok: true; value: Value } | { ok: false; problem: string };

/** @param what the output is, for a person */
function read<Value>(item: OutputItem, schema: z.ZodType<Value>, what: string): Reading<Value> {
  let content: unknown;
  try {
    content = JSON.parse(item.text());
  } catch (error) {
    return { ok: false, problem: `This ${what} output is not JSON (${String(error)}). Run the cell again.` };
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) {
    return { ok: true, value: parsed.data };
  }
  const { path, message } = parsed.error.issues[0]!;
  const place = path.length > 0 ? path.map(String).join(".") : "its root";
  return { ok: false, problem: `This ${what} output has a wrong value at ${place}: ${message}. Run the cell again.` };
}

/** A shadow tree in a child of the given element: its styles stay inside, and the element itself stays as it was. */
function drawInto(host: HTMLElement, content: HTMLElement): void {
  const shell = element("div");
  const shadow = shell.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [outputStyles()];
  shadow.append(content);
  host.replaceChildren(shell);
}

function problemLine(text: string): HTMLElement {
  const line = element("div", { className: "problem", text });
  line.setAttribute("role", "alert");
  return line;
}

/**
 * Entry point of the notebook renderer. All outputs of a notebook share one document, so each item draws only into its
 * own element; the same element again is updated in place, without flicker.
 */
export const activate: ActivationFunction = ({ postMessage, onDidReceiveMessage }) => {
  const outputs = new Map<HTMLElement, { readonly output: TrainingOutput; written: TrainingOutputData }>();
  const evidence = new EvidenceOfRuns(postMessage && ((message) => postMessage(message)));
  const hosts = new Map<string, HTMLElement>();

  const forget = (id: string): void => {
    const host = hosts.get(id);
    if (host) {
      outputs.delete(host);
      hosts.delete(id);
    }
  };
  const drawSchedule = (item: OutputItem, host: HTMLElement): void => {
    const reading = read(item, scheduleOutputSchema, "schedule");
    const open = postMessage && ((message: OpenChip): void => postMessage(message));
    outputs.delete(host);
    drawInto(host, reading.ok ? scheduleOutput(reading.value, open) : problemLine(reading.problem));
  };
  const drawTraining = (item: OutputItem, host: HTMLElement): void => {
    const reading = read(item, trainingOutputSchema, "training");
    if (!reading.ok) {
      outputs.delete(host);
      drawInto(host, problemLine(reading.problem));
      return;
    }
    const known = outputs.get(host);
    const output = known?.output.root.isConnected ? known.output : new TrainingOutput();
    if (output !== known?.output) {
      drawInto(host, output.root);
    }
    const written = reading.value;
    outputs.set(host, { output, written });
    output.update(shownRun(written, evidence.of(written)));
  };
  const shownOf = (dir: string) => [...outputs.values()].filter(({ output, written }) => written.dir === dir && output.root.isConnected);
  onDidReceiveMessage?.((message) => {
    const { success, data } = runEvidenceSchema.safeParse(message);
    if (success) {
      evidence.receive(data.dir, data.run, () => shownOf(data.dir).length > 0);
      shownOf(data.dir).forEach(({ output, written }) => output.update(shownRun(written, evidence.known(data.dir))));
    }
  });

  return {
    renderOutputItem(item, host) {
      hosts.set(item.id, host);
      (item.mime === scheduleMime ? drawSchedule : drawTraining)(item, host);
    },
    disposeOutputItem(id) {
      const ids = id === undefined ? [...hosts.keys()] : [id];
      ids.forEach(forget);
    },
  };
};
