/** The anchor that GitHub and VS Code give a heading: lower case, without punctuation, blanks as hyphens. */
export const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
