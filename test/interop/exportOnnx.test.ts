import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkSize, exportOnnx, OnnxExportError } from "../../src/interop/exportOnnx.js";
import { randomModel } from "../rnn/packedModels.js";
import { temporaryFolder } from "../temporaryFolder.js";

const folder = temporaryFolder();
const model = randomModel({ input: { kind: "one-hot", size: 4 }, layers: [{ cell: "gru-after", units: 3 }], outputs: 4 }, 1);
const write = (file: string, overwrite?: boolean) => exportOnnx(model, { file: path.join(folder.path, file), dialect: "onnx", overwrite, name: "run" });

describe("exporting a file", () => {
  it("tells what was written, and leaves nothing else", async () => {
    const { file, bytes, inputs, outputs, dialect } = await write("model.onnx");
    expect([dialect, inputs, outputs]).toEqual(["onnx", ["symbols", "initial_hidden_0"], ["logits", "final_hidden_0"]]);
    expect(await readdir(folder.path)).toEqual(["model.onnx"]);
    expect((await readFile(file)).length).toBe(bytes);
  });

  it("replaces a file only when asked", async () => {
    await writeFile(path.join(folder.path, "mine.onnx"), "mine");
    await expect(write("mine.onnx")).rejects.toThrow(/mine\.onnx: it is there already\. Choose another name, or allow overwriting \(overwrite: true\)/);
    expect(await readFile(path.join(folder.path, "mine.onnx"), "utf8")).toBe("mine");
    const { bytes } = await write("mine.onnx", true);
    expect((await readFile(path.join(folder.path, "mine.onnx"))).length).toBe(bytes);
  });

  it.each([
    ["a folder that is not there", "nowhere/model.onnx", /nowhere.*There is no such folder; make it first, or choose another\. \(ENOENT\)/],
    ["a file for a folder", "file/model.onnx", /A part of the path is a file; choose another folder\. \(ENOTDIR\)/],
    ["a folder for a file", "folder", /It is a folder; add the name of a file\. \(EISDIR\)/],
    ["a name that is too long", `${"n".repeat(300)}.onnx`, /The name is too long; choose a shorter one\. \(ENAMETOOLONG\)/],
  ])("says what is wrong with %s, and leaves nothing", async (_, file, message) => {
    await mkdir(path.join(folder.path, "folder"));
    await writeFile(path.join(folder.path, "file"), "");
    const attempt = write(file, true);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(OnnxExportError);
    expect((await readdir(folder.path)).sort()).toEqual(["file", "folder"]);
  });

  it("does not take a broken link for a free name", async () => {
    await symlink("gone", path.join(folder.path, "link.onnx"));
    await expect(write("link.onnx")).rejects.toThrow(/it is there already/);
  });

  it("refuses more than protocol buffers hold", () => {
    expect(() => checkSize(2 ** 31 - 1, "m.onnx")).not.toThrow();
    expect(() => checkSize(2 ** 31, "m.onnx")).toThrow(/m\.onnx: 2147483648 bytes are more than an ONNX file holds, 2 GiB/);
  });
});
