export function withPicturesInside(markdown: string, root: string): Promise<string>;
export function withWebLinks(markdown: string, repository: string | undefined): string;
