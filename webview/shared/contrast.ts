/** Red, green and blue from 0 to 255, opacity from 0 to 1. */
type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** WCAG 2.2, 1.4.11, for graphics that carry meaning. */
const leastContrast = 3;
const mixingSteps = 20;

/** @param css a computed colour: "rgb(0, 99, 211)" or "rgba(234, 92, 0, 0.33)" */
function parsed(css: string): Colour {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, alpha];
}

function mixed(from: Colour, to: Colour, share: number): Colour {
  const part = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * share);
  return [part(0), part(1), part(2), 1];
}

/** WCAG 2.2, "relative luminance". */
function luminance([red, green, blue]: Colour): number {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function contrast(one: Colour, other: Colour): number {
  const lights = [luminance(one), luminance(other)];
  return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
}

/**
 * The colour, mixed with so much of the theme's text colour that it stands out from every ground it is drawn on: themes
 * choose their chart colours for the editor's background alone, and not always well.
 * @param grounds the first one opaque; others may let it through
 */
export function legible(colour: string, grounds: readonly [string, ...string[]], foreground: string): string {
  const [base, from, to] = [parsed(grounds[0]), parsed(colour), parsed(foreground)];
  const others = grounds.slice(1).map(parsed);
  const all = [base, ...others.map((ground) => mixed(base, ground, ground[3]))];
  const stands = (candidate: Colour): boolean => all.every((ground) => contrast(candidate, ground) >= leastContrast);
  for (let step = 0; step < mixingSteps; step++) {
    const candidate = mixed(from, to, step / mixingSteps);
    if (stands(candidate)) {
      return `rgb(${candidate.slice(0, 3).join(", ")})`;
    }
  }
  return foreground;
}
