import type { Services } from "../services.js";
import { requireTrust } from "./requireTrust.js";

/** Starts the language server of cells anew, for example after it ended too often. */
export async function restartLanguageServer({ languageServer }: Pick<Services, "languageServer">): Promise<void> {
  requireTrust("Restarting the language server");
  await languageServer.restart();
}
