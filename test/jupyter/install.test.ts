import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kernelsFolder } from "../../src/jupyter/jupyterPaths.js";
import { type Ended, program, reported } from "../cli/program.js";
import { type Jupyter, prepareJupyter } from "./jupyter.js";

let jupyter: Jupyter;
beforeAll(async () => {
  jupyter = await prepareJupyter();
});
afterAll(() => jupyter.remove());
beforeEach(() => rm(path.join(jupyter.folder, "data"), { recursive: true, force: true }));

const install = (...args: string[]): Promise<Ended> => jupyter.tritloom(["jupyter", "install", ...args, "--json"]);
const uninstall = (...args: string[]): Promise<Ended> => jupyter.tritloom(["jupyter", "uninstall", ...args, "--json"]);

/** Kernelspecs by their names, as Jupyter itself finds them. */
async function kernelspecs(): Promise<Record<string, { resource_dir: string; spec: Record<string, unknown> }>> {
  const { stdout, stderr } = await jupyter.python(["-m", "jupyter_client.kernelspecapp", "list", "--json"]);
  expect(stderr).not.toContain("Error");
  return (JSON.parse(stdout) as { kernelspecs: Record<string, { resource_dir: string; spec: Record<string, unknown> }> }).kernelspecs;
}

describe("tritloom jupyter install and uninstall", () => {
  it("Jupyter finds the kernelspec, its program and its logos, and no more after uninstall", async () => {
    const { folder } = reported(await install());
    const found = (await kernelspecs()).tritloom!;
    expect(found.resource_dir).toBe(folder);
    expect(found.spec).toMatchObject({
      argv: [process.execPath, program, "jupyter", "kernel", "{connection_file}"],
      display_name: "Tritloom (TypeScript)",
      language: "typescript",
      interrupt_mode: "message",
    });
    expect((await readdir(folder)).sort()).toEqual(["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]);
    for (const side of [32, 64]) {
      const png = await readFile(path.join(folder, `logo-${side}x${side}.png`));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([side, side]);
    }
    expect(reported(await install()).ok).toBe(true);
    expect(reported(await uninstall())).toMatchObject({ ok: true, folder });
    expect(await kernelspecs()).not.toHaveProperty("tritloom");
  });

  it("installs below a prefix, into the Python environment, and under another name", async () => {
    const prefix = path.join(jupyter.folder, "prefix");
    expect(reported(await install("--prefix", prefix, "--name", "Tritloom-0.1")).folder).toBe(path.join(prefix, "share/jupyter/kernels/Tritloom-0.1"));
    expect(reported(await uninstall("--prefix", prefix, "--name", "Tritloom-0.1")).ok).toBe(true);
    const bin = path.join(jupyter.folder, "bin");
    await mkdir(bin);
    await writeFile(path.join(bin, "python3"), `#!/bin/sh\necho "${prefix}"\n`, { mode: 0o755 });
    const own = await jupyter.tritloom(["jupyter", "install", "--sys-prefix", "--json"], { PATH: `${bin}:${process.env.PATH}` });
    expect(reported(own).folder).toBe(path.join(prefix, "share/jupyter/kernels/tritloom"));
  });

  it("neither replaces nor removes a kernelspec of another program", async () => {
    const folder = path.join(jupyter.folder, "data/kernels/tritloom");
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "kernel.json"), '{ "argv": ["other"], "display_name": "Other", "language": "typescript" }');
    expect((await install()).stderr).toContain("another program's kernelspec");
    expect((await uninstall()).stderr).toContain("another program's kernelspec");
    expect(await readdir(folder)).toEqual(["kernel.json"]);
  });

  it.each([
    [["install", "--name", "../up"], 2, "--name ../up"],
    [["install", "--name", ".."], 2, "--name .."],
    [["install", "--user", "--prefix", "x"], 2, "choose one"],
    [["install", "file.json"], 2, "does not take"],
    [["uninstall"], 1, "There is no kernelspec in"],
    [["kernel"], 2, "CONNECTION_FILE"],
    [["start"], 2, "does not know"],
    [["install", "--papermill", "no-such-python"], 1, "no-such-python is not on PATH"],
  ])("%j ends with %i: %s", async (args, code, words) => {
    const ended = await jupyter.tritloom(["jupyter", ...args]);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(words);
  });

  it.each([
    ["no file", undefined, "ENOENT"],
    ["no JSON", "{", "JSON"],
    ["a port that is none", '{ "ip": "127.0.0.1", "shell_port": 70000, "control_port": 1, "iopub_port": 1, "stdin_port": 1, "hb_port": 1, "key": "" }', "shell_port"],
  ])("a connection file that is %s is named with its fault", async (_, content, words) => {
    const file = path.join(jupyter.folder, "connection.json");
    await rm(file, { force: true });
    if (content !== undefined) {
      await writeFile(file, content);
    }
    const { code, stderr } = await jupyter.tritloom(["jupyter", "kernel", file]);
    expect(code).toBe(1);
    expect(stderr).toContain(file);
    expect(stderr).toContain(words);
  });

  it("a port that is taken ends the program with a word", async () => {
    const file = path.join(jupyter.folder, "connection.json");
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await writeFile(file, JSON.stringify({ ip: "127.0.0.1", transport: "tcp", shell_port: port, control_port: 0, iopub_port: 0, stdin_port: 0, hb_port: 0, key: "k" }));
    const { code, stderr } = await jupyter.tritloom(["jupyter", "kernel", file]);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`tcp://127.0.0.1:${port}`);
  });
});

describe("ZeroMQ on demand", () => {
  /** The program away from node_modules, as in the editor's extension folder. */
  async function loneProgram(): Promise<string> {
    const dist = path.join(jupyter.folder, "lone/dist");
    await rm(path.dirname(dist), { recursive: true, force: true });
    for (const part of ["cli.js", "kernel.js", "jupyter"]) {
      await cp(path.join(path.dirname(program), part), path.join(dist, part), { recursive: true });
    }
    return path.join(dist, "cli.js");
  }

  it("is fetched by npm into the user's data folder, and told before; what npm fails at leaves nothing", async () => {
    const cli = await loneProgram();
    const data = path.join(jupyter.folder, "xdg");
    const bin = path.join(jupyter.folder, "npm-bin");
    const folder = path.join(data, "tritloom/zeromq");
    await mkdir(bin, { recursive: true });
    const run = (): Promise<Ended> => jupyter.run([cli, "jupyter", "install"], { XDG_DATA_HOME: data, PATH: `${bin}:${process.env.PATH}` });
    await writeFile(path.join(bin, "npm"), "#!/bin/sh\necho 'npm error network' >&2\nexit 1\n", { mode: 0o755 });
    const failed = await run();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`from npm into ${folder} (13 MB`);
    expect(failed.stderr).toContain("npm error network");
    expect(await readdir(path.join(data, "tritloom"))).toEqual([]);
    // A registry of one package: what the lockfile names is linked from this project.
    const modules = path.resolve("node_modules");
    await writeFile(path.join(bin, "npm"), `#!/bin/sh\ngrep -q '"zeromq": "6.8.0"' package.json && test -f package-lock.json && echo "$@" > arguments && ln -s ${modules} node_modules\n`, { mode: 0o755 });
    const done = await run();
    expect(done.code, done.stderr).toBe(0);
    expect(await readFile(path.join(folder, "arguments"), "utf8")).toContain("ci --ignore-scripts");
    expect((await run()).stderr).toBe("");
  });

  it("is not taken from the notebook's folder", async () => {
    const cli = await loneProgram();
    const trap = path.join(jupyter.folder, "trap");
    await mkdir(path.join(trap, "node_modules/zeromq"), { recursive: true });
    await writeFile(path.join(trap, "node_modules/zeromq/index.js"), "process.exit(77);");
    const file = path.join(trap, "connection.json");
    await writeFile(file, JSON.stringify({ ip: "127.0.0.1", shell_port: 0, control_port: 0, iopub_port: 0, stdin_port: 0, hb_port: 0, key: "" }));
    const { code, stderr } = await jupyter.run([cli, "jupyter", "kernel", file], { XDG_DATA_HOME: path.join(jupyter.folder, "empty") }, trap);
    expect(code).toBe(1);
    expect(stderr).toContain("run `tritloom jupyter install`");
  });

  it("one that does not load is told with the Node that tried", async () => {
    const cli = await loneProgram();
    const data = path.join(jupyter.folder, "broken");
    await mkdir(path.join(data, "tritloom/zeromq/node_modules/zeromq"), { recursive: true });
    await writeFile(path.join(data, "tritloom/zeromq/node_modules/zeromq/index.js"), "throw new Error('no binary');");
    const file = path.join(jupyter.folder, "any.json");
    await writeFile(file, JSON.stringify({ ip: "127.0.0.1", shell_port: 0, control_port: 0, iopub_port: 0, stdin_port: 0, hb_port: 0, key: "" }));
    const { stderr } = await jupyter.run([cli, "jupyter", "kernel", file], { XDG_DATA_HOME: data });
    expect(stderr).toContain(`does not load with Node ${process.version} (no binary)`);
  });
});

describe("Jupyter's data directories", () => {
  it("are those of jupyter_core, whatever the variables say", async () => {
    const cases: Record<string, string>[] = [{}, { JUPYTER_DATA_DIR: "/data" }, { XDG_DATA_HOME: "/xdg" }, { XDG_DATA_HOME: "" }, { JUPYTER_DATA_DIR: "", XDG_DATA_HOME: "/xdg" }];
    const program = [
      "import json, os, sys",
      "from pathlib import Path",
      "from unittest import mock",
      "from jupyter_core import paths",
      "found = []",
      "for own in json.loads(sys.argv[1]):",
      "    with mock.patch.dict(os.environ, {'HOME': '/home/ada', **own}, clear=True):",
      "        found.append(paths.jupyter_data_dir())",
      "print(json.dumps(found))",
    ].join("\n");
    const { stdout, stderr } = await jupyter.python(["-c", program, JSON.stringify(cases)]);
    const ours = cases.map((env) => kernelsFolder({ kind: "user" }, { platform: "linux", env, home: "/home/ada" }));
    expect(ours, stderr).toEqual((JSON.parse(stdout) as string[]).map((folder) => `${folder}/kernels`));
  });

  // https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files
  it.each([
    ["darwin", {}, "/Users/ada/Library/Jupyter/kernels"],
    ["win32", { APPDATA: "C:\\Users\\ada\\AppData\\Roaming" }, "C:\\Users\\ada\\AppData\\Roaming\\jupyter\\kernels"],
    ["win32", {}, "C:\\Users\\ada\\.jupyter\\data\\kernels"],
    ["win32", { JUPYTER_DATA_DIR: "D:\\jupyter" }, "D:\\jupyter\\kernels"],
  ] as const)("on %s with %j: %s", (platform, env, folder) => {
    expect(kernelsFolder({ kind: "user" }, { platform, env, home: platform === "win32" ? "C:\\Users\\ada" : "/Users/ada" })).toBe(folder);
  });
});
