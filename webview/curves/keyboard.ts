export interface ChartKeys {
  /** The places the cross-hair can take, ascending, in data coordinates. */
  positions(): readonly number[];
  moveTo(x: number): void;
  /** The focus went elsewhere: no cross-hair. */
  leave(): void;
  /** A factor below 1 shows less of the axis. */
  zoom(factor: number, around: number | undefined): void;
  reset(): void;
}

const moves: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  PageUp: (at) => at - 10,
  PageDown: (at) => at + 10,
  Home: () => 0,
  End: (_, last) => last,
};

/** The keyboard's way through a chart: arrows move the cross-hair, plus and minus zoom there, 0 and Escape reset. */
export function followKeys(chart: HTMLElement, keys: ChartKeys): void {
  let at: number | undefined;
  const move = (moved: (at: number, last: number) => number): void => {
    const positions = keys.positions();
    const last = positions.length - 1;
    const place = Math.min(last, Math.max(0, moved(at ?? last, last)));
    const position = positions[place];
    if (position !== undefined) {
      at = place;
      keys.moveTo(position);
    }
  };
  const zoom = (factor: number): void => keys.zoom(factor, at === undefined ? undefined : keys.positions()[at]);
  const zooms: Readonly<Record<string, () => void>> = {
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
    "0": () => keys.reset(),
    Escape: () => keys.reset(),
  };
  chart.addEventListener("blur", () => {
    at = undefined;
    keys.leave();
  });
  chart.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const moved = moves[event.key];
    const action = moved ? () => move(moved) : zooms[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
