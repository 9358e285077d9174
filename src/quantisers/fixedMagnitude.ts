/**
 * W0 of Ardakani et al. 2019: half the limit of Glorot and Bengio's uniform initialisation, fixed, one for each matrix.
 * @param rows inputs of the matrix
 * @param columns 4H for an LSTM, 3H for a GRU, V for an output matrix
 */
export function fixedMagnitude(rows: number, columns: number): number {
  return 0.5 * Math.sqrt(6 / (rows + columns));
}
