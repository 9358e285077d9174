/** The folder in which a notebook of the same folder puts its runs, and a sweep its trials. */
export const runsFolder = "runs";
