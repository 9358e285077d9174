import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** The parts of Tritloom that follow runs, bundled from the sources as they are now. */

const here = dirname(fileURLToPath(import.meta.url));
const outfile = join(here, "../dist/bench/following.mjs");

const contents = [
  'export { TrainingDisplay } from "./api/display/trainingDisplay.js";',
  'export { setCellHost } from "./api/host.js";',
  'export { Course } from "./runs/course.js";',
  'export { followCourse, readCourse, readRun } from "./runs/readRun.js";',
  'export { incrementOf, noCurves } from "./runs/curvesIncrement.js";',
  'export { curvesOf } from "./runs/runCurves.js";',
  'export { summaryOf } from "./runs/runSummary.js";',
  'export { runsCommand } from "./cli/runs.js";',
].join("\n");

export async function buildFollowing() {
  const stdin = { contents, resolveDir: join(here, "../src"), loader: "ts" };
  await build({ stdin, bundle: true, platform: "node", format: "esm", packages: "external", outfile, logLevel: "warning" });
  return importFollowing();
}

/** What `buildFollowing` built. */
export function importFollowing() {
  return import(pathToFileURL(outfile).href);
}
