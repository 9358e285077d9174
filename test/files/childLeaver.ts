import { writeFolder } from "../../src/files/atomicFolder.js";

/** A process that is writing a folder and never finishes: `node childLeaver.js FOLDER`. It tells when files are there. */
const [folder] = process.argv.slice(2) as [string];
const mayReplace = async (): Promise<boolean> => true;

await writeFolder(folder, { mayReplace, remedy: () => "" }, async (target) => {
  await target.write("rom/a.mem", "1\n");
  process.stdout.write("writing\n");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
