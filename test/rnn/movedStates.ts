interface CarriedStates {
  readonly carriedHidden?: ArrayLike<number>;
  readonly carriedCell?: ArrayLike<number>;
}

interface InitialStates {
  readonly initialHidden?: ArrayLike<number>;
  readonly initialCell?: ArrayLike<number>;
}

/**
 * Carried states shifted by as much as the initial states, which they replace, are moved away from `from`: what a kernel's
 * gradient of the initial states after a carried pass is about.
 */
export function movedStates<Options extends CarriedStates>(options: Options, from: InitialStates, to: InitialStates): Options {
  const moved = (state: ArrayLike<number> | undefined, before?: ArrayLike<number>, after?: ArrayLike<number>): number[] | undefined =>
    state && after && Array.from(state, (value, index) => value + (after[index % after.length]! - before![index % after.length]!));
  const carriedHidden = moved(options.carriedHidden, from.initialHidden, to.initialHidden);
  const carriedCell = moved(options.carriedCell, from.initialCell, to.initialCell);
  return { ...options, ...(carriedHidden && { carriedHidden }), ...(carriedCell && { carriedCell }) };
}
