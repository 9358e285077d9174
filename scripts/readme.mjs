import { readFile } from "node:fs/promises";
import path from "node:path";

/** `![words](picture.png)`; pictures of the web stay what they are. */
const picture = /!\[([^\]]*)\]\((?!https?:|data:)([^)\s]+\.png)\)/g;

/**
 * A README for the Details page of an installed extension. The page loads pictures from https and data URLs only, and must
 * work without a network, so that the pictures travel in the text.
 * @param {string} markdown
 * @param {string} root folder that the pictures' paths are relative to
 * @returns {Promise<string>}
 * @throws Error when a picture is missing
 */
export async function withPicturesInside(markdown, root) {
  const files = new Set([...markdown.matchAll(picture)].map(([, , file]) => file));
  const read = async (file) => [file, (await readFile(path.join(root, file))).toString("base64")];
  const data = new Map(await Promise.all([...files].map(read)));
  return markdown.replace(picture, (_, words, file) => `![${words}](data:image/png;base64,${data.get(file)})`);
}

/** `[words](docs/page.md)`, which leads to a file; no picture. */
const linkToFile = /(?<!!)\[([^\]]*)\]\((?!https?:|mailto:|#)([^)\s]+)\)/g;

/**
 * A README for the marketplace and the Details page, which open links of the web only: links to files lead into the repository.
 * Without a public repository only their words stay, since a link that does nothing when it is clicked is worse.
 * @param {string} markdown
 * @param {string | undefined} repository its address, as "https://host/owner/name"
 * @returns {string}
 */
export function withWebLinks(markdown, repository) {
  return markdown.replace(linkToFile, (_, words, file) => (repository === undefined ? words : `[${words}](${repository}/blob/HEAD/${file})`));
}
