import { blockText, blockTitle, type Scene } from "./describe.js";
import { blockNames } from "./state.js";

/**
 * The current cycle in words: every picture of the panel as one table. Sighted users see it only in the editor's
 * screen-reader mode. It is announced when the panel rests, never while it plays.
 */
export class CycleTable {
  readonly element = document.createElement("section");
  private readonly announcement = document.createElement("p");
  private readonly caption = document.createElement("caption");
  private readonly cells = new Map(blockNames.map((block) => [block, { head: document.createElement("th"), cell: document.createElement("td") }]));

  constructor() {
    this.element.id = "cycle-table";
    this.element.setAttribute("aria-label", "This cycle in words");
    this.announcement.setAttribute("aria-live", "polite");
    this.announcement.className = "announcement";
    const table = document.createElement("table");
    table.append(this.caption);
    for (const { head, cell } of this.cells.values()) {
      const row = table.insertRow();
      head.scope = "row";
      row.append(head, cell);
    }
    this.element.append(this.announcement, table);
  }

  show(scene: Scene, place: string): void {
    this.caption.textContent = place;
    for (const [block, { head, cell }] of this.cells) {
      head.textContent = blockTitle(block, scene.shape);
      cell.textContent = blockText(block, scene);
    }
    this.announcement.textContent = `${place}. Array ${blockText("array", scene)}`;
  }
}
