/** Parameters of a compiled cell, in order. */
export const cellParameters = [
  "__scope",
  "__declare",
  "__constant",
  "__bind",
  "__import",
  "__meta",
  "__await",
  "__iterate",
  "__stop",
  "__check",
  "__caught",
] as const;

/** The function that a cell is. */
export const cellFunction = "__cell";
