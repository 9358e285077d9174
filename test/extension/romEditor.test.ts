import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type * as vscode from "vscode";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { lintRom } from "../../src/extension/commands/lintRom.js";
import { reopenRom } from "../../src/extension/commands/reopenRom.js";
import { romEditorId, romLanguageId } from "../../src/extension/ids.js";
import { RomDiagnostics } from "../../src/extension/romEditor/romDiagnostics.js";
import { RomEditor } from "../../src/extension/romEditor/romEditor.js";
import { RomReading } from "../../src/extension/romEditor/romReading.js";
import { romSnapshot } from "../../src/extension/romEditor/romSnapshot.js";
import type { Services } from "../../src/extension/services.js";
import { fixModel } from "../../src/hardware/fixModel.js";
import { exportRom } from "../../src/hardware/rom/exportRom.js";
import { readRomFile } from "../../src/hardware/rom/romFile.js";
import { romSnapshotSchema, type RomSnapshot, type ToWebview } from "../../webview/contract.js";
import { randomModel } from "../hardware/randomModel.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { answers, customEditors, diagnostics, fake, fakeView, folderUri, happenings, resetFake, shown, undisposed, watchers } from "./fakeVscode.js";

vi.mock("vscode", async () => (await import("./fakeVscode.js")).fake);

const root = temporaryFolder();
/** A worker begins later on a busy machine. */
const soon = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 30_000 });
const worker = fileURLToPath(new URL("../../dist/rom-worker.js", import.meta.url));
const reading = new RomReading(worker);
afterAll(() => reading.dispose());
const fileIn = (name: string): string => path.join(root.path, name);

beforeEach(resetFake);
afterEach(() => expect([...undisposed.values()]).toEqual([]));

async function exported(precision: "ternary" | "full"): Promise<{ folder: string; codes: readonly number[] }> {
  const model = randomModel({ units: 3, symbols: 2, precision });
  const folder = fileIn(precision);
  await exportRom(model, { folder, formats: ["mem", "npy"], macUnits: 5 });
  return { folder, codes: [...fixModel(model).layers[0]!.recurrentWeights.codes] };
}

function valuesOf({ picture }: RomSnapshot): number[] {
  return [...new Int32Array(Uint8Array.from(Buffer.from(picture!.values, "base64")).buffer)];
}

describe("the snapshot of a ROM file", () => {
  test.each(["ternary", "full"] as const)("of an export has the trained %s codes, gate by gate", async (precision) => {
    const { folder, codes } = await exported(precision);
    for (const file of ["recurrent_weights.mem", "recurrent_weights.npy"]) {
      const snapshot = romSnapshot(await readRomFile(path.join(folder, file)));
      expect(romSnapshotSchema.parse(snapshot)).toEqual(snapshot);
      expect(snapshot.picture).toMatchObject({ rowName: "input", rows: 3 });
      expect(snapshot.picture!.blocks).toEqual(["g", "f", "i", "o"].map((gate) => ({ label: `gate ${gate}`, columns: 3, columnName: "unit" })));
      expect(valuesOf(snapshot)).toEqual(codes);
      expect(snapshot.findings).toEqual([]);
    }
  });

  test("of a constant has its integers, a word each", async () => {
    const { folder } = await exported("ternary");
    const snapshot = romSnapshot(await readRomFile(path.join(folder, "cell_shift.mem")));
    expect(snapshot.picture).toMatchObject({ rowName: "word", rows: 3, blocks: [{ label: "lanes", columns: 1 }] });
  });

  test("of any other file has its bits, its words and what is wrong with it", async () => {
    await writeFile(fileIn("some.mem"), "5\nA");
    const snapshot = romSnapshot(await readRomFile(fileIn("some.mem")));
    expect(valuesOf(snapshot)).toEqual([0, 1, 0, 1, 1, 0, 1, 0]);
    expect(snapshot.words).toEqual({ total: 2, shown: [{ address: 0, digits: "5", line: 1 }, { address: 1, digits: "A", line: 2 }] });
    expect(snapshot.findings).toMatchObject([{ line: 2, rule: "no-final-newline", severity: "error" }]);
    const none = romSnapshot(await readRomFile(fileIn("none.mem")));
    expect(none).toMatchObject({ picture: null, words: { total: 0, shown: [] }, findings: [{ rule: "unreadable" }] });
  });
});

test("the editor shows the file, follows it on disk, and lets go of everything when it closes", async () => {
  await writeFile(fileIn("some.mem"), "5\nA\n");
  const editor = new RomEditor("/webviews", reading, (problem) => expect.fail(String(problem)));
  expect(customEditors.get(romEditorId)).toBe(editor);
  const panel = fakeView();
  const posted: ToWebview[] = [];
  Object.assign(panel.webview, { postMessage: async (message: ToWebview) => void posted.push(message) });
  const document = editor.openCustomDocument(folderUri(fileIn("some.mem")) as unknown as vscode.Uri);
  editor.resolveCustomEditor(document, panel as unknown as vscode.WebviewPanel);
  panel.received.fire({ type: "ready", version: 1 });
  const last = (): RomSnapshot | undefined => posted.flatMap((message) => (message.type === "rom" ? [message.rom] : [])).at(-1);
  await soon(() => expect(last()?.words.total).toBe(2));
  await writeFile(fileIn("some.mem"), "5\nA\n7\n");
  watchers[0]!.created.fire(folderUri(fileIn("some.mem")));
  await soon(() => expect(last()?.words.total).toBe(3));
  panel.disposal.fire();
  expect([...undisposed.values()]).toEqual([`custom editor ${romEditorId}`]);
  editor.dispose();
});

test("an editor that is still open lets go of everything with the extension", () => {
  const editor = new RomEditor("/webviews", reading, () => {});
  const document = editor.openCustomDocument(folderUri("/none.mem") as unknown as vscode.Uri);
  editor.resolveCustomEditor(document, fakeView() as unknown as vscode.WebviewPanel);
  editor.dispose();
});

describe("diagnostics", () => {
  interface Opened {
    uri: unknown;
    languageId: string;
    version: number;
    isDirty: boolean;
    isClosed: boolean;
    getText(): string;
  }
  let roms: RomDiagnostics;
  beforeEach(() => {
    roms = new RomDiagnostics(reading, (problem) => expect.fail(String(problem)));
  });
  afterEach(() => roms.dispose());

  const opened = (file: string, text = "", languageId: string = romLanguageId): Opened => ({
    uri: folderUri(file),
    languageId,
    version: 1,
    isDirty: false,
    isClosed: false,
    getText: () => text,
  });
  const found = (file: string): unknown => diagnostics.get(file);

  test("of a file that is opened stand on their lines, with rule and severity", async () => {
    const file = fileIn("some.mem");
    await writeFile(file, "01\n0x\n02 03\n");
    happenings.openText.fire(opened(file));
    await soon(() =>
      expect(found(file)).toMatchObject([
        { range: { startLine: 1, endLine: 1 }, severity: 0, code: "unknown-digits", source: "tritloom rom" },
        { range: { startLine: 2 }, severity: 1, code: "several-words-per-line" },
      ]),
    );
  });

  test("see the byte order mark that the editor hides", async () => {
    const file = fileIn("mark.mem");
    await writeFile(file, "\ufeff01\n");
    happenings.openText.fire(opened(file, "01\n"));
    await soon(() => expect(found(file)).toMatchObject([{ code: "byte-order-mark" }]));
  });

  test("follow what is typed, and go when the file is closed", async () => {
    const file = fileIn("typed.mem");
    await writeFile(file, "01\n");
    const document = opened(file, "01\n-2\n");
    happenings.openText.fire(document);
    await soon(() => expect(found(file)).toEqual([]));
    document.isDirty = true;
    document.version = 2;
    happenings.changeText.fire({ document });
    await soon(() => expect(found(file)).toMatchObject([{ code: "sign", range: { startLine: 1 } }]));
    document.isClosed = true;
    happenings.closeText.fire(document);
    expect(found(file)).toBeUndefined();
  });

  test("are of ROM files alone", async () => {
    const [other, rom] = [fileIn("other.txt"), fileIn("rom.mem")];
    await Promise.all([writeFile(other, "prose"), writeFile(rom, "01\n")]);
    happenings.openText.fire(opened(other, "prose", "plaintext"));
    happenings.openText.fire(opened(rom));
    await soon(() => expect(found(rom)).toEqual([]));
    expect(found(other)).toBeUndefined();
  });

  test("count with the manifest beside the file, also before it is saved", async () => {
    const { folder } = await exported("ternary");
    const file = path.join(folder, "recurrent_weights.mem");
    const text = await readFile(file, "utf8");
    const document = { ...opened(file, text.replace(/^./, "2")), isDirty: true };
    happenings.openText.fire(document);
    await soon(() => expect((found(file) as { code: string }[]).map(({ code }) => code)).toContain("sha256-mismatch"));
  });
});

describe("a file is read in a worker", () => {
  test("that is ended at its limit of time, and the editor says so", async () => {
    const program = fileIn("endless.cjs");
    await writeFile(program, "for (;;) {}");
    const slow = new RomReading(program, { seconds: 0.5, mebibytes: 64 });
    const [finding] = await slow.findings(fileIn("some.mem"));
    expect(finding).toMatchObject({ severity: "error", message: expect.stringMatching(/^Reading it took longer than 0.5 seconds and was stopped\./) as string });
    expect(await slow.snapshot(fileIn("some.mem"))).toMatchObject({ title: "some.mem", picture: null, findings: [finding] });
    slow.dispose();
  });

  test("that is ended at its limit of memory", async () => {
    const program = fileIn("hungry.cjs");
    await writeFile(program, "const all = []; for (;;) { all.push(new Array(1e5).fill({})); }");
    const hungry = new RomReading(program, { seconds: 60, mebibytes: 64 });
    expect(await hungry.findings(fileIn("some.mem"))).toMatchObject([{ message: expect.stringMatching(/^Reading it took more than 64 MiB and was stopped\./) as string }]);
    hungry.dispose();
  });

  test("of which two run at once and the others wait their turn", async () => {
    const files = Array.from({ length: 7 }, (_, index) => fileIn(`turn${index}.mem`));
    await Promise.all(files.map((file, index) => writeFile(file, `0${index}\n`.repeat(index + 1))));
    const snapshots = await Promise.all(files.map((file) => reading.snapshot(file)));
    expect(snapshots.map(({ words }) => words.total)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

test("a ROM file on top is reopened as picture, and as text", async () => {
  const fakeWindow = fake.window as { activeTextEditor: unknown };
  const uri = folderUri("/roms/a.mem");
  fakeWindow.activeTextEditor = { document: { languageId: romLanguageId, uri } };
  const execute = vi.spyOn(fake.commands as { executeCommand: (...args: unknown[]) => Promise<unknown> }, "executeCommand").mockResolvedValue(undefined);
  await reopenRom("picture");
  await reopenRom("text");
  expect(execute.mock.calls).toEqual([["vscode.openWith", uri, romEditorId], ["vscode.openWith", uri, "default"]]);
  fakeWindow.activeTextEditor = undefined;
  await expect(reopenRom("picture")).rejects.toThrow("There is no ROM file on top: open one first.");
  execute.mockRestore();
});

describe("Lint ROM", () => {
  const lintFile = vi.fn();
  const services = { romDiagnostics: { lintFile } } as unknown as Services;
  const fakeWindow = fake.window as { activeTextEditor: unknown; tabGroups: { activeTabGroup: { activeTab: unknown } } };
  beforeEach(() => lintFile.mockReset().mockResolvedValue([]));
  afterEach(() => {
    fakeWindow.activeTextEditor = undefined;
    fakeWindow.tabGroups.activeTabGroup.activeTab = undefined;
  });

  test("takes the ROM file on top, as text or as picture", async () => {
    const uri = folderUri("/roms/a.mem");
    fakeWindow.activeTextEditor = { document: { languageId: romLanguageId, uri } };
    await lintRom(services);
    expect(lintFile).toHaveBeenLastCalledWith(uri);
    expect(shown).toMatchObject([{ kind: "information", text: "No problems found in a.mem." }]);
    fakeWindow.activeTextEditor = undefined;
    fakeWindow.tabGroups.activeTabGroup.activeTab = { input: new fake.TabInputCustom(folderUri("/roms/b.mem"), romEditorId) };
    await lintRom(services);
    expect(lintFile).toHaveBeenLastCalledWith(folderUri("/roms/b.mem"));
  });

  test("else asks for files, and counts what was found in all of them", async () => {
    await mkdir(fileIn("roms"), { recursive: true });
    answers.open = async () => [folderUri("/roms/a.mem"), folderUri("/roms/b.coe")];
    lintFile.mockResolvedValue([{ severity: "error" }, { severity: "warning" }, { severity: "warning" }]);
    await lintRom(services);
    expect(shown.map(({ kind, text }) => [kind, text])).toEqual([
      ["open", expect.anything()],
      ["warning", "a.mem, b.coe: errors 2, warnings 4."],
    ]);
  });

  test("does nothing when no file is picked", async () => {
    await lintRom(services);
    expect(lintFile).not.toHaveBeenCalled();
  });
});
