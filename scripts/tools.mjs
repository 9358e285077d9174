import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { must } from "./install.mjs";

/** The programs outside npm that the tests use as independent witnesses, and the Debian package of each. */
const tools = [
  { names: ["chromium", "chromium-browser", "google-chrome"], aptPackage: "chromium", purpose: "webview and end-to-end tests" },
  { names: ["g++"], aptPackage: "g++", purpose: "the native compute kernel and the TensorFlow backend" },
  { names: ["gcc"], aptPackage: "gcc", purpose: "compiling exported C headers" },
  { names: ["make"], aptPackage: "make", purpose: "Verilator's builds" },
  { names: ["ps"], aptPackage: "procps", purpose: "waiting for every process of an end-to-end test" },
  { names: ["iverilog"], aptPackage: "iverilog", purpose: "loading ROM files in Icarus Verilog" },
  { names: ["verilator"], aptPackage: "verilator", purpose: "loading ROM files in Verilator" },
  { names: ["yosys"], aptPackage: "yosys", purpose: "loading ROM files in Yosys, and hardware reports" },
  { names: ["sta"], aptPackage: "opensta", purpose: "timing in hardware reports" },
  {
    names: ["osu018_stdcells.lib"],
    file: "/usr/share/qflow/tech/osu018/osu018_stdcells.lib",
    aptPackage: "qflow-tech-osu018",
    purpose: "standard cells of hardware reports",
  },
  { names: ["vcd2fst"], aptPackage: "gtkwave", purpose: "reading value change dumps as GTKWave does" },
  { names: ["srec_cat"], aptPackage: "srecord", purpose: "reading HEX, MIF and S-record files back" },
  { names: ["ghdl"], aptPackage: "ghdl-mcode", purpose: "reading VHDL packages back" },
  { names: ["redis-server"], aptPackage: "redis-server", purpose: "sweeps through Redis" },
  { names: ["openssl"], aptPackage: "openssl", purpose: "certificates of a Redis that speaks TLS" },
  { names: ["python3"], aptPackage: "python3", purpose: "unpacking the TensorFlow library, running exported ONNX files" },
  { names: ["pip3", "pip"], aptPackage: "python3-pip", purpose: "fetching the TensorFlow library, and onnx, onnxruntime and qonnx" },
  { names: ["slurmctld"], file: "/usr/sbin/slurmctld", aptPackage: "slurm-wlm", purpose: "sweeps on a Slurm cluster" },
  { names: ["munged"], file: "/usr/sbin/munged", aptPackage: "munge", purpose: "sweeps on a Slurm cluster" },
];

function isThere({ names, file }) {
  const answers = (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined;
  return file === undefined ? names.some(answers) : existsSync(file);
}

function mayUseApt() {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

/**
 * Makes sure that every tool is there: installs what is missing where it may (root and apt), else says exactly what
 * to install and stops. Nothing is skipped.
 */
function ensureTools() {
  const missing = tools.filter((tool) => !isThere(tool));
  if (missing.length === 0) {
    return;
  }
  const packages = missing.map((tool) => tool.aptPackage);
  if (mayUseApt()) {
    console.error(`Installing ${packages.join(", ")}...`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    must("apt-get", ["update", "-qq"], { env });
    must("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env, stdio: ["ignore", "ignore", 2] });
    return;
  }
  console.error("The tests need these programs and files, which are not on PATH or not in their place:");
  for (const tool of missing) {
    console.error(`  ${tool.names[0]} (${tool.purpose})`);
  }
  console.error(`On Debian or Ubuntu:  sudo apt-get install ${packages.join(" ")}`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureTools();
}
