import { environment } from "../jobs/environment.js";

/** The tensor library that cells get for `import * as tf from "@tensorflow/tfjs"`: the same instance the API uses. */
export * from "@tensorflow/tfjs";

// The backends start asynchronously, and tensor code is synchronous: an import is done when its backend is.
await environment();
