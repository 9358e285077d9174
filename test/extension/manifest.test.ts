import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contributions } from "../../src/extension/contributions.js";
import { commandIds } from "../../src/extension/commands/commandIds.js";
import { controllerId, notebookType, panelIds, romEditorId, romLanguageId, scheduleRendererId, trainingRendererId, viewIds } from "../../src/extension/ids.js";
import { scheduleMime, trainingMime } from "../../webview/protocol.js";
import { editorExtensions } from "../../src/romFormats/editorExtensions.js";

interface Manifest {
  publisher: string;
  name: string;
  icon: string;
  keywords: string[];
  activationEvents: string[];
  capabilities: {
    untrustedWorkspaces: { supported: unknown; description: string; restrictedConfigurations: string[] };
    virtualWorkspaces: { supported: boolean; description: string };
  };
  contributes: {
    commands: { command: string; title: string; category: string; enablement?: string }[];
    menus: Record<string, { command: string; when?: string; group?: string }[]>;
    viewsContainers: { activitybar: { id: string; title: string; icon: string }[] };
    views: Record<string, { id: string }[]>;
    viewsWelcome: { view: string; contents: string }[];
    languages: { id: string; extensions: string[] }[];
    customEditors: { viewType: string; priority: string; selector: { filenamePattern: string }[] }[];
    notebookRenderer: { id: string; entrypoint: string; mimeTypes: string[]; requiresMessaging: string }[];
    configuration: { properties: Record<string, { scope: string; default?: unknown; markdownDescription?: string; enumDescriptions?: string[] }> };
    keybindings: { command: string; key: string; when: string }[];
    walkthroughs: { steps: { title: string; media: { svg: string }; description: string }[] }[];
  };
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const { commands, menus, views, viewsContainers, viewsWelcome, languages, customEditors, notebookRenderer, configuration, walkthroughs } =
  manifest.contributes;

/** Commands that make sense at any time, and why. */
const alwaysEnabled: Record<string, string> = {
  [commandIds.newNotebook]: "a notebook can always be opened",
  [commandIds.openQuickstart]: "the quickstart comes with the extension",
  [commandIds.showPipeline]: "without a run it shows a preset",
  [commandIds.lintRom]: "any ROM file can be linted",
  [commandIds.convertNotebook]: "any notebook and any script can be converted",
  [commandIds.importCurves]: "curves of any file can be imported",
  [commandIds.openGuide]: "the guide comes with the extension",
};

test("package.json says what the tables of the code say: npm run contributions", () => {
  const { activationEvents, contributes } = manifest;
  expect({ activationEvents, commands: contributes.commands, menus: contributes.menus }).toEqual(contributions);
});

test.each(commands)("$command has the category, and an enablement or a reason for none", ({ command, category, enablement }) => {
  expect(category).toBe("Tritloom");
  expect(enablement === undefined).toBe(command in alwaysEnabled);
});

test("the palette has the commands by their titles, and none that needs a row of the tree", () => {
  const hidden = menus.commandPalette!.filter(({ when }) => when === "false").map(({ command }) => command);
  const offered = commands.filter(({ command }) => !hidden.includes(command)).map(({ title }) => title);
  expect(offered).toEqual([
    "New Experiment Notebook",
    "Show Training Curves",
    "Show Experiments",
    "Show Accelerator Pipeline",
    "Export Weight ROM…",
    "Generate Accelerator…",
    "Verify Against Simulators…",
    "Show Report…",
    "Lint ROM",
    "Show ROM Picture",
    "Show ROM as Text",
    "Restart Kernel",
    "Restart Language Server",
    "Debug Cell",
    "Open Quickstart",
    "Open Guide",
    "Install TensorFlow Backend",
    "Open Terminal with tritloom",
    "Convert Notebook…",
    "Import Curves from CSV…",
    "Run Notebook with Parameters…",
    "Tag Cell as Parameters",
    "Clear Outputs and Save",
    "Resume Run…",
  ]);
});

test("a ROM file open as text has a button for its picture, and the picture one for the text", () => {
  const when = Object.fromEntries(menus["editor/title"]!.map((item) => [item.command, item.when]));
  expect(when[commandIds.showRomPicture]).toContain(`resourceLangId == ${romLanguageId}`);
  expect(when[commandIds.showRomText]).toBe(`activeCustomEditorId == ${romEditorId}`);
});

test("menus, welcome and walkthrough name only commands that exist", () => {
  const ids = new Set(commands.map(({ command }) => command));
  const inMenus = Object.values(menus).flatMap((items) => items.map(({ command }) => command));
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const links = [...viewsWelcome.map(({ contents }) => contents), ...steps.map(({ description }) => description)];
  const linked = links.flatMap((text) => [...text.matchAll(/\(command:([\w.]+)[?)]/g)].map(([, id]) => id!));
  expect(linked.length).toBeGreaterThan(4);
  expect([...inMenus, ...linked].filter((id) => !ids.has(id))).toEqual([]);
});

test("welcome and every step of the walkthrough lead to a page of the guide", () => {
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  for (const text of [...viewsWelcome.filter(({ view }) => view === viewIds.runs).map(({ contents }) => contents), ...steps.map(({ description }) => description)]) {
    const pages = [...text.matchAll(/\(command:tritloom\.openGuide\?([^)]*)\)/g)].map(([, query]) => JSON.parse(decodeURIComponent(query!)) as [string]);
    expect(pages.length, text).toBeGreaterThan(0);
    expect(pages.flat().filter((page) => !existsSync(`docs/guide/${page}.md`))).toEqual([]);
  }
});

test("a run's context menu has all that can be done with it, in groups, the deletion last and apart", () => {
  const ofRuns = menus["view/item/context"]!.filter(({ when }) => when!.startsWith("view == tritloom.runs "));
  const items = ofRuns.filter(({ group }) => !group!.startsWith("inline")).sort((one, other) => one.group!.localeCompare(other.group!));
  expect(items.map(({ command, group }) => `${group!.split("@")[0]} ${command.replace("tritloom.", "")}`)).toEqual([
    "1_open openRunCurves",
    "1_open openRunPipeline",
    "2_export exportRunRom",
    "2_export exportRun",
    "3_training stopRun",
    "3_training resumeRun",
    "4_files revealRun",
    "4_files copyRunPath",
    "4_files copyExperiment",
    "9_delete deleteRun",
  ]);
  const inline = ofRuns.filter(({ group }) => group!.startsWith("inline"));
  expect(inline.every(({ command, when }) => items.some((item) => item.command === command && item.when === when))).toBe(true);
});

test("a variable's context menu opens it, goes to its cell, and copies it", () => {
  const items = menus["view/item/context"]!.filter(({ when }) => when === "view == tritloom.variables && viewItem == variable");
  expect(items.map(({ command, group }) => `${group} ${command.replace("tritloom.", "")}`)).toEqual([
    "1_open@1 openVariable",
    "1_open@2 goToDefiningCell",
    "2_copy@1 copyVariableName",
    "2_copy@2 copyVariableValue",
    "inline@1 goToDefiningCell",
  ]);
});

test("Ctrl+Enter runs the cell in notebooks of this kernel, and where none was used yet: a kernel that is only suggested has no name", () => {
  const kernel = `notebookKernel == '${manifest.publisher}.${manifest.name}/${controllerId}'`;
  const place = `notebookEditorFocused && !notebookOutputFocused && notebookType == '${notebookType}'`;
  expect(manifest.contributes.keybindings).toEqual([
    { command: "notebook.cell.execute", key: "ctrl+enter", when: `${place} && (${kernel} || !notebookKernel)` },
  ]);
});

test("each step of the walkthrough has a picture of its own and a title that fits its line", () => {
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  expect(new Set(steps.map(({ media }) => media.svg)).size).toBe(steps.length);
  expect(steps.filter(({ title }) => title.length > 30)).toEqual([]);
});

test("views, panels and the kernel have the ids that the code uses", () => {
  expect(views.tritloom?.map(({ id }) => id)).toEqual(Object.values(viewIds));
  expect(viewsContainers.activitybar.map(({ title }) => title)).toEqual(["Tritloom"]);
  const kernel = `notebookKernel == '${manifest.publisher}.${manifest.name}/${controllerId}'`;
  expect(menus["notebook/toolbar"]!.every(({ when }) => when?.includes(kernel))).toBe(true);
});

test("ROM files have a language, whose files are linted, and an editor that is only an option", () => {
  expect(languages).toMatchObject([{ id: romLanguageId, extensions: [".mem", ".coe", ".mif", ".hex", ".mi", ".srec"] }]);
  expect(customEditors).toMatchObject([{ viewType: romEditorId, priority: "option" }]);
  const [{ filenamePattern }] = customEditors[0]!.selector as [{ filenamePattern: string }];
  expect(languages[0]!.extensions.every((extension) => filenamePattern.includes(extension.slice(1)))).toBe(true);
  const { all, text } = editorExtensions();
  expect(languages[0]!.extensions.map((extension) => extension.slice(1)).toSorted(), "`npm run contributions` writes them").toEqual(text.toSorted());
  expect(filenamePattern.slice(3, -1).split(",").toSorted(), "`npm run contributions` writes them").toEqual(all.toSorted());
});

test("the extension starts for its own views, panels, outputs, languages and notebooks only", () => {
  expect([...manifest.activationEvents].sort()).toEqual(
    [
      `onNotebook:${notebookType}`,
      // VS Code starts an extension for its own language by itself only where that has a configuration.
      `onLanguage:${romLanguageId}`,
      "onRenderer:tritloom.training",
      `onRenderer:${scheduleRendererId}`,
      ...Object.values(viewIds).map((id) => `onView:${id}`),
      ...Object.values(panelIds).map((id) => `onWebviewPanel:${id}`),
    ].sort(),
  );
  expect(manifest.keywords).toContain("notebookKernelJupyterNotebook");
});

test("renderers take the training output, which asks what became of its run, and a chip's schedule, whose button sends a message", () => {
  expect(notebookRenderer).toHaveLength(2);
  expect(notebookRenderer[0]).toMatchObject({ id: trainingRendererId, mimeTypes: [trainingMime], requiresMessaging: "optional" });
  expect(notebookRenderer[1]).toMatchObject({ id: scheduleRendererId, mimeTypes: [scheduleMime], requiresMessaging: "optional" });
});

test("in an untrusted workspace no setting of the workspace counts", () => {
  const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
  expect(untrustedWorkspaces).toMatchObject({ supported: "limited", restrictedConfigurations: Object.keys(configuration.properties) });
  expect(untrustedWorkspaces.description).not.toBe("");
  expect(virtualWorkspaces.supported).toBe(false);
  expect(configuration.properties["tritloom.nodePath"]?.scope).toBe("machine");
});

test("every picture that is named is there", () => {
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const pictures = [manifest.icon, ...viewsContainers.activitybar.map(({ icon }) => icon), ...steps.map(({ media }) => media.svg)];
  expect(pictures.filter((file) => !existsSync(file))).toEqual([]);
});

test("commands are titles, and settings have defaults and whole sentences", () => {
  const small = ["as", "of", "in", "and", "or", "from", "with", "to", "tritloom"];
  const words = commands.flatMap(({ title }) => title.split(" ").map((word, index) => ({ title, word, isFirst: index === 0 })));
  expect(words.filter(({ word, isFirst }) => (small.includes(word.toLowerCase()) && !isFirst ? word !== word.toLowerCase() : !/^\p{Lu}/u.test(word)))).toEqual([]);
  expect(commands.filter(({ title }) => title.includes("..."))).toEqual([]);
  for (const setting of Object.values(configuration.properties)) {
    expect(setting).toHaveProperty("default");
    expect([setting.markdownDescription ?? "", ...(setting.enumDescriptions ?? [])].filter((text) => !/^\p{Lu}.*\.$/u.test(text))).toEqual([]);
  }
});
