import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** A Slurm cluster of one node, which takes four tasks at a time, on this machine, in a folder; needs root, as slurmd does. */
export class RealSlurm {
  private readonly daemons = new Map<string, ChildProcess>();
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Its commands are told of it by the environment until `close`. */
  static async open(folder: string): Promise<RealSlurm> {
    const cluster = new RealSlurm(folder);
    for (const each of ["state", "spool", "munge"]) {
      await mkdir(path.join(folder, each), { recursive: true, mode: 0o755 });
    }
    await chmod(folder, 0o755);
    const key = path.join(folder, "munge/key");
    await writeFile(key, randomBytes(1024), { mode: 0o600 });
    await writeFile(cluster.configuration, await configuration(folder));
    process.env["SLURM_CONF"] = cluster.configuration;
    const in_ = (name: string): string => path.join(folder, "munge", name);
    cluster.start("munged", ["--foreground", "--force", `--key-file=${key}`, `--socket=${in_("socket")}`, `--pid-file=${in_("pid")}`, `--log-file=${in_("log")}`, `--seed-file=${in_("seed")}`]);
    try {
      await eventually("munged", () => exists(in_("socket")));
      await cluster.startController();
      cluster.start("slurmd", ["-D", "-f", cluster.configuration]);
      await eventually("slurmd", async () => (await command("sinfo", ["--noheader", "--format=%T"])) === "idle\n");
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** Ends all that the cluster has started. */
  async close(): Promise<void> {
    await command("scancel", ["--user", userInfo().username]).catch(() => undefined);
    // A daemon of a node waits for its tasks, and they for the controller to which they report.
    await eventually("scancel", async () => (await command("squeue", ["--noheader"])) === "").catch(() => undefined);
    await this.end("slurmd", "SIGTERM");
    await this.end("slurmctld", "SIGKILL");
    await this.end("munged", "SIGTERM");
    delete process.env["SLURM_CONF"];
  }

  async startController(): Promise<void> {
    this.start("slurmctld", ["-D", "-f", this.configuration]);
    await eventually("slurmctld", async () => (await command("scontrol", ["ping"])).includes("is UP"));
  }

  /** The controller writes its jobs to disk a few seconds after they change; killed before, it knows nothing of them. */
  async killController(): Promise<void> {
    const now = Date.now();
    await eventually("slurmctld", async () => (await stat(path.join(this.folder, "state", "job_state"))).mtimeMs > now);
    await this.end("slurmctld", "SIGKILL");
  }

  /** What a daemon has logged, for who looks into a test that failed. */
  log(name: string): Promise<string> {
    return readFile(path.join(this.folder, `${name}.log`), "utf8");
  }

  private get configuration(): string {
    return path.join(this.folder, "slurm.conf");
  }

  private start(name: string, args: readonly string[]): void {
    this.daemons.set(name, spawn(`/usr/sbin/${name}`, args, { stdio: "ignore" }));
  }

  private async end(name: string, signal: NodeJS.Signals): Promise<void> {
    const daemon = this.daemons.get(name);
    this.daemons.delete(name);
    if (daemon !== undefined && daemon.exitCode === null && daemon.signalCode === null) {
      const gone = new Promise((resolve) => daemon.once("exit", resolve));
      daemon.kill(signal);
      await gone;
    }
  }
}

async function eventually(program: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > deadline) {
      throw new Error(`${program} did not do its work within 20 seconds.`);
    }
    await sleep(100);
  }
}

/** What a command prints. @throws with what it says */
export async function command(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, [...args])).stdout;
}

async function configuration(folder: string): Promise<string> {
  const [host] = hostname().split(".");
  const { username } = userInfo();
  const at = (name: string): string => path.join(folder, name);
  const [controllerPort, nodePort] = await Promise.all([freePort(), freePort()]);
  return [
    "ClusterName=tritloom",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmUser=${username}`,
    `SlurmdUser=${username}`,
    `SlurmctldPort=${controllerPort}`,
    `SlurmdPort=${nodePort}`,
    "AuthType=auth/munge",
    "CredType=cred/munge",
    `AuthInfo=socket=${at("munge/socket")}`,
    `StateSaveLocation=${at("state")}`,
    `SlurmdSpoolDir=${at("spool")}`,
    `SlurmctldPidFile=${at("slurmctld.pid")}`,
    `SlurmdPidFile=${at("slurmd.pid")}`,
    `SlurmctldLogFile=${at("slurmctld.log")}`,
    `SlurmdLogFile=${at("slurmd.log")}`,
    // A container has neither cgroups of its own nor a systemd.
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "AccountingStorageType=accounting_storage/none",
    "MpiDefault=none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    "SchedulerType=sched/builtin",
    "SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0",
    "SlurmdParameters=config_overrides",
    "ReturnToService=2",
    "KillWait=2",
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN`,
    "PartitionName=main Nodes=ALL Default=YES State=UP",
    "",
  ].join("\n");
}

function exists(file: string): Promise<boolean> {
  return readFile(file).then(() => true, (error: NodeJS.ErrnoException) => error.code !== "ENOENT");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve((address as { port: number }).port));
    });
  });
}
