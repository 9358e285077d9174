/**
 * A reader of HDF5 files as h5py writes them for Keras ("HDF5 File Format Specification Version 3.0"): groups by symbol tables or compact
 * links, contiguous and compact datasets of numbers, attributes of texts. Whatever else a file has is refused by its name.
 */

/** Bytes that are no HDF5 file that can be read, or a damaged one; the message is a clause. */
export class Hdf5Error extends Error {
  override readonly name = "Hdf5Error";
}

/** A dataset of numbers. */
export interface Hdf5Dataset {
  readonly shape: readonly number[];
  /** "float" or "integer" of so many bytes; "other" for all else, whose bytes are not given. */
  readonly kind: "float" | "integer" | "other";
  readonly elementBytes: number;
  /** Little-endian. */
  readonly bytes: Uint8Array;
}

export interface Hdf5File {
  /** The datasets by their paths, as "layers/lstm/cell/vars/0", in the order of the names in each group. */
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  /** Attributes of the root group that are texts, one or a list. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** More objects, or deeper ones, has no file of a network. */
const mostObjects = 20_000;
const mostDepth = 32;
const messages = { dataspace: 1, linkInfo: 2, datatype: 3, link: 6, layout: 8, filters: 11, attribute: 12, continuation: 16, symbolTable: 17 } as const;
const undefinedAddress = 2n ** 64n - 1n;

/** Whether bytes begin as an HDF5 file does. */
export function isHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** @throws Hdf5Error */
export function readHdf5(bytes: Uint8Array): Hdf5File {
  if (!isHdf5(bytes)) {
    throw new Hdf5Error("it does not begin as an HDF5 file does");
  }
  return new Hdf5Reader(bytes).read();
}

interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

interface DataType {
  readonly kind: Hdf5Dataset["kind"] | "text" | "variable text";
  readonly size: number;
}

class Hdf5Reader {
  private readonly view: DataView;
  private readonly datasets = new Map<string, Hdf5Dataset>();
  private readonly seen = new Set<number>();

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): Hdf5File {
    const root = this.rootHeader();
    this.object(root, "", 0);
    return { datasets: this.datasets, attributes: this.attributesOf(root) };
  }

  private require(at: number, length: number): void {
    if (!(at >= 0 && length >= 0 && at + length <= this.bytes.length)) {
      throw new Hdf5Error("it refers to a place outside of itself and may be cut short");
    }
  }

  private number(at: number, length: 1 | 2 | 4 | 8): number {
    this.require(at, length);
    switch (length) {
      case 1:
        return this.view.getUint8(at);
      case 2:
        return this.view.getUint16(at, true);
      case 4:
        return this.view.getUint32(at, true);
      case 8:
        return Number(this.view.getBigUint64(at, true));
    }
  }

  private isAddress(at: number): boolean {
    this.require(at, 8);
    return this.view.getBigUint64(at, true) !== undefinedAddress;
  }

  private text(at: number, length: number): string {
    this.require(at, length);
    const all = this.bytes.subarray(at, at + length);
    const end = all.indexOf(0);
    return Buffer.from(end < 0 ? all : all.subarray(0, end)).toString("utf8");
  }

  private requireMark(at: number, mark: string): void {
    if (this.text(at, mark.length) !== mark) {
      throw new Hdf5Error(`it has no ${mark} at byte ${at}, where one should be: it is damaged`);
    }
  }

  /** Address of the root group's header, by the superblock; its end tells whether the file is whole. */
  private rootHeader(): number {
    const version = this.number(8, 1);
    if (version > 3) {
      throw new Hdf5Error(`its superblock has the version ${version}; versions 0 to 3 can be read`);
    }
    const isOld = version < 2;
    const sizes = isOld ? [this.number(13, 1), this.number(14, 1)] : [this.number(9, 1), this.number(10, 1)];
    if (sizes.some((size) => size !== 8)) {
      throw new Hdf5Error("its addresses do not have 8 bytes");
    }
    const first = isOld ? 24 + (version === 1 ? 4 : 0) : 12;
    if (this.number(first + 16, 8) > this.bytes.length) {
      throw new Hdf5Error(`it should have ${this.number(first + 16, 8)} bytes and has ${this.bytes.length}: it is cut short`);
    }
    return isOld ? this.number(first + 40, 8) : this.number(first + 24, 8);
  }

  /** A group or a dataset, and all in it. */
  private object(header: number, path: string, depth: number): void {
    if (this.seen.size >= mostObjects || depth > mostDepth || this.seen.has(header)) {
      throw new Hdf5Error(`its groups have no end at ${JSON.stringify(path)}: it is damaged`);
    }
    this.seen.add(header);
    const all = this.messagesOf(header);
    if (all.some(({ type }) => type === messages.layout)) {
      this.datasets.set(path, this.dataset(all, path));
      return;
    }
    for (const [name, address] of this.linksOf(all, path)) {
      this.object(address, path === "" ? name : `${path}/${name}`, depth + 1);
    }
  }

  private messagesOf(header: number): Message[] {
    this.require(header, 16);
    const isNew = this.text(header, 4) === "OHDR";
    const blocks: [at: number, size: number][] = [isNew ? this.firstBlock(header) : [header + 16, this.number(header + 8, 4)]];
    const prefix = isNew ? 4 + ((this.number(header + 5, 1) & 4) !== 0 ? 2 : 0) : 8;
    const found: Message[] = [];
    for (let block = 0; block < blocks.length && block < mostObjects; block++) {
      const [start, size] = blocks[block]!;
      this.require(start, size);
      for (let at = start; at + prefix <= start + size; ) {
        const [type, length] = isNew ? [this.number(at, 1), this.number(at + 1, 2)] : [this.number(at, 2), this.number(at + 2, 2)];
        const message = { type, at: at + prefix, size: length };
        this.require(message.at, length);
        found.push(message);
        if (type === messages.continuation) {
          const [to, bytes] = [this.number(message.at, 8), this.number(message.at + 8, 8)];
          // A continued block of the new form has a mark before its messages and a checksum after them.
          blocks.push(isNew ? [to + 4, bytes - 8] : [to, bytes]);
        }
        at = message.at + length;
      }
    }
    return found;
  }

  private firstBlock(header: number): [number, number] {
    const flags = this.number(header + 5, 1);
    const width = (1 << (flags & 3)) as 1 | 2 | 4 | 8;
    const at = header + 6 + ((flags & 0x20) !== 0 ? 16 : 0) + ((flags & 0x10) !== 0 ? 4 : 0);
    return [at + width, this.number(at, width)];
  }

  private linksOf(all: readonly Message[], path: string): [string, number][] {
    const table = all.find(({ type }) => type === messages.symbolTable);
    if (table !== undefined) {
      const heap = this.number(table.at + 8, 8);
      this.requireMark(heap, "HEAP");
      return this.symbols(this.number(table.at, 8), this.number(heap + 24, 8), 0);
    }
    const info = all.find(({ type }) => type === messages.linkInfo);
    if (info !== undefined && this.isAddress(info.at + 2 + ((this.number(info.at + 1, 1) & 1) !== 0 ? 8 : 0))) {
      throw new Hdf5Error(`its group ${JSON.stringify(path)} is kept in a form that only newer HDF5 libraries write: save it again with the defaults of h5py`);
    }
    return all.filter(({ type }) => type === messages.link).map(({ at }) => this.link(at, path));
  }

  /** A hard link within the group's header. */
  private link(at: number, path: string): [string, number] {
    const flags = this.number(at + 1, 1);
    let place = at + 2;
    if ((flags & 8) !== 0 && this.number(place++, 1) !== 0) {
      throw new Hdf5Error(`its group ${JSON.stringify(path)} has a link that is not a hard one`);
    }
    place += ((flags & 4) !== 0 ? 8 : 0) + ((flags & 0x10) !== 0 ? 1 : 0);
    const width = (1 << (flags & 3)) as 1 | 2 | 4 | 8;
    const length = this.number(place, width);
    place += width;
    return [this.text(place, length), this.number(place + length, 8)];
  }

  /** Names and headers below a node of a group's B-tree. */
  private symbols(node: number, names: number, depth: number): [string, number][] {
    if (depth > mostDepth) {
      throw new Hdf5Error("its index of a group has no end: it is damaged");
    }
    if (this.text(node, 4) === "SNOD") {
      return Array.from({ length: this.number(node + 6, 2) }, (_, index): [string, number] => {
        const at = node + 8 + 40 * index;
        const name = names + this.number(at, 8);
        this.require(name, 1);
        return [this.text(name, Math.min(1024, this.bytes.length - name)), this.number(at + 8, 8)];
      });
    }
    this.requireMark(node, "TREE");
    const count = this.number(node + 6, 2);
    return Array.from({ length: count }, (_, index) => this.symbols(this.number(node + 32 + 16 * index, 8), names, depth + 1)).flat();
  }

  private dataset(all: readonly Message[], path: string): Hdf5Dataset {
    const of = (type: number): Message => {
      const found = all.find((message) => message.type === type);
      if (found === undefined) {
        throw new Hdf5Error(`its dataset ${JSON.stringify(path)} has no type or no shape: it is damaged`);
      }
      return found;
    };
    const type = this.dataType(of(messages.datatype).at);
    const shape = this.shape(of(messages.dataspace).at);
    if (type.kind === "text" || type.kind === "variable text" || type.kind === "other") {
      return { shape, kind: "other", elementBytes: type.size, bytes: new Uint8Array(0) };
    }
    const size = shape.reduce((product, length) => product * length, type.size);
    return { shape, kind: type.kind, elementBytes: type.size, bytes: this.content(of(messages.layout).at, size, path) };
  }

  private content(at: number, size: number, path: string): Uint8Array {
    const [version, kind] = [this.number(at, 1), this.number(at + 1, 1)];
    if (version !== 3 && version !== 4) {
      throw new Hdf5Error(`its dataset ${JSON.stringify(path)} has a layout of the version ${version}; 3 and 4 can be read`);
    }
    if (kind > 1) {
      throw new Hdf5Error(`its dataset ${JSON.stringify(path)} is kept in chunks or compressed: save it again without compression`);
    }
    const [start, length] = kind === 0 ? [at + 4, this.number(at + 2, 2)] : [this.number(at + 2, 8), this.number(at + 10, 8)];
    if (length < size) {
      throw new Hdf5Error(`its dataset ${JSON.stringify(path)} has ${length} bytes and needs ${size}`);
    }
    this.require(start, size);
    return this.bytes.subarray(start, start + size);
  }

  private shape(at: number): number[] {
    const [version, rank] = [this.number(at, 1), this.number(at + 1, 1)];
    const first = at + (version === 1 ? 8 : 4);
    return Array.from({ length: rank }, (_, axis) => this.number(first + 8 * axis, 8));
  }

  private dataType(at: number): DataType {
    const [kind, flags, size] = [this.number(at, 1) & 15, this.number(at + 1, 1), this.number(at + 4, 4)];
    const isLittle = (flags & 1) === 0;
    const isVariableText = kind === 9 && (flags & 15) === 1;
    const kinds: Readonly<Record<number, DataType["kind"]>> = { 0: "integer", 1: "float", 3: "text" };
    return { kind: isVariableText ? "variable text" : kind === 3 || isLittle ? (kinds[kind] ?? "other") : "other", size };
  }

  /** Attributes that are texts. */
  private attributesOf(header: number): ReadonlyMap<string, readonly string[]> {
    const found = this.messagesOf(header).flatMap(({ type, at }) => (type === messages.attribute ? [this.attribute(at)] : []));
    return new Map(found);
  }

  private attribute(at: number): [string, readonly string[]] {
    const version = this.number(at, 1);
    const [nameSize, typeSize, spaceSize] = [2, 4, 6].map((offset) => this.number(at + offset, 2)) as [number, number, number];
    // Version 1 fills each part up to a multiple of 8 bytes.
    const filled = (size: number): number => (version === 1 ? Math.ceil(size / 8) * 8 : size);
    const name = at + 8 + (version === 3 ? 1 : 0);
    const type = name + filled(nameSize);
    const space = type + filled(typeSize);
    const data = space + filled(spaceSize);
    const { kind, size } = this.dataType(type);
    const isText = kind === "text" || kind === "variable text";
    const count = isText ? this.shape(space).reduce((product, length) => product * length, 1) : 0;
    if (count > mostObjects) {
      throw new Hdf5Error("it has an attribute of too many texts: it is damaged");
    }
    const texts = Array.from({ length: count }, (_, index) => (kind === "text" ? this.text(data + index * size, size) : this.heapText(data + index * size)));
    return [this.text(name, nameSize), texts];
  }

  /** A text of any length lies in a global heap. */
  private heapText(at: number): string {
    const [length, heap, wanted] = [this.number(at, 4), this.number(at + 4, 8), this.number(at + 12, 4)];
    this.requireMark(heap, "GCOL");
    const end = heap + this.number(heap + 8, 8);
    for (let place = heap + 16; place + 16 <= end; ) {
      const [index, size] = [this.number(place, 2), this.number(place + 8, 8)];
      if (index === wanted) {
        return this.text(place + 16, Math.min(length, size));
      }
      if (index === 0) {
        break;
      }
      place += 16 + Math.ceil(size / 8) * 8;
    }
    throw new Hdf5Error("it lacks a text that an attribute refers to: it is damaged");
  }
}
