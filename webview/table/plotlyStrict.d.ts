/** The part of Plotly that the comparisons use; the package carries no types. */
declare module "plotly.js-strict-dist-min" {
  export function react(element: HTMLElement, data: readonly unknown[], layout: unknown, config: Record<string, unknown>): Promise<unknown>;
  export function purge(element: HTMLElement): void;
}
