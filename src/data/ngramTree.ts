/** The empty n-gram, from which all others grow. */
export const root = 0;

/** Indices of a hash table stay small while at most half of its places are taken. */
const fullest = 0.5;
const firstCapacity = 1024;

/**
 * Every n-gram of a text up to an order, once, as a node of a tree: the n-gram of a node is that of its parent and one symbol
 * more. A node is found by the number parent * vocabulary + symbol, which is exact in a double, whatever the order.
 */
export class NgramTree {
  /** Nodes, the root among them. A parent's number is below its children's. */
  size = 1;
  /** parent * vocabulary + symbol of each node. */
  private keys = new Float64Array(firstCapacity);
  /** How many symbols each node's n-gram has. */
  orders = new Uint8Array(firstCapacity);
  /** How often each n-gram occurs. */
  occurrences = new Int32Array(firstCapacity);
  /**
   * After how many different symbols each n-gram occurs, the start of the text being one more of them; 0 for n-grams of the
   * highest order.
   */
  predecessors = new Int32Array(firstCapacity);
  /** Open addressing: a node's number, or 0 where none is, since the root is never looked up. */
  private places = new Int32Array(2 * firstCapacity);

  /**
   * @param text symbol ids, each 0 <= id < vocabulary
   * @param order symbols of the longest n-grams, 1 to 255
   */
  constructor(
    text: Int32Array,
    readonly order: number,
    readonly vocabulary: number,
  ) {
    const ending = new Int32Array(order + 1);
    for (let at = 0; at < text.length; at++) {
      this.count(ending, text[at]!, Math.min(order, at + 1), at < order);
    }
  }

  parentOf(node: number): number {
    return Math.floor(this.keys[node]! / this.vocabulary);
  }

  /** The n-gram of a node and one symbol more; undefined where the text has it nowhere. */
  child(node: number, symbol: number): number | undefined {
    const found = this.places[this.placeOf(node * this.vocabulary + symbol)]!;
    return found === root ? undefined : found;
  }

  /**
   * @param ending at [n]: the n-gram that ends before the symbol; becomes the one that ends with it
   * @param longest order of the longest n-gram that ends with the symbol
   * @param fromStart whether that one begins with the text
   */
  private count(ending: Int32Array, symbol: number, longest: number, fromStart: boolean): void {
    let isNewBefore = fromStart;
    for (let order = longest; order > 0; order--) {
      const before = this.size;
      const node = this.childOrNew(ending[order - 1]!, symbol);
      this.occurrences[node]! += 1;
      this.predecessors[node]! += Number(isNewBefore);
      isNewBefore = this.size > before;
      ending[order] = node;
    }
  }

  private childOrNew(parent: number, symbol: number): number {
    const key = parent * this.vocabulary + symbol;
    const place = this.placeOf(key);
    const found = this.places[place]!;
    if (found !== root) {
      return found;
    }
    const node = this.size++;
    this.places[place] = node;
    if (node === this.keys.length) {
      this.widen();
    }
    this.keys[node] = key;
    this.orders[node] = this.orders[parent]! + 1;
    if (this.size > fullest * this.places.length) {
      this.rehash();
    }
    return node;
  }

  /** The place of a key, or the free one where it would go. */
  private placeOf(key: number): number {
    const mask = this.places.length - 1;
    let place = hash(key) & mask;
    for (let node = this.places[place]!; node !== root && this.keys[node] !== key; node = this.places[place]!) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private widen(): void {
    const capacity = 2 * this.keys.length;
    this.keys = widened(new Float64Array(capacity), this.keys);
    this.orders = widened(new Uint8Array(capacity), this.orders);
    this.occurrences = widened(new Int32Array(capacity), this.occurrences);
    this.predecessors = widened(new Int32Array(capacity), this.predecessors);
  }

  private rehash(): void {
    this.places = new Int32Array(2 * this.places.length);
    for (let node = root + 1; node < this.size; node++) {
      this.places[this.placeOf(this.keys[node]!)] = node;
    }
  }
}

function widened<T extends Float64Array | Uint8Array | Int32Array>(wide: T, narrow: T): T {
  wide.set(narrow);
  return wide;
}

/** Mixes both halves of a whole number below 2^53 (the finaliser of MurmurHash3). */
function hash(key: number): number {
  let mixed = (key % 2 ** 32 | 0) ^ Math.imul(Math.floor(key / 2 ** 32), 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
