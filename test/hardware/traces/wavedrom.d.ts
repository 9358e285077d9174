declare module "wavedrom" {
  export const waveSkin: object;
  /** Renders WaveJSON to an SVG tree. */
  export function renderAny(index: number, source: unknown, skin: object): object;
  export const onml: { stringify(tree: object): string };
}
