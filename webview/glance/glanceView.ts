import { runAtAGlance } from "../../src/runs/atAGlance.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import type { PipelineState } from "../contract.js";
import { element } from "../shared/element.js";
import { CurveCard } from "./curveCard.js";
import { PipelineCard } from "./pipelineCard.js";

/** The small side view: latest curve and pipeline, each a click away from its panel. */
export class GlanceView {
  private readonly curve: CurveCard;
  private readonly pipeline: PipelineCard;

  constructor(root: HTMLElement, onOpen: (panel: "open-curves" | "open-pipeline") => void) {
    this.curve = new CurveCard(() => onOpen("open-curves"));
    this.pipeline = new PipelineCard(() => onOpen("open-pipeline"));
    root.append(element("main", { className: "glance" }, [this.curve.root, this.pipeline.root]));
  }

  showRuns(runs: readonly RunSnapshot[], selected: readonly string[], isSearching: boolean): void {
    this.curve.update(runAtAGlance(runs, selected), isSearching);
  }

  showPipeline(state: PipelineState): void {
    this.pipeline.update(state);
  }
}
