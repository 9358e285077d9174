/** A cell of the table; row -1 is its head. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at a time. */
  readonly page: number;
}

type Move = (at: CellPlace, size: GridSize) => CellPlace;

/** Moves as in the grid pattern of the ARIA Authoring Practices Guide. */
const moves: Readonly<Record<string, Move>> = {
  ArrowUp: ({ row, column }) => ({ row: row - 1, column }),
  ArrowDown: ({ row, column }) => ({ row: row + 1, column }),
  ArrowLeft: ({ row, column }) => ({ row, column: column - 1 }),
  ArrowRight: ({ row, column }) => ({ row, column: column + 1 }),
  PageUp: ({ row, column }, { page }) => ({ row: Math.max(0, row - page), column }),
  PageDown: ({ row, column }, { page }) => ({ row: row + page, column }),
  Home: ({ row }) => ({ row, column: 0 }),
  End: ({ row }, { columns }) => ({ row, column: columns - 1 }),
};

const movesWithControl: Readonly<Record<string, Move>> = {
  Home: () => ({ row: 0, column: 0 }),
  End: (_, { rows, columns }) => ({ row: rows - 1, column: columns - 1 }),
};

/** The cell that a key goes to; undefined where the key does not move. */
export function cellAfter({ key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean }, at: CellPlace, size: GridSize): CellPlace | undefined {
  const known = ctrlKey ? movesWithControl : moves;
  const move = Object.hasOwn(known, key) ? known[key] : undefined;
  if (move === undefined) {
    return undefined;
  }
  const { row, column } = move(at, size);
  return { row: Math.max(-1, Math.min(size.rows - 1, row)), column: Math.max(0, Math.min(size.columns - 1, column)) };
}
