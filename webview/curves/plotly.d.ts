/** The part of Plotly that the panel uses; the package carries no types. */
declare module "plotly.js-basic-dist-min" {
  export interface Trace {
    type: "scatter";
    name: string;
    /** A null is a gap in the line. */
    x: (number | null)[];
    y: (number | null)[];
    [attribute: string]: unknown;
  }
  export interface Layout {
    uirevision: string;
    [attribute: string]: unknown;
  }
  export interface Figure {
    data: Trace[];
    layout: Layout;
  }
  export interface GraphAxis {
    /** Exponents of ten on a logarithmic axis. */
    range: [number, number];
    autorange: boolean;
  }
  /** The element after its first `react`; its layout holds the axes as the reader left them. */
  export interface Graph extends HTMLElement {
    layout: { xaxis: GraphAxis; yaxis: GraphAxis };
    on(event: "plotly_relayout", listener: () => void): void;
  }
  export function react(
    element: HTMLElement,
    data: Trace[],
    layout: Layout,
    config: Record<string, unknown>,
  ): Promise<Graph>;
  export function relayout(element: HTMLElement, change: Record<string, unknown>): Promise<Graph>;
  export function toImage(
    figure: Figure,
    options: { format: "png" | "svg"; width: number; height: number; scale?: number },
  ): Promise<string>;
  export const Fx: {
    hover(element: HTMLElement, at: { xval: number }, subplot: string): void;
    unhover(element: HTMLElement): void;
  };
}
