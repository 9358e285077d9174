/** A run of the quickstart notebook by the command line. */
export interface QuickstartRun {
  /** What `tritloom run --json` prints. */
  readonly report: {
    ok: boolean;
    cells: number;
    runs: { dir: string; state: string; testBpc: number }[];
    roms: { dir: string; manifest: string; files: string[] }[];
    memorySaving: number;
    wholeModelSaving: number;
    memorySavingInWords: string;
  };
  /** The path of the executed notebook. */
  readonly executed: string;
}

/** @param executed where the executed notebook goes @throws Error with the line that the command ended with */
export function runQuickstart(executed: string, env?: NodeJS.ProcessEnv): Promise<QuickstartRun>;

/** Runs it as `npm start` does, and records with which program. */
export function startQuickstart(): Promise<QuickstartRun>;

/** What `startQuickstart` gave last, if the program of now made it and its files are there. */
export function startedQuickstart(): Promise<QuickstartRun | undefined>;
