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
  private currentLength = 0;
  private first: Point | undefined;
  private last: Point | undefined;

  /**
   * @param mostPoints that `points` gives, at least 8 for each height; fewer than `mostPoints` - 2 - 4 for each height are given all
   * @param heights of a point, finite
   */
  constructor(private readonly mostPoints: number, private readonly heights: readonly ((point: Point) => number)[]) {
    this.stretchLength = 2 * heights.length;
    // The current stretch has as many points as the others, and the first and the last point of all are given besides.
    this.mostStretches = 2 * Math.floor((mostPoints - 2) / this.stretchLength / 2);
  }

  add(point: Point): void {
    this.first ??= point;
    this.last = point;
    if (this.isExtreme(point)) {
      this.current = this.extremesOf([...this.current, point]);
    }
    this.currentLength += 1;
    if (this.currentLength === this.stretchLength) {
      this.stretches.push(this.current);
      this.current = [];
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
    const inner = this.joinedStretches(most).flat();
    const { first, last } = this;
    const before = first === undefined || inner[0] === first ? [] : [first];
    const after = last === undefined || inner.at(-1) === last ? [] : [last];
    return [...before, ...inner, ...after];
  }

  /** Each two, four, eight… stretches as one, until so few points stand for all; counted from the beginning, so that they stay. */
  private joinedStretches(mostPoints: number): readonly (readonly Point[])[] {
    let stretches: readonly (readonly Point[])[] = [...this.stretches, this.current];
    while (stretches.length > 1 && stretches.length * 2 * this.heights.length + 2 > mostPoints) {
      stretches = this.joinedPairs(stretches);
    }
    return stretches;
  }

  private joinedPairs(stretches: readonly (readonly Point[])[]): (readonly Point[])[] {
    const firsts = stretches.filter((_, index) => index % 2 === 0);
    return firsts.map((first, pair) => this.extremesOf([...first, ...(stretches[2 * pair + 1] ?? [])]));
  }

  private joinWhenFull(): void {
    if (this.stretches.length < this.mostStretches) {
      return;
    }
    this.stretches = this.joinedPairs(this.stretches);
    this.stretchLength *= 2;
  }

  /** Nearly all points of a long curve lie between those that their stretch has already. */
  private isExtreme(point: Point): boolean {
    const { current, heights } = this;
    return (
      current.length < heights.length * 2 ||
      heights.some((height) => current.every((other) => height(point) < height(other)) || current.every((other) => height(point) > height(other)))
    );
  }

  /** The lowest and the highest by each height, the earliest of equals, in their order; few points as they are. */
  private extremesOf(points: readonly Point[]): readonly Point[] {
    if (points.length <= 2 * this.heights.length) {
      return points;
    }
    const kept = new Set<number>();
    for (const height of this.heights) {
      let [lowest, highest] = [0, 0];
      points.forEach((point, index) => {
        lowest = height(point) < height(points[lowest]!) ? index : lowest;
        highest = height(point) > height(points[highest]!) ? index : highest;
      });
      kept.add(lowest).add(highest);
    }
    return points.filter((_, index) => kept.has(index));
  }
}
