import ts from "typescript";

/** A folder with more is a project of its own, which a notebook need not read as a whole. */
const mostFiles = 60;
const mostPackages = 10;
const skipped = /^(?:node_modules|dist|out|build|coverage|\..*)$/;

/** The modules beside a notebook, in its folder and the folders of that: what can be imported, and is not yet. */
export function modulesBeside(folder: string, system: ts.System): string[] {
  if (!system.directoryExists(folder)) {
    return [];
  }
  const inside = system.getDirectories(folder).filter((name) => !skipped.test(name)).slice(0, mostFiles);
  const filesIn = (place: string): string[] => system.readDirectory(place, [".ts", ".mts", ".tsx"], undefined, ["*"], 1);
  const own = filesIn(folder);
  const all = [...own, ...inside.flatMap((name) => filesIn(`${folder}/${name}`))];
  return [all, own].find((files) => files.length <= mostFiles) ?? [];
}

/** The packages that the nearest package.json says the user's code needs, as many as a program can hold with ease. */
export function neededPackages(folder: string, system: ts.System): string[] {
  const file = ts.findConfigFile(folder, (path) => system.fileExists(path), "package.json");
  const { config } = file === undefined ? {} : (ts.readConfigFile(file, (path) => system.readFile(path)) as { config?: { dependencies?: unknown } });
  const { dependencies } = config ?? {};
  const names = typeof dependencies === "object" && dependencies !== null ? Object.keys(dependencies) : [];
  return names.slice(0, mostPackages);
}
