import { isStopRequested, stopRequestFile } from "../../runs/stopRequest.js";
import type { SlurmCluster } from "./slurmEngine.js";

/**
 * A person stops a run by a file in its directory here. Where the cluster trains a copy, the request goes there.
 * @param runs directories here, of runs that tasks train
 * @returns whether any was asked to stop
 */
export async function passStopRequests({ files, folder }: Pick<SlurmCluster, "files" | "folder">, runs: readonly string[]): Promise<boolean> {
  const requested = files.isShared ? [] : await Promise.all(runs.map(async (run) => ((await isStopRequested(run)) ? [folder.inside(stopRequestFile(run))] : [])));
  const requests = requested.flat();
  if (requests.length === 0) {
    return false;
  }
  await files.push(requests);
  await folder.remove(requests);
  return true;
}
