const problemId = "problem";

/** Shows one line on top of the page, announced to screen readers; the views stay usable below it. */
export function showProblem(text: string): void {
  let bar = document.getElementById(problemId);
  if (!bar) {
    bar = document.createElement("div");
    bar.id = problemId;
    bar.setAttribute("role", "alert");
    document.body.prepend(bar);
  }
  bar.textContent = text;
}

/** Takes the problem away, if one is shown. */
export function clearProblem(): void {
  document.getElementById(problemId)?.remove();
}
