import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Commands of a Slurm cluster in a folder for PATH. They start nothing: a test says what becomes of tasks. */

/** A task's state appears whole. */
const put = "put() { echo \"$1\" > .$2 && mv .$2 tasks/$2; }";

const scripts: Readonly<Record<string, string>> = {
  // Prints the id of the array, and keeps what it was given.
  sbatch: `
[ -s refusal ] && { cat refusal >&2; exit 1; }
id=$(($(ls submissions | wc -l) + 100))
last=0; isArray=
for a in "$@"; do case $a in --array=0-*) last=\${a#--array=0-}; isArray=1;; esac; done
[ $(($(ls tasks | wc -l) + last + 1)) -gt $(cat most-tasks) ] && { echo 'Batch job submission failed: AssocMaxSubmitJobLimit' >&2; exit 1; }
mkdir submission
for a in "$@"; do printf '%s\\0' "$a"; done > submission/arguments
cat > submission/script
i=0
while [ $i -le $last ]; do put 'PENDING|Priority' $id\${isArray:+_$i}; i=$((i + 1)); done
mv submission submissions/$id
echo $id`,
  squeue: `
[ -s outage ] && { cat outage >&2; exit 1; }
for t in tasks/*; do [ -e $t ] && echo "\${t#tasks/}|$(cat $t)"; done; exit 0`,
  scancel: `
echo "$@" >> cancelled
for t in tasks/*; do
  case "$*|$(cat $t)" in *state=PENDING*'|RUNNING|'*) ;; *'|PENDING|'*|*'|RUNNING|'*) put 'CANCELLED|None' \${t#tasks/};; esac
done`,
  scontrol: `
case $1 in
  show) echo "MaxArraySize            = $(cat array-size)";;
  *) echo "$@" >> controlled; shift; for t in "$@"; do put 'PENDING|Priority' $t; done;;
esac`,
  sacct: "[ -e accounting ] && cat accounting",
  // The login shell of the other machine gets the command as one string.
  ssh: `
for a in "$@"; do printf '%s\\0' "$a"; last=$a; done >> connections
case "$*" in *'-O exit'*) exit 0;; esac
exec "$(cat login-shell)" -c "$last"`,
};

export class FakeSlurm {
  private readonly searchPath = process.env["PATH"];

  private constructor(private readonly folder: string) {}

  /** Its commands are the first on PATH until `close`. */
  static async open(folder: string, { loginShell = "sh" } = {}): Promise<FakeSlurm> {
    const fake = new FakeSlurm(folder);
    await mkdir(path.join(folder, "bin"), { recursive: true });
    await mkdir(path.join(folder, "submissions"));
    await mkdir(path.join(folder, "tasks"));
    await fake.write("array-size", "1001");
    await fake.write("most-tasks", "9999");
    await fake.write("login-shell", loginShell);
    for (const [name, script] of Object.entries(scripts)) {
      const file = path.join(folder, "bin", name);
      const own = name === "ssh" ? script.replace("exec ", "cd / && exec ").replace("cat login-shell", `cat '${folder}/login-shell'`) : script;
      await writeFile(file, `#!/bin/sh\ncd '${folder}' || exit 1\n${put}\n${own}\n`);
      await chmod(file, 0o755);
    }
    process.env["PATH"] = `${path.join(folder, "bin")}:${fake.searchPath}`;
    return fake;
  }

  close(): void {
    process.env["PATH"] = this.searchPath;
  }

  /** @param words as squeue tells it: "RUNNING|None" */
  async setTask(id: string, words: string): Promise<void> {
    await this.write(`${id}.task`, `${words}\n`);
    await rename(path.join(this.folder, `${id}.task`), path.join(this.folder, "tasks", id));
  }

  forgetTask(id: string): Promise<void> {
    return rm(path.join(this.folder, "tasks", id));
  }

  async tasks(): Promise<string[]> {
    return (await readdir(path.join(this.folder, "tasks"))).toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  async submissions(): Promise<{ readonly args: string[]; readonly script: string }[]> {
    const ids = (await readdir(path.join(this.folder, "submissions"))).toSorted();
    return Promise.all(
      ids.map(async (id) => ({
        args: (await this.read(`submissions/${id}/arguments`)).split("\0").slice(0, -1),
        script: await this.read(`submissions/${id}/script`),
      })),
    );
  }

  /** A file by which a test tells the commands how to answer, or sees how they were called: "refusal", "outage", "accounting", "cancelled" … */
  write(name: string, text: string): Promise<void> {
    return writeFile(path.join(this.folder, name), text);
  }

  read(name: string): Promise<string> {
    return readFile(path.join(this.folder, name), "utf8").catch(() => "");
  }
}
