/** Why each piece of text needs no measurement. */
export const facts: Readonly<Record<string, string>>;
