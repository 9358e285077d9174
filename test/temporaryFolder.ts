import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, beforeEach } from "vitest";

/**
 * A fresh folder for each test of the file, or one for the file, removed afterwards. Its path is not there before: a test that read it
 * then would write into the working directory.
 */
export function temporaryFolder(scope: "test" | "file" = "test"): { readonly path: string } {
  const before = scope === "test" ? beforeEach : beforeAll;
  let made: string | undefined;
  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "tritloom-test-"));
    made = folder;
    return async () => {
      made = undefined;
      await rm(folder, { recursive: true, force: true });
    };
  });
  return {
    get path() {
      if (made === undefined) {
        throw new Error('No test is running, so there is no temporary folder: for beforeAll() take temporaryFolder("file")');
      }
      return made;
    },
  };
}
