import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GuideBlock, guideBlocks, missingLine } from "./guideBlocks.js";
import { GuidePage } from "./guidePage.js";

/** Blocks of the guide that cannot run here, by their first line, and why. */
const notRun: Readonly<Record<string, string>> = {
  "code --install-extension tritloom-0.1.0.vsix": "needs a desktop VS Code",
  "tritloom report RUN --macs 8 --fpga ice40,ecp5": "takes a minute; test/hardware/report runs the command",
  'sbatch --signal=TERM@60 --wrap "tritloom run night.ipynb --out night.executed.ipynb"': "needs a cluster with Slurm",
  "tritloom jupyter install": "needs Jupyter, with which test/jupyter installs and serves the kernel",
  "jupyter nbconvert --to notebook --execute quickstart.ipynb": "needs Jupyter; test/jupyter runs it",
  "tritloom jupyter install --papermill python3": "needs papermill; test/jupyter runs it",
  "rsync -a machine:project/runs/ runs/": "needs a second machine",
};

const folder = "docs/guide";
const pages = readdirSync(folder).filter((name) => name.endsWith(".md"));
const textOf = (name: string): string => readFileSync(path.join(folder, name), "utf8");
const blocksOf = new Map(pages.map((name) => [name, guideBlocks(textOf(name))]));

const firstLine = (code: string): string => code.split("\n")[0]!;
const title = ({ line, ...block }: GuideBlock): string => `line ${line}: ${"code" in block ? firstLine(block.code) : block.name}`;
type Followed = Exclude<GuideBlock, { kind: "not-run" }>;
const isFollowed = (block: GuideBlock): block is Followed => block.kind !== "not-run";

describe.each(pages.filter((name) => blocksOf.get(name)!.some(isFollowed)))("%s", (name) => {
  let page: GuidePage;
  beforeAll(async () => {
    page = await GuidePage.open();
  });
  afterAll(() => page.close());

  // In their order, as a reader follows them: a block may need what those before it made.
  it.each(blocksOf.get(name)!.filter(isFollowed).map((block) => [title(block), block] as const))("%s", async (_, block) => {
    const { ok, output } = await page.follow(block);
    expect(ok, output).toBe(!("fails" in block && block.fails));
    if ("output" in block && block.output !== undefined) {
      expect(missingLine(block.output, output), output).toBeUndefined();
    }
  });
});

it.each(pages)("%s names each of its files in the text", (name) => {
  const prose = textOf(name).replaceAll(/^```[\s\S]*?^```$/gm, "");
  const files = blocksOf.get(name)!.flatMap((block) => (block.kind === "file" ? [block.name] : []));
  expect(files.filter((file) => !prose.includes(`\`${file}\``))).toEqual([]);
});

it("leaves out only the blocks that there is a reason for, and each reason has its block", () => {
  const left = [...blocksOf.values()].flat().flatMap((block) => (block.kind === "not-run" ? [firstLine(block.code)] : []));
  expect(left.toSorted()).toEqual(Object.keys(notRun).toSorted());
});

it("the index links to every page, and each page ends by telling where to go on", () => {
  const others = pages.filter((name) => name !== "README.md");
  expect(others.filter((name) => !textOf("README.md").includes(`](${name})`))).toEqual([]);
  for (const name of others) {
    const last = textOf(name).trimEnd().split(/^## /m).at(-1)!;
    expect(last, name).toMatch(/^Where to go on\n/);
    expect(last, name).toMatch(/\]\([\w-]+\.md/);
  }
});
