import type { Column } from "../../src/runTable/columns.js";
import type { TableOptions } from "../../src/runTable/tableView.js";
import { checkbox, textField } from "../shared/controls.js";
import { element } from "../shared/element.js";

type ColumnChoice = Pick<TableOptions, "added" | "removed">;

/** Which columns the table has: a box for each, beyond those that show themselves because they differ. */
export class ColumnPicker {
  readonly root = element("details", { className: "column-picker" }, [element("summary", { text: "Columns" })]);
  private readonly boxes = element("div");
  private wanted = "";
  private input: { all: readonly Column[]; shown: readonly Column[]; choice: ColumnChoice } | undefined;

  constructor(private readonly onChange: (choice: ColumnChoice) => void) {
    const search = textField({ label: "Find a column", placeholder: "find a column", value: "", onInput: (value) => this.search(value) });
    this.root.append(element("div", { className: "choices" }, [search, this.boxes]));
    this.root.addEventListener("toggle", () => this.draw());
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.root.open = false;
        this.root.querySelector("summary")?.focus();
      }
    });
  }

  update(all: readonly Column[], shown: readonly Column[], choice: ColumnChoice): void {
    const isSame = this.input?.all.length === all.length && this.input.shown.length === shown.length && this.input.choice.added === choice.added && this.input.choice.removed === choice.removed;
    this.input = { all, shown, choice };
    if (!isSame) {
      this.draw();
    }
  }

  private search(text: string): void {
    this.wanted = text.toLowerCase();
    this.draw();
  }

  private draw(): void {
    const { input } = this;
    if (input === undefined || !this.root.open) {
      return;
    }
    const shown = new Set(input.shown.map(({ id }) => id));
    const found = input.all.filter(({ title }) => title.toLowerCase().includes(this.wanted));
    const boxes = found.map(({ id, title }) => checkbox({ label: title, checked: shown.has(id), onChange: (isShown) => this.choose(id, isShown) }));
    this.boxes.replaceChildren(...boxes.map((box) => element("div", {}, [box])));
  }

  private choose(id: string, isShown: boolean): void {
    const { added, removed } = this.input!.choice;
    const without = (ids: readonly string[]): string[] => ids.filter((each) => each !== id);
    this.onChange({ added: isShown ? [...without(added), id] : without(added), removed: isShown ? without(removed) : [...without(removed), id] });
  }
}
