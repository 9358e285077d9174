import { cellText } from "../../src/runTable/cellText.js";
import type { Column } from "../../src/runTable/columns.js";
import type { SortKey } from "../../src/runTable/order.js";
import { element } from "../shared/element.js";
import { stateText } from "../shared/runText.js";
import type { Theme } from "../shared/theme.js";
import { type GridItem, groupCells, isRight, runCells } from "./gridRow.js";
import { cellAfter, type CellPlace } from "./gridKeys.js";

export interface GridInput {
  readonly columns: readonly Column[];
  readonly items: readonly GridItem[];
  readonly checked: ReadonlySet<string>;
  readonly sort: readonly SortKey[];
  readonly theme: Theme;
}

export interface GridHandlers {
  /** @param isFurther whether the columns that it is sorted by already stay the first */
  onSort(column: Column, isFurther: boolean): void;
  onCheck(dir: string): void;
  onStar(dir: string): void;
  onOpen(dir: string): void;
  onEdit(dir: string, field: "name" | "note" | "tags"): void;
  onDelete(dir: string): void;
}

/** Rows above and below those that are seen, so that scrolling finds them there. */
const spareRows = 12;
/** Widths follow the texts of so many rows. */
const measuredRows = 200;
const [narrowest, widest] = [5, 28];

interface DrawnRow {
  readonly root: HTMLElement;
  /** What it was drawn from: the same again is not drawn anew. */
  readonly from: readonly unknown[];
}

/** A table of any number of rows, of which those are in the page that can be seen; it is one stop of the Tab key. */
export class Grid {
  readonly root = element("div", { className: "grid", label: "Runs" });
  private readonly head = element("div", { className: "grid-row grid-head" });
  private readonly body = element("div", { className: "grid-body" });
  private input: GridInput | undefined;
  private drawn = new Map<number, DrawnRow>();
  private active: CellPlace = { row: 0, column: 0 };
  private rowHeight = 24;
  private isDrawing = false;

  constructor(private readonly handlers: GridHandlers) {
    this.root.setAttribute("role", "grid");
    this.root.setAttribute("aria-multiselectable", "true");
    this.head.setAttribute("role", "row");
    this.head.setAttribute("aria-rowindex", "1");
    this.body.setAttribute("role", "rowgroup");
    this.root.append(this.head, this.body);
    this.root.addEventListener("scroll", () => this.drawSoon());
    new ResizeObserver(() => this.drawSoon()).observe(this.root);
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("dblclick", (event) => this.doubleClick(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  /** Draws what changed; a row whose run is the same object stays as it is. */
  update(input: GridInput): void {
    const before = this.input;
    const hadFocus = this.hasFocus();
    this.input = input;
    this.rowHeight = Math.ceil(input.theme.fontSize * 1.85);
    this.root.style.setProperty("--row-height", `${this.rowHeight}px`);
    this.root.setAttribute("aria-rowcount", String(input.items.length + 1));
    this.root.setAttribute("aria-colcount", String(input.columns.length + 1));
    this.body.style.height = `${input.items.length * this.rowHeight}px`;
    if (before?.columns !== input.columns || before.items.length !== input.items.length) {
      this.root.style.setProperty("--columns", widthsOf(input).map((width) => `${width}ch`).join(" "));
    }
    this.active = {
      row: Math.min(this.active.row, Math.max(0, input.items.length - 1)),
      column: Math.min(this.active.column, input.columns.length),
    };
    this.drawHead(input);
    this.draw(hadFocus);
  }

  private hasFocus(): boolean {
    return this.root.contains(document.activeElement);
  }

  private drawSoon(): void {
    if (!this.isDrawing) {
      this.isDrawing = true;
      requestAnimationFrame(() => {
        this.isDrawing = false;
        this.draw();
      });
    }
  }

  private draw(hadFocus = this.hasFocus()): void {
    const { input } = this;
    if (input === undefined) {
      return;
    }
    const [first, last] = this.seenRows(input.items.length);
    const drawn = new Map<number, DrawnRow>();
    for (let index = first; index < last; index += 1) {
      drawn.set(index, this.drawnRow(index, input));
    }
    this.drawn = drawn;
    const roots = [...drawn.values()].map(({ root }) => root);
    if (roots.length !== this.body.childElementCount || roots.some((root, index) => root !== this.body.children[index])) {
      this.body.replaceChildren(...roots);
    }
    this.markActive(hadFocus);
  }

  private seenRows(count: number): [number, number] {
    const first = Math.floor(this.root.scrollTop / this.rowHeight) - spareRows;
    const seen = Math.ceil(this.root.clientHeight / this.rowHeight) + 2 * spareRows;
    const start = Math.max(0, Math.min(first, count - seen));
    return [start, Math.min(count, start + seen)];
  }

  private drawHead({ columns, sort }: GridInput): void {
    const titles = columns.map((column) => headCell(column, sort));
    const box = element("div", { className: "cell", label: "Compare" });
    box.setAttribute("role", "columnheader");
    const cells = [box, ...titles];
    cells.forEach((cell, index) => cell.setAttribute("aria-colindex", String(index + 1)));
    this.head.replaceChildren(...cells);
  }

  private drawnRow(index: number, { items, columns, checked, theme }: GridInput): DrawnRow {
    const item = items[index]!;
    const isChecked = item.kind === "run" && checked.has(item.run.dir);
    const from = [item.kind === "run" ? item.run : item.group, columns, isChecked, theme, this.rowHeight];
    const known = this.drawn.get(index);
    if (known !== undefined && known.from.every((each, at) => each === from[at])) {
      return known;
    }
    const root = element("div", { className: `grid-row ${item.kind === "run" ? "run-row" : "group-row"}` });
    root.setAttribute("role", "row");
    root.setAttribute("aria-rowindex", String(index + 2));
    root.dataset.index = String(index);
    root.style.transform = `translateY(${index * this.rowHeight}px)`;
    if (item.kind === "run") {
      root.setAttribute("aria-selected", String(isChecked));
    }
    const cells = item.kind === "run" ? runCells(item.run, columns, isChecked, theme) : groupCells(item.group, item.by, columns.length + 1);
    cells.forEach((cell, at) => cell.setAttribute("aria-colindex", String(at + 1)));
    root.append(...cells);
    return { root, from };
  }

  /** The cell that the keyboard is at is the one stop of the Tab key. */
  private markActive(isToFocus: boolean): void {
    this.root.querySelectorAll('.cell[tabindex="0"]').forEach((cell) => cell.removeAttribute("tabindex"));
    const cell = this.cellAt(this.active);
    this.root.tabIndex = cell === undefined ? 0 : -1;
    if (cell !== undefined) {
      cell.tabIndex = 0;
    }
    if (isToFocus && document.activeElement !== cell) {
      (cell ?? this.root).focus({ preventScroll: true });
    }
  }

  private cellAt({ row, column }: CellPlace): HTMLElement | undefined {
    const root = row < 0 ? this.head : this.drawn.get(row)?.root;
    return (root?.children[Math.min(column, (root.childElementCount || 1) - 1)] as HTMLElement | undefined) ?? undefined;
  }

  private moveTo(place: CellPlace): void {
    this.active = place;
    if (place.row >= 0) {
      const [top, bottom] = [place.row * this.rowHeight, (place.row + 1) * this.rowHeight];
      const height = this.root.clientHeight - this.head.offsetHeight;
      this.root.scrollTop = Math.max(bottom - height, Math.min(this.root.scrollTop, top));
    }
    this.draw(true);
    this.cellAt(place)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    const { input } = this;
    if (input === undefined || event.altKey || event.metaKey) {
      return;
    }
    const page = Math.max(1, Math.floor(this.root.clientHeight / this.rowHeight) - 2);
    const next = cellAfter(event, this.active, { rows: input.items.length, columns: input.columns.length + 1, page });
    if (next !== undefined) {
      event.preventDefault();
      this.moveTo(next);
      return;
    }
    if (!event.ctrlKey && this.act(event, input)) {
      event.preventDefault();
    }
  }

  /** @returns whether the key does something here */
  private act(event: KeyboardEvent, { columns, items }: GridInput): boolean {
    const column = columns[this.active.column - 1];
    if (this.active.row < 0) {
      return this.actOnHead(event, column);
    }
    const item = items[this.active.row];
    if (item?.kind !== "run") {
      return false;
    }
    const { dir } = item.run;
    const actions: Readonly<Record<string, () => void>> = {
      " ": () => (column?.id === "starred" ? this.handlers.onStar(dir) : this.handlers.onCheck(dir)),
      Enter: () => (column?.id === "starred" ? this.handlers.onStar(dir) : this.handlers.onOpen(dir)),
      s: () => this.handlers.onStar(dir),
      F2: () => this.handlers.onEdit(dir, column?.id === "note" || column?.id === "tags" ? column.id : "name"),
      Delete: () => this.handlers.onDelete(dir),
    };
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    action?.();
    return action !== undefined;
  }

  private actOnHead(event: KeyboardEvent, column: Column | undefined): boolean {
    if (column === undefined || (event.key !== "Enter" && event.key !== " ")) {
      return false;
    }
    this.handlers.onSort(column, event.shiftKey);
    return true;
  }

  private click(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const place = this.placeOf(target);
    if (place === undefined || this.input === undefined) {
      return;
    }
    this.active = place;
    this.markActive(true);
    if (place.row < 0) {
      const column = this.input.columns[place.column - 1];
      if (column !== undefined) {
        this.handlers.onSort(column, event.shiftKey);
      }
      return;
    }
    const dir = this.dirAt(place.row);
    const action = target.dataset.action;
    if (dir !== undefined && action !== undefined) {
      (action === "star" ? this.handlers.onStar : this.handlers.onCheck)(dir);
    }
  }

  private doubleClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const place = this.placeOf(target);
    const dir = place === undefined || target.dataset.action !== undefined ? undefined : this.dirAt(place.row);
    if (dir !== undefined) {
      this.handlers.onOpen(dir);
    }
  }

  private dirAt(row: number): string | undefined {
    const item = this.input?.items[row];
    return item?.kind === "run" ? item.run.dir : undefined;
  }

  private placeOf(target: HTMLElement): CellPlace | undefined {
    const cell = target.closest<HTMLElement>(".cell");
    const row = cell?.parentElement;
    if (!cell || !row) {
      return undefined;
    }
    return { row: row === this.head ? -1 : Number(row.dataset.index), column: [...row.children].indexOf(cell) };
  }
}

function headCell(column: Column, sort: readonly SortKey[]): HTMLElement {
  const key = sort.findIndex(({ column: id }) => id === column.id);
  const sign = key < 0 ? "" : sort[key]!.descending ? "▼" : "▲";
  const rank = key < 0 || sort.length === 1 ? "" : String(key + 1);
  const text = column.id === "starred" ? "★" : column.title;
  const cell = element("div", { className: `cell ${isRight(column) ? "cell-number" : "cell-text"}` }, [text, element("span", { className: "sort-sign", text: sign + rank })]);
  cell.setAttribute("role", "columnheader");
  cell.setAttribute("aria-label", column.title);
  cell.setAttribute("aria-sort", key < 0 ? "none" : sort[key]!.descending ? "descending" : "ascending");
  cell.title = `${column.title}${column.isHyperparameter ? `\n${column.id}` : ""}\nclick: sort; Shift+click: sort by this column too`;
  return cell;
}

const signWidth = 4;
/** Room for "interrupted", which a run may become while it is shown; why it ended says its tip. */
const unendedState = "interrupted".length + signWidth;

function widthsOf({ columns, items }: GridInput): number[] {
  const runs = items.slice(0, measuredRows).flatMap((item) => (item.kind === "run" ? [item.run] : []));
  const width = (column: Column): number => {
    const longest = runs.reduce((most, run) => Math.max(most, cellText(column, run).length), column.title.length + 2);
    return Math.min(widest, Math.max(narrowest, longest)) + 2;
  };
  const state = runs.reduce((most, run) => Math.max(most, stateText(run).length + signWidth), unendedState);
  return [9, ...columns.map((column) => (column.id === "starred" ? narrowest : column.id === "state" ? state : width(column)))];
}
