/**
 * A curve that grows point by point in bounded memory. All points are kept while there are few. Later equal stretches of the curve
 * are each stood for by their lowest and highest points, so that no peak is lost; when there are too many stretches, each two become
 * one. A point costs the same however long the curve is.
 */
export class GrowingCurve<Point> {
  private readonly mostStretches: number;
  private stretches: (readonly Point[])[] = [];
  /** Points of the curve in a stretch. */
  private stretchLength: number;
  private current: readonly Point[] = [];
  /** The lowest and the highest of the current stretch, by each height. */
  private readonly lows: number[];
  private readonly highs: number[];
  private currentLength = 0;
  private first: Point | undefined;
  private last: Point | undefined;
  private kept: (() => readonly (readonly Point[])[]) | undefined;

  /**
   * @param mostPoints that `points` gives, at least 8 for each height; fewer than `mostPoints` - 2 - 4 for each height are given all
   * @param heights of a point, finite
   */
  constructor(private readonly mostPoints: number, private readonly heights: readonly ((point: Point) => number)[]) {
    this.stretchLength = 2 * heights.length;
    this.lows = heights.map(() => Infinity);
    this.highs = heights.map(() => -Infinity);
    // The current stretch has as many points as the others, and the first and the last point of all are given besides.
    this.mostStretches = 2 * Math.floor((mostPoints - 2) / this.stretchLength / 2);
  }

  add(point: Point): void {
    this.first ??= point;
    this.last = point;
    if (this.isExtreme(point)) {
      this.begin(this.extremesOf([...this.current, point]));
    }
    this.currentLength += 1;
    if (this.currentLength === this.stretchLength) {
      this.stretches.push(this.current);
      this.begin([]);
      this.currentLength = 0;
      this.joinWhenFull();
    }
  }

  /**
   * In their order: the first, the last, and the lowest and highest of equal stretches. While the curve grows, those that were given
   * before stay but at its end, until it is so long that stretches are joined.
   * @param most points, at least 8 for each height
   */
  points(most = this.mostPoints): Point[] {
    this.takeKept();
    const inner = this.joinedStretches(most).flat();
    const { first, last } = this;
    const before = first === undefined || inner[0] === first ? [] : [first];
    const after = last === undefined || inner.at(-1) === last ? [] : [last];
    return [...before, ...inner, ...after];
  }

  /** The curve as lists of points, for `restore`: its stretches, before them the first point and after them the last where these are in none. */
  state(): readonly (readonly Point[])[] {
    this.takeKept();
    const stretches = [...this.stretches, this.current];
    const inner = stretches.flat();
    const { first, last } = this;
    return first === undefined || last === undefined ? [] : [inner[0] === first ? [] : [first], ...stretches, inner.at(-1) === last ? [] : [last]];
  }

  /** Gives the points of a curve that had this state, which is asked for with the first of them; it grows no more. */
  restore(state: () => readonly (readonly Point[])[]): void {
    this.kept = state;
  }

  private takeKept(): void {
    const state = this.kept?.();
    this.kept = undefined;
    if (state === undefined) {
      return;
    }
    this.first = state.find(({ length }) => length > 0)?.[0];
    this.last = state.findLast(({ length }) => length > 0)?.at(-1);
    this.stretches = state.slice(1, -2);
    this.begin(state.at(-2) ?? []);
  }

  /** Each two, four, eight… stretches as one, until so few points stand for all; counted from the beginning, so that they stay. */
  private joinedStretches(mostPoints: number): readonly (readonly Point[])[] {
    const stretches = [...this.stretches, this.current];
    let together = 1;
    while (together < stretches.length && Math.ceil(stretches.length / together) * 2 * this.heights.length + 2 > mostPoints) {
      together *= 2;
    }
    return together === 1 ? stretches : this.joined(stretches, together);
  }

  private joined(stretches: readonly (readonly Point[])[], together: number): (readonly Point[])[] {
    const groups = Array.from({ length: Math.ceil(stretches.length / together) }, (_, group) => stretches.slice(group * together, (group + 1) * together));
    return groups.map((group) => this.extremesOf(group.flat()));
  }

  private joinWhenFull(): void {
    if (this.stretches.length < this.mostStretches) {
      return;
    }
    this.stretches = this.joined(this.stretches, 2);
    this.stretchLength *= 2;
  }

  /** Nearly all points of a long curve lie between those that their stretch has already. */
  private isExtreme(point: Point): boolean {
    if (this.current.length < 2 * this.heights.length) {
      return true;
    }
    // Loops by index: this is asked for every point of every log.
    for (let index = 0; index < this.heights.length; index++) {
      const height = this.heights[index]!(point);
      if (height < this.lows[index]! || height > this.highs[index]!) {
        return true;
      }
    }
    return false;
  }

  private begin(stretch: readonly Point[]): void {
    this.current = stretch;
    this.lows.fill(Infinity);
    this.highs.fill(-Infinity);
    for (const point of stretch) {
      for (let index = 0; index < this.heights.length; index++) {
        const height = this.heights[index]!(point);
        this.lows[index] = Math.min(this.lows[index]!, height);
        this.highs[index] = Math.max(this.highs[index]!, height);
      }
    }
  }

  /** The lowest and the highest by each height, the earliest of equals, in their order; few points as they are. */
  private extremesOf(points: readonly Point[]): readonly Point[] {
    if (points.length <= 2 * this.heights.length) {
      return points;
    }
    if (this.heights.length === 1) {
      return extremesBy(this.heights[0]!, points);
    }
    const kept = new Set<Point>();
    for (const height of this.heights) {
      let [lowest, highest] = [points[0] as Point, points[0] as Point];
      for (const point of points) {
        lowest = height(point) < height(lowest) ? point : lowest;
        highest = height(point) > height(highest) ? point : highest;
      }
      kept.add(lowest).add(highest);
    }
    return points.filter((point) => kept.has(point));
  }
}

/** The lowest and the highest point, the earliest of equals, in their order. Most curves have one height, and a chart asks for thousands of these. */
function extremesBy<Point>(height: (point: Point) => number, points: readonly Point[]): Point[] {
  let [lowest, highest] = [0, 0];
  for (let index = 1; index < points.length; index++) {
    const here = height(points[index]!);
    lowest = here < height(points[lowest]!) ? index : lowest;
    highest = here > height(points[highest]!) ? index : highest;
  }
  const inOrder = lowest < highest ? [lowest, highest] : lowest > highest ? [highest, lowest] : [lowest];
  return inOrder.map((index) => points[index]!);
}
