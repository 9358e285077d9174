import type { RomSnapshot } from "../contract.js";
import { element } from "../shared/element.js";
import { Cells } from "./cells.js";
import { WeightPicture } from "./weightPicture.js";
import { WordTable } from "./wordTable.js";

/** A ROM file: what is wrong with it, its integers as a picture, its words. */
export class RomView {
  private readonly heading = element("h1");
  private readonly summary = element("p", { className: "muted" });
  private readonly findings = element("ul", { className: "findings", label: "Findings" });
  private readonly clean = element("p", { className: "clean", text: "No problems found." });
  private readonly picture = new WeightPicture();
  private readonly words = new WordTable();

  constructor(parent: HTMLElement) {
    const { heading, summary, findings, clean, picture, words } = this;
    parent.append(element("main", { className: "rom" }, [heading, summary, findings, clean, picture.element, words.element]));
  }

  /** @throws RangeError for a picture whose values do not fill it */
  show({ title, summary, findings, picture, words }: RomSnapshot): void {
    this.heading.textContent = title;
    this.summary.textContent = summary;
    this.findings.replaceChildren(...findings.map(findingItem));
    this.findings.hidden = findings.length === 0;
    this.clean.hidden = findings.length > 0;
    this.picture.element.hidden = picture === null;
    this.words.show(words);
    if (picture !== null) {
      this.picture.show(new Cells(picture));
    }
  }
}

function findingItem({ line, rule, severity, message }: RomSnapshot["findings"][number]): HTMLElement {
  return element("li", { className: severity }, [
    element("strong", { text: `${severity} in line ${line}: ` }),
    message,
    element("code", { text: rule }),
  ]);
}
