import type { FromKernel, MimeBundle } from "../contract.js";

type Output = Extract<FromKernel, { type: "stream" | "display" | "result" | "error" }>;
type Display = Extract<FromKernel, { type: "display" }>;

/** Text that was dropped to make room. */
interface Gap {
  readonly type: "gap";
  readonly id: string;
  characters: number;
}

interface Piece {
  content: Output | Gap;
  bytes: number;
}

/** Text is kept in pieces of about so many characters, so that the oldest can be dropped. */
const pieceCharacters = 1 << 16;
/** What a piece takes in memory besides its content, so that many small ones count as well. */
const pieceBytes = 300;

/** Whether a message leaves something in its cell that is still to be seen later. */
export function isOutput(message: FromKernel): message is Output {
  return message.type === "stream" || message.type === "display" || message.type === "result" || message.type === "error";
}

/** What one execution shows, folded: text that follows text is joined, and an update of a display replaces what it showed. */
export class KeptOutput {
  private pieces: Piece[] = [];
  private total = 0;
  private whole = true;

  /** Bytes of what is kept. */
  get bytes(): number {
    return this.total;
  }

  /** False once something was forgotten without a word. */
  get isWhole(): boolean {
    return this.whole;
  }

  add(message: Output): void {
    const last = this.pieces.at(-1);
    if (message.type === "stream" && last?.content.type === "stream" && last.content.name === message.name && last.content.text.length < pieceCharacters) {
      const text = last.content.text + message.text;
      last.content = { ...last.content, text: text.length < pieceCharacters ? text : flat(text) };
      this.grow(last, bytesOf(message));
    } else if (message.type !== "display" || !this.update(message)) {
      const piece = { content: message.type === "display" ? { ...message, update: false } : message, bytes: 0 };
      this.pieces.push(piece);
      this.grow(piece, pieceBytes + bytesOf(message));
    }
  }

  /** Shows the content of an update in the place of the display it is of. @returns false where there is none */
  update(message: Display): boolean {
    const piece = message.update ? this.pieces.find(({ content }) => content.type === "display" && content.displayId === message.displayId) : undefined;
    if (piece === undefined) {
      return false;
    }
    piece.content = { ...(piece.content as Display), data: message.data };
    this.grow(piece, pieceBytes + bytesOf(message) - piece.bytes);
    return true;
  }

  /** As messages that make an empty cell show it all. */
  messages(): FromKernel[] {
    return this.pieces.map(({ content }) => (content.type === "gap" ? gapNote(content) : content));
  }

  /** Keeps nothing of what there is, without a word. */
  forget(): void {
    this.pieces = [];
    this.total = 0;
    this.whole = false;
  }

  /** Drops the oldest text until `excess` bytes are freed; a line says so where it stood. @returns the bytes freed */
  dropText(excess: number): number {
    return this.drop(excess, ({ type }) => type === "stream");
  }

  /** The same with all that is no text: pictures and values. */
  dropRest(excess: number): number {
    return this.drop(excess, ({ type }) => type !== "stream" && type !== "gap");
  }

  private drop(excess: number, isWanted: (content: Piece["content"]) => boolean): number {
    let freed = 0;
    const kept: Piece[] = [];
    for (const piece of this.pieces) {
      const isDropped = freed < excess && isWanted(piece.content);
      freed += isDropped ? piece.bytes : 0;
      append(kept, isDropped ? gapFor(piece.content as Output) : piece);
    }
    this.pieces = kept;
    this.total -= freed;
    return freed;
  }

  private grow(piece: Piece, bytes: number): void {
    piece.bytes += bytes;
    this.total += bytes;
  }
}

/** Neighbouring gaps become one. */
function append(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1)?.content;
  if (last?.type === "gap" && piece.content.type === "gap") {
    last.characters += piece.content.characters;
  } else {
    pieces.push(piece);
  }
}

function gapFor(dropped: Output): Piece {
  return { content: { type: "gap", id: dropped.id, characters: charactersOf(dropped) }, bytes: 0 };
}

function gapNote({ id, characters }: Gap): FromKernel {
  const text = `[${characters.toLocaleString("en")} characters of output are missing here: no window took them in time, and a kernel keeps at most 50 MB]\n`;
  return { type: "stream", id, name: "stderr", text };
}

/** Joined text is a tree of all its parts, which takes 32 bytes for each of them, until somebody reads a character of it. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

function textsOf(message: Output): string[] {
  switch (message.type) {
    case "stream":
      return [message.text];
    case "error":
      return [message.error.message, message.error.stack];
    default:
      return bundleTexts(message.data);
  }
}

function bundleTexts(data: MimeBundle): string[] {
  return Object.values(data);
}

function bytesOf(message: Output): number {
  return textsOf(message).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function charactersOf(message: Output): number {
  return textsOf(message).reduce((sum, text) => sum + text.length, 0);
}
