import { figure } from "../figures/tables.mjs";
import { curvesPicture } from "./curvesPicture.mjs";

/** The pictures of docs/results.md, by the files that hold them. */

const bpc = { name: "validation BPC", text: (value) => figure(value, 1), low: 1.5, high: 3.5 };
const accuracy = { name: "validation accuracy", text: (value) => `${figure(100 * value)} %`, low: 0.5, high: 1 };

const curveOf = ({ quantiser, normaliser, curve }) => ({ name: `${quantiser}, ${normaliser}`, points: curve.validation });

const pictures = {
  "war-and-peace-lstm": { title: "War & Peace, LSTM", axis: bpc, fits: ({ dataset, cell, budget, seed }) => dataset === "war-and-peace" && cell === "lstm" && budget === "equal" && seed === 1 },
  "war-and-peace-gru": { title: "War & Peace, GRU", axis: bpc, fits: ({ dataset, cell, budget }) => dataset === "war-and-peace" && cell === "gru" && budget === "equal" },
  "sequential-mnist": { title: "MNIST pixel by pixel", axis: accuracy, fits: ({ dataset, permuted }) => dataset === "mnist" && !permuted },
  "permuted-mnist": { title: "Permuted MNIST", axis: accuracy, fits: ({ dataset, permuted }) => dataset === "mnist" && permuted },
};

/** @returns SVG by path from the repository's root; of what has no row yet there is no picture */
export function resultPictures(rows) {
  const drawn = Object.entries(pictures).map(([name, { title, axis, fits }]) => [`docs/results/${name}.svg`, title, axis, rows.filter(fits).map(curveOf)]);
  return Object.fromEntries(drawn.filter(([, , , curves]) => curves.length > 0).map(([file, title, axis, curves]) => [file, curvesPicture(title, curves, axis)]));
}
