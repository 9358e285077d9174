export interface DocumentWithFigures {
  readonly file: string;
  readonly standing: string;
  readonly measured: string;
}
export function figuresOfDocuments(): Promise<DocumentWithFigures[]>;
