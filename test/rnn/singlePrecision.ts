/**
 * Single precision against the references' double one. A sum of at most 40 products below 4 in magnitude is off by less than
 * 40 * 40 * 4 * 2^-24 < 4e-4, and gates, whose slopes are at most 1, do not enlarge it; a forgetting state does not gather it.
 */
export const precision = 1e-3;
