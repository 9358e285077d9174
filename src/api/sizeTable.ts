import { type ModelSize, sizeTable } from "../rnn/shipping/modelSize.js";
import { grid } from "../display/html.js";
import { displaySymbol, type Displayable, type MimeBundle } from "../display/host.js";

/** What ships of a run, counted bit by bit. */
export class SizeTable implements Displayable {
  constructor(
    /** The name of the run. */
    readonly name: string,
    /** The bits of each part and of the whole. */
    readonly size: ModelSize,
  ) {}

  [displaySymbol](): MimeBundle {
    const { head, rows } = sizeTable(this.size);
    return grid(`Size of ${this.name}`, head, rows);
  }
}
