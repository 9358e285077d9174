/** The version of the messages that contract.ts describes; a view refuses those of another version. */
export const webviewProtocolVersion = 1;

/** MIME type of a schedule in a cell; JSON of `ScheduleOutput`. */
export const scheduleMime = "application/vnd.tritloom.schedule+json";

/** MIME type of the live training output in a cell; JSON of `RunSnapshot`. */
export const trainingMime = "application/vnd.tritloom.training+json";
