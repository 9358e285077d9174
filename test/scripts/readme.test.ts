import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withPicturesInside, withWebLinks } from "../../scripts/readme.mjs";

const root = new URL("../../", import.meta.url).pathname;

/** The Details page loads pictures from these only: "img-src https: data:". */
const loadable = /^(https:|data:image\/png;base64,)/;

test("the Details page loads every picture of the README, each whole", async () => {
  const readme = await readFile(`${root}README.md`, "utf8");
  const packed = await withPicturesInside(readme, root);
  const pictures = (markdown: string) => [...markdown.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, source]) => source!);
  expect(pictures(packed)).toHaveLength(pictures(readme).length);
  expect(pictures(packed).filter((source) => !loadable.test(source)).map((source) => source.slice(0, 60))).toEqual([]);
  const [first] = pictures(readme).filter((source) => source.endsWith(".png"));
  expect(packed).toContain((await readFile(root + first)).toString("base64"));
});

test("pictures of the web, links and text stay as they are; a missing picture is named", async () => {
  const text = "![a](https://host/a.png) [b](docs/b.png) text (c.png)";
  expect(await withPicturesInside(text, root)).toBe(text);
  await expect(withPicturesInside("![gone](media/gone.png)", root)).rejects.toThrow("gone.png");
});

test("links to files lead into the repository, or are words where there is none to see", async () => {
  const text = "![a](docs/a.png) [the *guide*](docs/guide/README.md#top) and [b](https://host/b), [below](#c)";
  expect(withWebLinks(text, "https://host/o/n")).toBe("![a](docs/a.png) [the *guide*](https://host/o/n/blob/HEAD/docs/guide/README.md#top) and [b](https://host/b), [below](#c)");
  expect(withWebLinks(text, undefined)).toBe("![a](docs/a.png) the *guide* and [b](https://host/b), [below](#c)");
  const readme = withWebLinks(await readFile(`${root}README.md`, "utf8"), undefined);
  expect([...readme.matchAll(/(?<!!)\[[^\]]*\]\((?!https:)[^)]*\)/g)].map(([link]) => link)).toEqual([]);
});
