import type { MimeBundle } from "./contract.js";

/** More than any person reads; beyond it an editor becomes slow and a notebook file unusable. */
export const maximalCharactersPerCell = 5_000_000;
export const maximalDisplaysPerCell = 500;
/** How many characters pictures, HTML and values may have together; base64 counts as what it is in the notebook file. */
export const maximalShownCharactersPerCell = 50_000_000;

const inWords = (count: number): string => count.toLocaleString("en");

/** How much each execution has printed. */
export class PrintLimit {
  private readonly printed = new Map<string, number>();

  /** @returns the part of `text` that is shown; where output is cut off it ends with a line that says so */
  admit(id: string, text: string): string {
    const before = this.printed.get(id) ?? 0;
    this.printed.set(id, before + text.length);
    if (before + text.length <= maximalCharactersPerCell) {
      return text;
    }
    if (before > maximalCharactersPerCell) {
      return "";
    }
    const limit = inWords(maximalCharactersPerCell);
    const note = `\n[output cut off: one cell shows at most ${limit} characters; write larger output to a file]\n`;
    return text.slice(0, maximalCharactersPerCell - before) + note;
  }
}

interface ShownByCell {
  displays: number;
  characters: number;
  /** Which limits the cell has been told of. */
  told: Set<string>;
}

export type Admission = { shown: true } | { shown: false; note: string };

/** How much each execution shows besides what it prints: results and displays, of which an update replaces the one before. */
export class ShowLimit {
  private readonly cells = new Map<string, ShownByCell>();
  private readonly displays = new Map<string, { cell: ShownByCell; characters: number }>();

  /** @returns whether a result is shown, and if not what to say instead */
  admitResult(id: string, data: MimeBundle): Admission {
    return this.admitCharacters(this.cell(id), 0, charactersOf(data));
  }

  admitDisplay(id: string, displayId: string, data: MimeBundle): Admission {
    const cell = this.cell(id);
    if (cell.displays >= maximalDisplaysPerCell) {
      const limit = inWords(maximalDisplaysPerCell);
      return refuse(cell, `[displays cut off: one cell shows at most ${limit} of them; print values with console.log, or write them to a file]`);
    }
    const characters = charactersOf(data);
    const admission = this.admitCharacters(cell, 0, characters);
    if (admission.shown) {
      cell.displays += 1;
      this.displays.set(displayId, { cell, characters });
    }
    return admission;
  }

  /** An update of a display that was cut off shows nothing either. */
  admitUpdate(displayId: string, data: MimeBundle): Admission {
    const display = this.displays.get(displayId);
    if (!display) {
      return { shown: false, note: "" };
    }
    const characters = charactersOf(data);
    const admission = this.admitCharacters(display.cell, display.characters, characters);
    if (admission.shown) {
      display.characters = characters;
    }
    return admission;
  }

  private admitCharacters(cell: ShownByCell, before: number, after: number): Admission {
    if (cell.characters - before + after > maximalShownCharactersPerCell) {
      const limit = inWords(maximalShownCharactersPerCell);
      return refuse(cell, `[outputs cut off: one cell shows at most ${limit} characters of pictures, HTML and values; write larger ones to a file]`);
    }
    cell.characters += after - before;
    return { shown: true };
  }

  private cell(id: string): ShownByCell {
    const cell = this.cells.get(id) ?? { displays: 0, characters: 0, told: new Set<string>() };
    this.cells.set(id, cell);
    return cell;
  }
}

/** The note is told once. */
function refuse(cell: ShownByCell, note: string): Admission {
  const isTold = cell.told.has(note);
  cell.told.add(note);
  return { shown: false, note: isTold ? "" : note };
}

function charactersOf(data: MimeBundle): number {
  return Object.entries(data).reduce((sum, [type, content]) => sum + type.length + content.length, 0);
}
