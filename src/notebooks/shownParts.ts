/** Which parts of code cells a page or a text shows. */
export interface ShownParts {
  readonly code: boolean;
  readonly outputs: boolean;
}
