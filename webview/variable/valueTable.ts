import type { ShownTable } from "../../src/variables/contract.js";
import { element } from "../shared/element.js";

/** One page of a table; the head of a row that can be looked into is a button. @param open called with the row's place in the whole table */
export function valueTable({ rowName, columns, rows, rowRange }: ShownTable, open: (row: number) => void): HTMLElement {
  const head = element("tr", {}, [rowName, ...columns].map((text) => columnHead(text)));
  const body = rows.map(({ head: name, cells, opens }, index) =>
    element("tr", {}, [rowHead(name, opens ? () => open(rowRange.first + index) : undefined), ...cells.map((text) => element("td", { text }))]),
  );
  const table = element("table", {}, [element("thead", {}, [head]), element("tbody", {}, body)]);
  // Wide tables scroll by themselves, with the keyboard too, and the page does not.
  const frame = element("div", { className: "frame", label: "Table" }, [table]);
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  return frame;
}

function columnHead(text: string): HTMLElement {
  const cell = element("th", { text });
  cell.scope = "col";
  return cell;
}

function rowHead(name: string, open: (() => void) | undefined): HTMLElement {
  const cell = element("th", { text: open ? "" : name });
  cell.scope = "row";
  if (open) {
    const opener = element("button", { className: "link", text: name, label: `Open ${name}` });
    opener.addEventListener("click", open);
    cell.append(opener);
  }
  return cell;
}
