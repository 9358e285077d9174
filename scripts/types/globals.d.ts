/** What the cells of a notebook have without an import, beside what Node.js itself has. */

/** What `display` gives back: the output in the cell. */
interface CellOutput {
  /** Replaces what is shown by another value or bundle. */
  update(value: unknown): void;
}

/**
 * Shows a value in the cell's output: as its own `Symbol.for("Jupyter.display")` method says, else as text. An object
 * whose keys are MIME types is shown as the richest of its contents.
 *
 * @example
 * display({ "text/html": "<b>done</b>" });
 * @returns the output, whose `update` shows something else in its place
 */
declare function display(value: unknown): CellOutput;

/**
 * Asks the user for a line of text and waits for it.
 * @returns null when the user dismisses the question
 */
declare function prompt(message?: unknown, initial?: unknown): string | null;

/** Asks the user for yes or no and waits for the answer. */
declare function confirm(message?: unknown): boolean;

/** Shows the user a message and waits until it has been seen. */
declare function alert(message?: unknown): void;
