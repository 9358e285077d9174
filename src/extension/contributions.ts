import { editorExtensions } from "../romFormats/editorExtensions.js";
import { type AnyCommand, type CommandName, commands } from "./commands/commands.js";
import { commandIds } from "./commands/commandIds.js";
import { notebookType, panelIds, romLanguageId, scheduleRendererId, trainingRendererId, viewIds } from "./ids.js";

interface MenuItem {
  readonly command: string;
  readonly group?: string;
  readonly when: string;
}

const entries = Object.entries(commands) as [CommandName, AnyCommand][];

const menuOrder = ["notebook/toolbar", "notebook/cell/title", "notebook/cell/execute", "editor/title", "view/title", "view/item/context"] as const;

/** The endings of ROM files: those that the editor of ROM files opens, and of them those that are text. */
export const romExtensions = editorExtensions();

/** The parts of package.json that follow from tables of the code; `npm run contributions` writes them. */
export const contributions = {
  activationEvents: [
    `onNotebook:${notebookType}`,
    // VS Code starts an extension for its own language by itself only where that has a configuration.
    `onLanguage:${romLanguageId}`,
    ...Object.values(viewIds).map((id) => `onView:${id}`),
    ...[trainingRendererId, scheduleRendererId].map((id) => `onRenderer:${id}`),
    ...Object.values(panelIds).map((id) => `onWebviewPanel:${id}`),
  ],
  commands: entries.map(([name, { title, icon, enablement }]) => ({
    command: commandIds[name],
    title,
    category: "Tritloom",
    ...(icon !== undefined && { icon: `$(${icon})` }),
    ...(enablement !== undefined && { enablement }),
  })),
  menus: {
    commandPalette: entries.filter(([, command]) => !("run" in command)).map(([name]): MenuItem => ({ command: commandIds[name], when: "false" })),
    ...Object.fromEntries(menuOrder.map((menu) => [menu, itemsOf(menu)])),
  },
};

function itemsOf(menu: (typeof menuOrder)[number]): MenuItem[] {
  const items = entries.flatMap(([name, { buttons = [] }]) =>
    buttons.filter((button) => button.menu === menu).map(({ group, when }): MenuItem => ({ command: commandIds[name], group, when })),
  );
  return items.sort((one, other) => (one.group! < other.group! ? -1 : 1));
}
