export function withPicturesInside(markdown: string, root: string): Promise<string>;
