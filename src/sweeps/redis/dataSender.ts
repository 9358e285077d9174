import { readFile } from "node:fs/promises";
import { fileDigest } from "../../files/fileDigest.js";
import type { Mailbox } from "./mailbox.js";
import { keys } from "./wire.js";

/** Puts files of data into a mailbox by their checksums, each once for all trials that need it. */
export class DataSender {
  private readonly digests = new Map<string, Promise<string>>();

  constructor(private readonly mailbox: Mailbox) {}

  /** @returns the SHA-256 of the file as it was first read. @throws LargeFileError; the file system's error */
  async send(file: string): Promise<string> {
    const earlier = this.digests.get(file);
    if (earlier !== undefined && (await this.mailbox.keep(keys.data(await earlier)))) {
      return earlier;
    }
    const sent = this.put(file);
    this.digests.set(file, sent);
    sent.catch(() => this.digests.delete(file));
    return sent;
  }

  /** Sees to it that all of it is there. */
  async keep(): Promise<void> {
    await Promise.all([...this.digests.keys()].map((file) => this.send(file)));
  }

  private async put(file: string): Promise<string> {
    const content = await readFile(file);
    const { sha256: digest } = fileDigest(content);
    if (!(await this.mailbox.keep(keys.data(digest)))) {
      await this.mailbox.put(keys.data(digest), content);
    }
    return digest;
  }
}
