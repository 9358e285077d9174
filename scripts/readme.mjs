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
