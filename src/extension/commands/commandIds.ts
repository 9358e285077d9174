import { idsOf } from "../ids.js";
import { type CommandName, commands } from "./commands.js";

/** Every command of the extension, by its name. */
export const commandIds = idsOf(Object.keys(commands) as CommandName[]);
