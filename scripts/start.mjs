import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkNode, installDependencies, must } from "./install.mjs";
import { startQuickstart } from "./quickstart.mjs";

/** `npm start`: installs, builds, runs the quickstart notebook headless, and says where everything is. */

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
checkNode();
installDependencies();
must("node", ["scripts/build.mjs"]);
must("node", ["scripts/package.mjs"]);

const { report, executed } = await startQuickstart().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const vsix = readdirSync(".").find((file) => file.endsWith(".vsix"));
const hasCode = spawnSync("code", ["--version"], { stdio: "ignore", shell: process.platform === "win32" }).status === 0;

const facts = [
  ["Executed notebook", path.resolve(executed)],
  ...report.runs.map((r) => ["Run directory", r.dir]),
  ...report.roms.map((rom) => ["ROM files", rom.dir]),
  ...report.roms.map((rom) => ["ROM manifest", rom.manifest]),
  ...report.runs.map((r) => ["Test BPC", `${r.testBpc.toFixed(3)} (fixed weights, frozen constants, one stream)`]),
  ["Memory saving", report.memorySavingInWords],
  ["Extension", path.resolve(vsix)],
];
console.log("");
for (const [label, value] of facts) {
  console.log(`${label.padEnd(18)} ${value}`);
}
console.log(
  hasCode
    ? `\nInstall it into VS Code:  code --install-extension ${vsix}`
    : `\nInto VS Code: Extensions view, "...", Install from VSIX, ${vsix}`,
);
