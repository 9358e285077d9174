import { connectHost } from "../shared/host.js";
import { showProblem } from "../shared/problem.js";
import type { PipelineState } from "../contract.js";
import { PipelinePanel } from "./panel.js";
import { initialView, pipelineViewSchema } from "./state.js";
import "../shared/shared.css";
import "./race.css";
import "./pipeline.css";

function show(state: PipelineState): void {
  try {
    panel.showState(state);
  } catch (error) {
    showProblem(error instanceof Error ? error.message : String(error));
  }
}

const host = connectHost({ schema: pipelineViewSchema, initial: initialView }, { onPipeline: show });
const panel = new PipelinePanel(host.view, (view) => host.saveView(view), (message) => host.post(message));
