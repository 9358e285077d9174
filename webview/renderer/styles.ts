const rules = `
  :host { display: block; }
  .tritloom-training {
    display: grid; gap: 6px; max-width: 760px; padding: 4px 0;
    color: var(--vscode-foreground, CanvasText); font-family: var(--vscode-font-family, sans-serif);
    font-size: var(--vscode-font-size, 13px); font-variant-numeric: tabular-nums;
  }
  .line { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
  .state { color: var(--vscode-descriptionForeground, GrayText); }
  .progress, .kernel { color: var(--vscode-descriptionForeground, GrayText); }
  .kernel { margin-left: auto; }
  .hint { color: var(--vscode-descriptionForeground, GrayText); overflow-wrap: anywhere; }
  progress { width: 100%; height: 4px; border: 0; appearance: none; background: var(--vscode-scrollbarSlider-background, GrayText); border-radius: 2px; }
  progress::-webkit-progress-bar { background: var(--vscode-scrollbarSlider-background, GrayText); border-radius: 2px; }
  progress::-webkit-progress-value { background: var(--vscode-progressBar-background, Highlight); border-radius: 2px; }
  progress[hidden] { display: none; }
  .curve svg { display: block; width: 100%; height: auto; }
  .tritloom-schedule {
    display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; justify-items: start; padding: 4px 0;
    color: var(--vscode-foreground, CanvasText); font-family: var(--vscode-font-family, sans-serif); font-size: var(--vscode-font-size, 13px);
  }
  .tritloom-schedule .picture { max-width: 100%; overflow-x: auto; }
  .tritloom-schedule svg { display: block; width: 760px; max-width: 100%; min-width: 660px; height: auto; }
  .tritloom-schedule pre { margin: 0; white-space: pre-wrap; font-family: var(--vscode-editor-font-family, monospace); }
  .open-chip {
    padding: 4px 11px; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; font: inherit; cursor: pointer;
    color: var(--vscode-button-foreground, ButtonText); background: var(--vscode-button-background, ButtonFace);
  }
  .open-chip:hover { background: var(--vscode-button-hoverBackground, ButtonFace); }
  .open-chip:focus-visible { outline: 1px solid var(--vscode-focusBorder, Highlight); outline-offset: 2px; }
  .problem {
    padding: 6px 10px; overflow-wrap: anywhere; white-space: pre-wrap; border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground, CanvasText));
    color: var(--vscode-foreground, CanvasText); font-family: var(--vscode-font-family, sans-serif);
  }
`;

let sheet: CSSStyleSheet | undefined;

/** One constructed sheet for all outputs: a renderer has no style file of its own. */
export function outputStyles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
  }
  return sheet;
}
