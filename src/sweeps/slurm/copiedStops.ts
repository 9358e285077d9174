import { isStopRequested, stopRequestFile } from "../../runs/stopRequest.js";
import type { ClusterFiles } from "./clusterFiles.js";
import type { SlurmFolder } from "./slurmFolder.js";

/**
 * A person stops a run by a file in its directory here. Where the cluster trains a copy, the request goes there.
 * @param runs directories here, of runs that tasks train
 * @returns whether any was asked to stop
 */
export async function passStopRequests({ files, folder }: { files: ClusterFiles; folder: SlurmFolder }, runs: readonly string[]): Promise<boolean> {
  if (files.isShared) {
    return false;
  }
  const isAsked = await Promise.all(runs.map(isStopRequested));
  const requests = runs.filter((_, index) => isAsked[index]).map((run) => folder.inside(stopRequestFile(run)));
  if (requests.length === 0) {
    return false;
  }
  await files.push(requests);
  await folder.remove(requests);
  return true;
}
