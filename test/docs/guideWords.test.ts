import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";
import { expect, it } from "vitest";

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus: { commandPalette: { command: string; when: string }[] };
    views: { tritloom: { name: string }[] };
    configuration: { properties: Record<string, unknown> };
  };
}

const { commands, menus, views, configuration } = (JSON.parse(readFileSync("package.json", "utf8")) as Manifest).contributes;
const outsideOfPalette = new Set(menus.commandPalette.map(({ command }) => command));
const palette = commands.filter(({ command }) => !outsideOfPalette.has(command)).map(({ title }) => `Tritloom: ${title}`);

/** Words of VS Code's own menus, buttons and extensions. */
const ofVsCode = ["Install from VSIX...", "Run All", "Stop", "Disconnect", "Go to Definition", "Rename Symbol", "Find All References", "Remote - SSH", "Workspaces: Manage Workspace Trust"];
/** What is emphasised and no label of a window; BPC is a choice whose label depends on the data. */
const titles = ["Moby Dick", "Learning Recurrent Binary/Ternary Weights", "Deployable", "Author-style", "BPC"];

const pages = ["README.md", ...readdirSync("docs/guide").filter((name) => name.endsWith(".md")).map((name) => `docs/guide/${name}`)];
const sources = spawnSync("git", ["ls-files", "src/extension", "src/jupyter", "webview"], { encoding: "utf8" }).stdout.split("\n").filter((file) => /\.(ts|html)$/.test(file));
const source = sources.map((file) => readFileSync(file, "utf8")).join("\n");

/** What stands in italics, on one line, with a capital letter first. */
function namesIn(page: string): string[] {
  const inline = new MarkdownIt().parse(readFileSync(page, "utf8"), {}).flatMap(({ children }) => [children ?? []]);
  return inline.flatMap((tokens) =>
    tokens.flatMap(({ type }, at) => {
      const end = tokens.findIndex((token, index) => index > at && token.type === "em_close");
      const words = tokens.slice(at + 1, end).map(({ content }) => content || " ").join("");
      return type === "em_open" && /^\p{Lu}/u.test(words) ? [words] : [];
    }),
  );
}

/** Buttons, notifications and words of the panels: as a text of the code, alone or at its beginning. */
const isShown = (words: string): boolean => ['"', ">", "`"].some((before) => source.includes(`${before}${words}`));

function isThere(words: string): boolean {
  const named = [...commands.map(({ title }) => title), ...views.tritloom.map(({ name }) => name), ...ofVsCode, ...titles];
  return words.startsWith("Tritloom: ") ? palette.includes(words) : named.includes(words) || isShown(words);
}

it.each(pages)("%s names commands, views and buttons as the window does", (page) => {
  expect(namesIn(page).filter((words) => !isThere(words))).toEqual([]);
});

it("finds names, and those that are wrong", () => {
  expect(namesIn("docs/guide/first-hour.md")).toEqual(expect.arrayContaining(["Run All", "Tritloom: Show Training Curves"]));
  expect(["Tritloom: Show Curves", "Tritloom: Open Curves", "Export ROM"].filter(isThere)).toEqual([]);
});

it("names settings that there are, and each of them", () => {
  const texts = [...pages, "docs/editor.md"].map((page) => readFileSync(page, "utf8")).join("\n");
  const named = [...texts.matchAll(/`(tritloom\.\w+)`/g)].map(([, name]) => name!);
  expect([...new Set(named)].toSorted()).toEqual(Object.keys(configuration.properties).toSorted());
});
