/** Plain values of the `vscode` module. */

export class NotebookCellOutputItem {
  constructor(
    readonly data: Uint8Array,
    readonly mime: string,
  ) {}
  static text(value: string, mime = "text/plain") {
    return new NotebookCellOutputItem(Buffer.from(value), mime);
  }
  static stdout(value: string) {
    return NotebookCellOutputItem.text(value, "application/vnd.code.notebook.stdout");
  }
  static stderr(value: string) {
    return NotebookCellOutputItem.text(value, "application/vnd.code.notebook.stderr");
  }
  static error(value: { name: string; message: string; stack?: string }) {
    return NotebookCellOutputItem.text(JSON.stringify(value), "application/vnd.code.notebook.error");
  }
}

export class NotebookCellOutput {
  constructor(
    public items: NotebookCellOutputItem[],
    readonly metadata: Record<string, unknown> = {},
  ) {}
}

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}
  get fsPath() {
    return this.path;
  }
  static file(path: string) {
    return new Uri("file", path);
  }
  static joinPath(base: Uri, ...parts: string[]) {
    return new Uri(base.scheme, [base.path, ...parts].join("/"));
  }
  toString() {
    return `${this.scheme}://${this.path}`;
  }
}

export class TreeItem {
  constructor(readonly label: string) {}
}
export class ThemeColor {
  constructor(readonly id: string) {}
}
export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}
export class MarkdownString {
  constructor(readonly value: string) {}
}

export class WorkspaceEdit {
  readonly edits: unknown[][] = [];
  set(...edit: unknown[]) {
    this.edits.push(edit);
  }
}

export class RelativePattern {
  constructor(
    readonly base: Uri,
    readonly pattern: string,
  ) {}
}
