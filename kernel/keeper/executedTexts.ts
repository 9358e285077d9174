import type { CellRequest, ExecutionEnd } from "./contract.js";

/** More than anybody writes; the oldest go first. */
const maximalCharacters = 2_000_000;

/** What the kernel has executed and still knows, in order: a window that attaches later learns from it what is declared. */
export class ExecutedTexts {
  private requests: readonly CellRequest[] = [];

  /** A cell that failed or was stopped has declared what stands before that. A text that a cell runs again counts from its last time only. */
  add(request: CellRequest, { status }: ExecutionEnd): void {
    if (status === "ok" || status === "error" || status === "interrupted") {
      const others = this.requests.filter((one) => one.code !== request.code || one.cellId !== request.cellId);
      this.requests = withinLimit([...others, request]);
    }
  }

  all(): CellRequest[] {
    return [...this.requests];
  }
}

function withinLimit(requests: readonly CellRequest[]): readonly CellRequest[] {
  let excess = requests.reduce((sum, { code }) => sum + code.length, 0) - maximalCharacters;
  return requests.filter(({ code }) => {
    const isOver = excess > 0;
    excess -= isOver ? code.length : 0;
    return !isOver;
  });
}
