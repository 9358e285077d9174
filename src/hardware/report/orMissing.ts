import { MissingToolError } from "../../programs/missingTool.js";
import { OverloadError } from "./timingPart.js";

/** A tool that is not there, or a netlist that cannot be timed, leaves a part out, and the report says so. */
export async function orMissing<Found>(find: () => Promise<Found>): Promise<Found | { readonly missing: string }> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof MissingToolError || error instanceof OverloadError) {
      return { missing: error.message };
    }
    throw error;
  }
}
