import { curveSvg } from "../../src/runs/curveSvg.js";
import type { RunSnapshot } from "../../src/runs/runViews.js";
import { element } from "../shared/element.js";
import { inlineSvg } from "../shared/inlineSvg.js";
import { metricText, progressText, stateSigns, stateText } from "../shared/runText.js";

/** The latest training at a glance; the whole card opens the curves panel. */
export class CurveCard {
  readonly root = element("button", { className: "card" });
  private readonly heading = element("span", { className: "heading" });
  private readonly status = element("span", { className: "muted status" });
  private readonly picture = element("span", { className: "picture" });
  private readonly empty = element("span", { className: "muted" });

  constructor(onOpen: () => void) {
    this.root.type = "button";
    this.root.addEventListener("click", onOpen);
    this.root.append(this.heading, this.status, this.picture, this.empty);
    this.update(undefined, true);
  }

  /** @param isSearching whether there may be a run although none is known yet */
  update(run: RunSnapshot | undefined, isSearching: boolean): void {
    this.status.hidden = !run;
    this.picture.hidden = !run;
    this.empty.hidden = run !== undefined;
    if (!run) {
      this.heading.textContent = "Training curves";
      this.empty.textContent = isSearching ? "Looking for runs…" : "No runs yet. Train a model in a notebook cell to see its curve here.";
      this.root.setAttribute("aria-label", `Open the training curves; ${isSearching ? "looking for runs" : "no runs yet"}`);
      return;
    }
    const figure = run.metric ? `${run.metric.label} ${metricText(run)}` : "no figure yet";
    this.heading.textContent = run.name;
    this.status.textContent = `${stateSigns[run.state]} ${stateText(run)} · ${progressText(run)} · ${figure}`;
    this.picture.replaceChildren(inlineSvg(curveSvg(run, "css-variables", "narrow")));
    const words = `${run.name}, ${stateText(run)}, ${progressText(run)}, ${figure}`;
    this.root.setAttribute("aria-label", `Open the training curves: ${words}`);
  }
}
