import { initialViewOptions as initialCurveOptions } from "../curves/viewOptions.js";
import { DifferencesTable } from "../curves/differencesTable.js";
import { chartDescription } from "../curves/description.js";
import { mainFigure } from "../curves/figure.js";
import type { Column } from "../../src/runTable/columns.js";
import { foldEqual } from "../../src/runTable/columns.js";
import { type Choice, dropdown } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { bestFigure, importanceFigure, mainTask, parallelFigure, parameterFigure, type PlotFigure, type PlotInput } from "./figures.js";
import { Plot } from "./plot.js";
import { type ComparisonName, comparisonNames, type ViewOptions } from "./viewOptions.js";

const titles: Readonly<Record<ComparisonName, string>> = {
  none: "Table only",
  curves: "Curves",
  differences: "Differences",
  best: "Best so far",
  parameter: "Over a parameter",
  parallel: "Parallel coordinates",
  importance: "Importance",
};

export interface ComparisonInput extends PlotInput {
  /** Those whose boxes are checked, in the order of the table. */
  readonly checked: PlotInput["runs"];
  readonly options: ViewOptions;
}

/** What is compared below the table: tabs, and the picture or table of the chosen one. */
export class Comparison {
  readonly root = element("section", { className: "comparison", label: "Comparison" });
  private readonly tabs = element("div", { className: "comparison-tabs", label: "Comparison" });
  private readonly words = element("p", { className: "muted" });
  private readonly plot = new Plot();
  private readonly differences = new DifferencesTable();
  private readonly axisPlace = element("span");
  private axisChoices = "";

  constructor(private readonly onChange: (change: Partial<Pick<ViewOptions, "comparison" | "parameter">>) => void) {
    this.tabs.setAttribute("role", "tablist");
    this.tabs.append(...comparisonNames.map((name) => this.tab(name)));
    this.tabs.addEventListener("keydown", (event) => this.key(event));
    this.root.append(element("div", { className: "comparison-tabs" }, [this.tabs, this.axisPlace]), this.words, this.plot.root, this.differences.root);
  }

  private tab(name: ComparisonName): HTMLButtonElement {
    const tab = element("button", { text: titles[name] });
    tab.type = "button";
    tab.dataset.name = name;
    tab.setAttribute("role", "tab");
    tab.addEventListener("click", () => this.onChange({ comparison: name }));
    return tab;
  }

  private key(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = comparisonNames.findIndex((name) => name === (event.target as HTMLElement).dataset.name);
    if (step !== 0 && at >= 0) {
      event.preventDefault();
      const name = comparisonNames[(at + step + comparisonNames.length) % comparisonNames.length]!;
      this.onChange({ comparison: name });
      this.tabs.querySelector<HTMLElement>(`[data-name="${name}"]`)?.focus();
    }
  }

  /** @throws what the chart library throws */
  async update(input: ComparisonInput): Promise<void> {
    const { comparison } = input.options;
    for (const tab of this.tabs.querySelectorAll<HTMLElement>("[role=tab]")) {
      const isChosen = tab.dataset.name === comparison;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
    this.root.classList.toggle("closed", comparison === "none");
    const parameters = differingParameters(input);
    this.updateAxis(parameters, input.options);
    const isTable = comparison === "differences";
    this.differences.root.hidden = !isTable;
    if (isTable) {
      this.differences.update(input.checked, input.theme);
      this.differences.root.hidden = input.checked.length < 2;
    }
    const figure = isTable || comparison === "none" ? undefined : figureOf(comparison, input, parameters);
    this.plot.root.hidden = figure === undefined;
    this.say(comparison, input, figure);
    if (figure !== undefined) {
      await this.plot.show(figure);
    }
  }

  private say(comparison: ComparisonName, { checked }: ComparisonInput, figure: PlotFigure | undefined): void {
    const lacks = comparison === "differences" ? checked.length < 2 : comparison !== "none" && figure === undefined;
    this.words.hidden = !lacks;
    this.words.textContent = lacks ? lackOf(comparison) : "";
  }

  private updateAxis(parameters: readonly Column[], { comparison, parameter }: ViewOptions): void {
    this.axisPlace.hidden = comparison !== "parameter" || parameters.length === 0;
    const choices: Choice<string>[] = parameters.map(({ id, title }) => ({ value: id, text: title }));
    const chosen = chosenParameter(parameters, parameter)?.id;
    const key = JSON.stringify([choices, chosen]);
    if (key !== this.axisChoices && chosen !== undefined) {
      this.axisChoices = key;
      this.axisPlace.replaceChildren(dropdown({ label: "Parameter on the x axis", choices, value: chosen, onChange: (id) => this.onChange({ parameter: id }) }));
    }
  }
}

function chosenParameter(parameters: readonly Column[], id: string | null): Column | undefined {
  return parameters.find((column) => column.id === id) ?? parameters[0];
}

/** Compares the chosen runs, where two or more are chosen, else all of the table. */
function compared({ checked, runs }: ComparisonInput): PlotInput["runs"] {
  return checked.length >= 2 ? checked : runs;
}

function differingParameters(input: ComparisonInput): readonly Column[] {
  return foldEqual(input.columns.filter(({ isHyperparameter }) => isHyperparameter), compared(input)).differing;
}

function figureOf(name: Exclude<ComparisonName, "none" | "differences">, input: ComparisonInput, parameters: readonly Column[]): PlotFigure | undefined {
  const all: PlotInput = { ...input, runs: compared(input) };
  switch (name) {
    case "curves":
      return curvesFigure(input);
    case "best":
      return bestFigure(all);
    case "parameter": {
      const column = chosenParameter(parameters, input.options.parameter);
      return column && parameterFigure(all, column);
    }
    case "parallel":
      return parallelFigure(all);
    case "importance":
      return importanceFigure(all);
  }
}

/** The curves of the checked runs of one task, as the panel of curves draws them. */
function curvesFigure({ checked, theme }: ComparisonInput): PlotFigure | undefined {
  const task = mainTask(checked);
  const runs = checked.filter((run) => run.task === task);
  if (runs.length === 0) {
    return undefined;
  }
  const { data, layout } = mainFigure({ runs, options: initialCurveOptions, theme });
  return { data, layout, description: chartDescription(runs, initialCurveOptions) };
}

function lackOf(comparison: ComparisonName): string {
  switch (comparison) {
    case "curves":
      return "Check the box of a run, or of several, to see their curves.";
    case "differences":
      return "Check the boxes of two runs or more to see what differs between them.";
    case "importance":
      return "Importance needs at least four runs with a figure, and parameters of which several runs share a value.";
    case "parameter":
      return "No parameter differs between these runs, or none of them has a figure yet.";
    default:
      return "None of these runs has a figure yet.";
  }
}
