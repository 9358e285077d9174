import type { MatrixReport } from "../../src/runs/runViews.js";
import { paletteColour, type Theme } from "../shared/theme.js";

const namespace = "http://www.w3.org/2000/svg";
const width = 128;
const height = 30;

function shape(tag: "rect" | "line" | "path" | "title", attributes: Record<string, string | number>, text?: string): SVGElement {
  const created = document.createElementNS(namespace, tag);
  Object.entries(attributes).forEach(([name, value]) => created.setAttribute(name, String(value)));
  if (text !== undefined) {
    created.textContent = text;
  }
  return created;
}

function picture(label: string, children: SVGElement[]): SVGSVGElement {
  const created = document.createElementNS(namespace, "svg");
  created.setAttribute("viewBox", `0 0 ${width} ${height}`);
  created.setAttribute("class", "matrix-picture");
  created.setAttribute("role", "img");
  created.setAttribute("aria-label", label);
  created.append(...children);
  return created;
}

/** "12.3 %" */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Colours of −1, 0 and +1, as in the chart of shares. */
export function codeColours(theme: Theme): readonly [minus: string, zero: string, plus: string] {
  return [paletteColour(theme, 3), theme.muted, paletteColour(theme, 0)];
}

/** One bar of the shares of −1, 0 and +1, in this order; a sign in each part that has room, so that colour is not all. */
export function shareBar({ minus, zero, plus }: MatrixReport, theme: Theme): SVGSVGElement {
  const [ofMinus, ofZero, ofPlus] = codeColours(theme);
  const codes = [
    { sign: "−", share: minus, fill: ofMinus },
    { sign: "0", share: zero, fill: ofZero },
    { sign: "+", share: plus, fill: ofPlus },
  ];
  let left = 0;
  const parts = codes.flatMap(({ sign: signText, share, fill }) => {
    const own = share * width;
    const bar = shape("rect", { x: left.toFixed(2), y: 7, width: Math.max(0, own - 1).toFixed(2), height: 16, fill });
    const middle = left + own / 2;
    left += own;
    const sign = document.createElementNS(namespace, "text");
    sign.setAttribute("x", middle.toFixed(2));
    sign.setAttribute("y", "15");
    sign.setAttribute("fill", theme.background);
    sign.textContent = signText;
    return own < 14 ? [bar] : [bar, sign];
  });
  return picture(`−1 ${percent(minus)}, 0 ${percent(zero)}, +1 ${percent(plus)}`, parts);
}

/**
 * The latent weights' histogram over [-limit, limit]; dashed lines stand where a stochastic rule is certain, which is half way
 * out where there is one.
 */
export function histogramPicture({ histogram, saturation }: MatrixReport, theme: Theme): SVGSVGElement | null {
  if (!histogram) {
    return null;
  }
  const { limit, shares } = histogram;
  const highest = Math.max(...shares, Number.MIN_VALUE);
  const each = width / shares.length;
  const bars = shares.map((share, bin) => {
    const tall = (share / highest) * (height - 2);
    return shape("rect", { x: (bin * each).toFixed(2), y: (height - tall).toFixed(2), width: (each - 0.4).toFixed(2), height: tall.toFixed(2), fill: paletteColour(theme, 1) });
  });
  const marks = saturation === null ? [] : [width / 4, (3 * width) / 4];
  const lines = marks.map((x) => shape("line", { x1: x, x2: x, y1: 0, y2: height, stroke: theme.foreground, "stroke-dasharray": "2 2" }));
  const range = `${limit.toPrecision(2)}`;
  const words = `Latent weights from −${range} to ${range}${saturation === null ? "" : `, W0 is ${(limit / 2).toPrecision(2)}`}`;
  return picture(words, [shape("title", {}, words), ...bars, ...lines]);
}
