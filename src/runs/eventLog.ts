import { type RunEvent, runEventSchema } from "./contract.js";
import { GrowingFile, type LineTaker } from "../files/growingFile.js";
import type { Outline } from "./outline.js";
import { Resumes } from "./resumes.js";

/** How the report of a step begins, as `RunWriter` writes it: nearly all lines of a long log. */
const stepPrefix = Buffer.from('{"type":"step",');
const openingBrace = 0x7b;

interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The place in the file, in bytes. */
  readonly position: number;
}

/**
 * Follows a growing `events.jsonl` in memory that does not depend on its length. A line that is no event is passed over. Reports of
 * steps that a resume did again do not count, only the time they took; which ones these are is known when the resumes further on
 * are, so a log is read once more when one turns up.
 */
export class EventLog<Log extends Outline> {
  private readonly file: GrowingFile;
  private readonly resumes: Resumes;
  private log: Log;
  /** A resume turned up that overtakes reports taken before. */
  private isStale = false;
  /** The last of the reports that are not needed one by one. */
  private passedOver: Line | undefined;
  private readonly taker: LineTaker = {
    restart: () => this.forget(),
    line: (bytes, start, end, position) => this.takeLine({ bytes, start, end, position }),
    pieceEnd: () => this.takePassedOver(),
  };

  /**
   * @param make an empty outline, or a course, to be filled
   * @param resumesAt step from which the caller is going to train on: reports of later ones do not count
   */
  constructor(file: string, private readonly make: () => Log, resumesAt = Infinity) {
    this.file = new GrowingFile(file);
    this.resumes = new Resumes(resumesAt);
    this.log = make();
  }

  /** What the last `read` gave. */
  get present(): Log {
    return this.log;
  }

  /**
   * All that the log says by now: the object that the last call gave, brought up to date, or a new one when the log had to be read
   * from its beginning.
   * @throws IrregularFileError when it is no regular file; the file system's error, ENOENT among them. `present` is empty then
   */
  async read(): Promise<Log> {
    try {
      await this.file.read(this.taker);
      while (this.isStale) {
        this.begin();
        await this.file.read(this.taker);
      }
    } catch (error) {
      this.forget();
      throw error;
    }
    return this.log;
  }

  /** The log is another one. */
  private forget(): void {
    this.resumes.clear();
    this.begin();
  }

  private begin(): void {
    this.file.rewind();
    this.log = this.make();
    this.isStale = false;
    this.passedOver = undefined;
  }

  private takeLine(line: Line): void {
    if ((this.isStale || !this.log.needsEveryStep) && isStep(line)) {
      this.passedOver = line;
      return;
    }
    this.takePassedOver();
    this.take(line);
  }

  private takePassedOver(): void {
    if (this.passedOver !== undefined) {
      this.take(this.passedOver);
      this.passedOver = undefined;
    }
  }

  private take({ bytes, start, end, position }: Line): void {
    const event = parseEvent(bytes, start, end);
    if (event?.type === "started") {
      this.isStale ||= this.log.reportedStep > event.step && this.resumes.isNew(position);
      this.resumes.note(position, event.step);
    }
    if (event !== undefined && !this.isStale) {
      this.log.add(event, !this.resumes.overtake(position, event.step));
    }
  }
}

/** Byte by byte, which for a few bytes is quicker than asking the buffer to compare. */
function isStep({ bytes, start, end }: Line): boolean {
  if (end - start <= stepPrefix.length) {
    return false;
  }
  for (let index = 0; index < stepPrefix.length; index++) {
    if (bytes[start + index] !== stepPrefix[index]) {
      return false;
    }
  }
  return true;
}

function parseEvent(bytes: Buffer, start: number, end: number): RunEvent | undefined {
  if (bytes[start] !== openingBrace) {
    return undefined;
  }
  try {
    return runEventSchema.safeParse(JSON.parse(bytes.toString("utf8", start, end))).data;
  } catch {
    return undefined;
  }
}
