import { bytesText } from "../../src/variables/bytesText.js";
import type { Look, ShownValue, ValueView, WayOfShowing } from "../../src/variables/contract.js";
import type { VariableState } from "../contract.js";
import { button } from "../shared/controls.js";
import { element } from "../shared/element.js";
import { HeatMapPicture } from "./heatMapPicture.js";
import { HistogramPicture } from "./histogramPicture.js";
import { imagePicture } from "./imagePicture.js";
import { pager } from "./pager.js";
import { valueTable } from "./valueTable.js";

export type Ask = (look: Look) => void;

const wayTexts: Readonly<Record<WayOfShowing, string>> = {
  table: "Table",
  histogram: "Histogram",
  "heat map": "Heat map",
  image: "Image",
  text: "Text",
};

/** One variable, or a part of it: what it is, what statistics say, and the value itself in one of the ways that fit it. */
export class VariablePage {
  private readonly heading = element("h1");
  private readonly summary = element("p", { className: "muted summary" });
  private readonly note = element("p", { className: "note" });
  private readonly facts = element("dl", { className: "facts" });
  private readonly ways = element("div", { className: "ways" });
  private readonly value = element("section", { className: "value", label: "Value" });
  /** What is on the page: the same message again draws nothing anew. */
  private shown = "";

  constructor(
    parent: HTMLElement,
    private readonly ask: Ask,
  ) {
    const { heading, summary, note, facts, ways, value } = this;
    note.setAttribute("role", "status");
    ways.setAttribute("role", "group");
    ways.setAttribute("aria-label", "Ways to show the value");
    parent.append(element("main", { className: "variable" }, [heading, summary, note, facts, ways, value]));
  }

  /** @throws RangeError for a picture whose values do not fill it */
  show({ look, runningCell, shown }: VariableState): void {
    this.note.textContent = runningCell === null ? "" : `Cell [${runningCell}] is running: this is the value before it.`;
    this.note.hidden = runningCell === null;
    const text = JSON.stringify(shown);
    if (text === this.shown) {
      return;
    }
    this.shown = text;
    if (shown.kind === "value") {
      this.showView(shown.view);
    } else {
      this.showProblem(look, shown.text);
    }
  }

  private showProblem(look: Look | null, text: string): void {
    this.heading.replaceChildren(look?.name ?? "No variable");
    this.summary.textContent = text;
    [this.facts, this.ways, this.value].forEach((part) => part.replaceChildren());
    this.ways.hidden = true;
  }

  private showView(view: ValueView): void {
    const { type, size, bytes, value } = view.summary;
    this.heading.replaceChildren(...this.trail(view));
    this.summary.textContent = [type, size, bytes === null ? "" : bytesText(bytes), value].filter((part) => part !== "").join(" · ");
    this.facts.replaceChildren(...view.facts.flatMap(({ name, value: fact }) => [element("dt", { text: name }), element("dd", { text: fact })]));
    this.ways.replaceChildren(...view.ways.map((way) => this.wayButton(way, view)));
    this.ways.hidden = view.ways.length < 2;
    this.value.replaceChildren(...partsOf(view.shown, view.look, this.ask));
  }

  /** The way from the variable to what is shown; each part but the last goes back there. */
  private trail({ look, trail }: ValueView): (Node | string)[] {
    return [look.name, ...trail].flatMap((name, depth): (Node | string)[] => {
      const isLast = depth === trail.length;
      const back = element("button", { className: "link", text: name, label: `Back to ${name}` });
      back.addEventListener("click", () => this.ask({ ...look, path: look.path.slice(0, depth), way: null, first: 0, firstColumn: 0 }));
      return [...(depth === 0 ? [] : [" › "]), isLast ? name : back];
    });
  }

  private wayButton(way: WayOfShowing, { look, shown }: ValueView): HTMLElement {
    const isChosen = shown.kind === way;
    const choice = button({
      text: wayTexts[way],
      appearance: isChosen ? "primary" : "secondary",
      onPress: () => this.ask({ ...look, way, first: 0, firstColumn: 0 }),
    });
    choice.ariaPressed = String(isChosen) as "true" | "false";
    return choice;
  }
}

function partsOf(shown: ShownValue, look: Look, ask: Ask): HTMLElement[] {
  const turnTo = (first: number): void => ask({ ...look, way: shown.kind, first });
  switch (shown.kind) {
    case "table":
      return [
        pager("rows", shown.rowRange, turnTo),
        pager("columns", shown.columnRange, (firstColumn) => ask({ ...look, way: "table", firstColumn })),
        valueTable(shown, (row) => ask({ ...look, path: [...look.path, row], way: null, first: 0, firstColumn: 0 })),
      ];
    case "histogram":
      return [new HistogramPicture(shown).element];
    case "heat map":
      return [new HeatMapPicture(shown).element];
    case "image":
      return [pager("images", shown.image, turnTo), imagePicture(shown)];
    case "text":
      return [pager("characters", shown.range, turnTo), element("pre", { text: shown.text })];
  }
}
