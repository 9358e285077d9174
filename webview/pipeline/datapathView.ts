import type { Theme } from "../shared/theme.js";
import { elementWiseWork, lookUpRows, scaleRows } from "./blockStages.js";
import { card } from "./card.js";
import { drawDatapath } from "./datapath.js";
import { layoutOf } from "./datapathLayout.js";
import { blockEquation, blockText, blockTitle, operations, unitText, type Scene } from "./describe.js";
import { count } from "./numbers.js";
import { blockNames, type BlockName } from "./state.js";
import { contains } from "./surface.js";
import type { Dispatch } from "./transport.js";
import { unitCell, unitGrid } from "./unitGrid.js";

function paragraph(id: string): HTMLParagraphElement {
  const element = document.createElement("p");
  element.id = id;
  return element;
}

/** Counts of what happens in this cycle, for the list beside the drawing. */
function happenings(scene: Scene): string[] {
  const { state, values, shape } = scene;
  const lines = [state.romRead ? "1 ROM word read" : "no ROM word read"];
  if (state.accumulate === null) {
    lines.push("array rests");
  } else if (values.network && shape.precision !== "full") {
    const { add, subtract, skip } = operations(scene, values.network);
    lines.push(`${count(add)} add · ${count(subtract)} subtract`, `${count(skip)} skip`);
  } else {
    lines.push(`${count(state.accumulate.busyUnits)} of ${count(shape.macUnits)} units busy`);
  }
  const busy = (list: readonly (number | null)[], name: string): string[] => {
    const busyStages = list.filter((each) => each !== null).length;
    return busyStages === 0 ? [] : [`${busyStages} in ${name}`];
  };
  const rows = [...busy(scaleRows(shape, state), "scale"), ...busy(lookUpRows(shape, state), "look-up")];
  if (rows.length > 0) {
    lines.push(rows.join(" · "));
  }
  const inUnit = elementWiseWork(shape, state).filter(({ unit }) => unit !== null).length;
  if (inUnit > 0) {
    lines.push(`${inUnit} in element-wise`);
  }
  return state.writeBack === null ? lines : [...lines, "1 write-back"];
}

/** The animated datapath: a drawing, a button over each block, and the chosen block's equation and work in words. */
export class DatapathView {
  readonly element: HTMLElement;
  private readonly stage = document.createElement("div");
  private readonly canvas = document.createElement("canvas");
  private readonly buttons = new Map<BlockName, HTMLButtonElement>();
  private readonly now = document.createElement("ul");
  private readonly valuesNote = paragraph("values-note");
  private readonly detailTitle = document.createElement("h3");
  private readonly equation = paragraph("equation");
  private readonly work = paragraph("work");
  private readonly unitChoice = document.createElement("label");
  private readonly unitInput = document.createElement("input");
  private macUnits = 1;

  constructor(private readonly dispatch: Dispatch) {
    const { element, heading } = card("datapath", "Datapath");
    this.element = element;
    this.valuesNote.className = "muted";
    heading.after(this.valuesNote);
    this.stage.className = "stage";
    this.canvas.setAttribute("aria-hidden", "true");
    this.stage.append(this.canvas);
    blockNames.forEach((block) => this.stage.append(this.blockButton(block)));
    const beside = document.createElement("div");
    beside.className = "now";
    const title = document.createElement("h3");
    title.textContent = "this cycle";
    this.now.id = "now";
    beside.append(title, this.now);
    const row = document.createElement("div");
    row.className = "datapath-row";
    row.append(this.stage, beside);
    element.append(row, this.detail());
  }

  private blockButton(block: BlockName): HTMLButtonElement {
    const element = document.createElement("button");
    element.className = "block";
    element.addEventListener("click", (event) => this.choose(block, event));
    this.buttons.set(block, element);
    return element;
  }

  /** A click on a MAC unit chooses it; anywhere else the block. */
  private choose(block: BlockName, event: MouseEvent): void {
    const unit = block === "array" && event.detail > 0 ? this.unitAt(event) : null;
    this.dispatch(unit === null ? { type: "block", block } : { type: "unit", unit });
  }

  private unitAt(event: MouseEvent): number | null {
    const { scale, blocks } = layoutOf(this.canvas.clientWidth);
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
    const grid = unitGrid(blocks.array, this.macUnits);
    for (let unit = 0; unit < grid.shown; unit++) {
      if (contains(unitCell(grid, unit), x, y)) {
        return unit;
      }
    }
    return null;
  }

  private detail(): HTMLElement {
    const detail = document.createElement("div");
    detail.className = "detail";
    this.unitChoice.className = "unit-choice";
    this.unitInput.type = "number";
    this.unitInput.min = "0";
    this.unitInput.addEventListener("input", () => {
      const unit = this.unitInput.valueAsNumber;
      if (Number.isInteger(unit) && unit >= 0 && unit < this.macUnits) {
        this.dispatch({ type: "unit", unit });
      }
    });
    this.unitChoice.append("MAC unit ", this.unitInput);
    this.equation.className = "muted";
    detail.append(this.detailTitle, this.unitChoice, this.equation, this.work);
    return detail;
  }

  private place(): void {
    const { scale, height, blocks } = layoutOf(this.canvas.clientWidth);
    this.canvas.style.setProperty("height", `${height * scale}px`);
    for (const [block, { style }] of this.buttons) {
      const { x, y, width, height } = blocks[block];
      style.setProperty("left", `${x * scale}px`);
      style.setProperty("top", `${y * scale}px`);
      style.setProperty("width", `${width * scale}px`);
      style.setProperty("height", `${height * scale}px`);
    }
  }

  show(theme: Theme, scene: Scene, selection: { block: BlockName; unit: number }): void {
    this.macUnits = scene.shape.macUnits;
    this.place();
    drawDatapath(this.canvas, theme, scene, selection);
    for (const [block, element] of this.buttons) {
      const title = blockTitle(block, scene.shape);
      element.title = `${title}: ${blockEquation(block, scene.shape)}`;
      element.setAttribute("aria-label", `${title}: show its equation`);
      element.setAttribute("aria-pressed", String(block === selection.block));
    }
    const note = scene.values.network === null ? scene.values.reason : "";
    this.valuesNote.textContent = note;
    this.valuesNote.hidden = note === "";
    this.now.replaceChildren(
      ...happenings(scene).map((text) => {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
      }),
    );
    this.showDetail(scene, selection);
  }

  private showDetail(scene: Scene, { block, unit }: { block: BlockName; unit: number }): void {
    this.detailTitle.textContent = blockTitle(block, scene.shape);
    this.equation.textContent = blockEquation(block, scene.shape);
    this.unitChoice.hidden = block !== "array";
    this.unitInput.max = String(scene.shape.macUnits - 1);
    if (document.activeElement !== this.unitInput) {
      this.unitInput.value = String(unit);
    }
    this.work.textContent = block === "array" ? unitText(scene, unit) : `In this cycle: ${blockText(block, scene)}.`;
  }
}
