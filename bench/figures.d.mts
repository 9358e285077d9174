export interface DocumentWithFigures {
  readonly file: string;
  readonly standing: string;
  readonly measured: string;
}
export function figuresOfDocuments(): Promise<DocumentWithFigures[]>;
export interface PictureOfResults {
  readonly file: string;
  readonly standing: string | undefined;
  readonly measured: string;
}
export function picturesOfResults(): Promise<PictureOfResults[]>;
