/** The tag that nbclient and papermill take for cells that are left out. */
export const skipTag = "skip-execution";

/** What such a cell shows. */
export const skippedText = `Skipped: this cell has the tag ${skipTag}.\n`;
