import { MissingToolError } from "./runProgram.js";

/** A tool that is not there leaves a part out, and the report says so. */
export async function orMissing<Found>(find: () => Promise<Found>): Promise<Found | { readonly missing: string }> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof MissingToolError) {
      return { missing: error.message };
    }
    throw error;
  }
}
