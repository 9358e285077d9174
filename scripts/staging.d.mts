/** An empty folder beside the given one, to be renamed to it; removes what processes that are gone left there. */
export function stagingBeside(folder: string): Promise<string>;
