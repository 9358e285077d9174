/** Validation curves of several rows as one SVG picture, which reads on white and on dark pages. */

const size = { width: 760, height: 380, left: 52, right: 540, top: 20, bottom: 330 };
/** Middle tones, and a dash for each, so that colour tells nothing alone. */
const looks = [
  ["#3f87cf", ""],
  ["#d9730d", "6 3"],
  ["#2e9e6b", "2 3"],
  ["#b35dc1", "8 3 2 3"],
  ["#b8860b", "10 4"],
  ["#d1495b", "4 4"],
  ["#5f7d95", "1 2"],
  ["#7a9e2e", "12 3 3 3"],
];

/**
 * @param title what the picture shows
 * @param curves each with a name and points [step, figure]
 * @param axis name of the figures, how one is written, and the range that is drawn: what lies above or below is cut off
 */
export function curvesPicture(title, curves, { name, text, low, high }) {
  const steps = Math.max(...curves.flatMap(({ points }) => points.map(([step]) => step)));
  const x = (step) => size.left + (step / steps) * (size.right - size.left);
  const y = (value) => size.bottom - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (size.bottom - size.top);
  const lines = curves.flatMap(({ name: curve, points }, index) => {
    const [colour, dash] = looks[index % looks.length];
    const place = size.top + 14 + 20 * index;
    const stroke = `stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"`;
    return [
      `<polyline fill="none" ${stroke} points="${points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}"/>`,
      `<line x1="${size.right + 14}" x2="${size.right + 44}" y1="${place}" y2="${place}" ${stroke}/>`,
      `<text x="${size.right + 50}" y="${place}" dy="0.35em">${curve}</text>`,
    ];
  });
  const ticks = Array.from({ length: 6 }, (_, index) => low + (index / 5) * (high - low)).flatMap((value) => [
    `<line x1="${size.left}" x2="${size.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#8080804d"/>`,
    `<text x="${size.left - 8}" y="${y(value).toFixed(1)}" dy="0.35em" text-anchor="end">${text(value)}</text>`,
  ]);
  const stepTicks = [0, 0.25, 0.5, 0.75, 1].map((share) => `<text x="${x(share * steps).toFixed(1)}" y="${size.bottom + 18}" text-anchor="middle">${Math.round(share * steps)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#7d7d7d">`,
    `<title>${title}</title>`,
    ...ticks,
    ...stepTicks,
    `<text x="${size.left}" y="${size.top - 8}">${name}</text>`,
    `<text x="${(size.left + size.right) / 2}" y="${size.height - 8}" text-anchor="middle">step</text>`,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}
