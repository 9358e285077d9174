/**
 * What README and docs publish figures of, by the name of the file in docs/measurements. Each prints one JSON object.
 *
 * - `command` is what stands beside the figure: a reader types it.
 * - `notebook` is executed from a copy, with `replace` in its cells and the folder `beside` beside it; the result of its last run is
 *   measured too.
 * - `args` are those of node; RUN stands for the run of the measurement named by `of`, which comes first.
 */

const cli = "dist/cli.js";
const RUN = "RUN";

const trained = {
  quickstart: { command: "npm start", notebook: "examples/quickstart.ipynb" },
  "war-and-peace": {
    command: "node dist/cli.js run examples/reproduce-war-and-peace.ipynb",
    notebook: "examples/reproduce-war-and-peace.ipynb",
  },
  "sequential-mnist": { command: "node dist/cli.js run examples/sequential-mnist.ipynb", notebook: "examples/sequential-mnist.ipynb" },
  import: { command: "node dist/cli.js run examples/import.ipynb", notebook: "examples/import.ipynb", beside: "examples/import" },
  "digits-weight-norm": {
    command: "node dist/cli.js run examples/sequential-mnist.ipynb, with normaliser: tl.weightNorm()",
    notebook: "examples/sequential-mnist.ipynb",
    replace: { 'tl.batchNorm({ statistics: "per-timestep" })': "tl.weightNorm()" },
  },
};

const ofRuns = {
  "ngram-quickstart": { command: "node dist/cli.js ngram RUN", of: "quickstart", args: [cli, "ngram", RUN, "--json"] },
  "ngram-war-and-peace": { command: "node dist/cli.js ngram RUN", of: "war-and-peace", args: [cli, "ngram", RUN, "--json"] },
  "score-quickstart": { command: "node dist/cli.js score RUN", of: "quickstart", args: [cli, "score", RUN, "--json"] },
  "score-quickstart-8-bit": {
    command: "node dist/cli.js score RUN --activation-bits 8",
    of: "quickstart",
    args: [cli, "score", RUN, "--activation-bits", "8", "--json"],
  },
  "score-war-and-peace": { command: "node dist/cli.js score RUN", of: "war-and-peace", args: [cli, "score", RUN, "--json"] },
  "verify-quickstart": { command: "node dist/cli.js verify RUN --steps 100", of: "quickstart", args: [cli, "verify", RUN, "--steps", "100", "--json"] },
  "delta-text": { command: "npm run bench:delta -- RUN 20000 64", of: "quickstart", args: ["bench/delta.mjs", RUN, "20000", "64", "--json"] },
  "delta-digits": {
    command: "npm run bench:delta -- RUN 20000 25",
    of: "digits-weight-norm",
    args: ["bench/delta.mjs", RUN, "20000", "25", "--json"],
  },
};

const benches = {
  hardware: {
    command: "npm run bench:hardware -- --units 1000 --columns 1,4",
    args: ["bench/hardware.mjs", "--units", "1000", "--columns", "1,4", "--json"],
  },
  latency: { command: "npm run bench:latency -- --part start", args: ["bench/latency.mjs", "--part", "start", "--json"] },
  runs: { command: "npm run bench:latency -- --part runs", args: ["bench/latency.mjs", "--part", "runs", "--json"] },
  "hour-of-events": { command: "npm run bench:latency -- --part hour", args: ["bench/latency.mjs", "--part", "hour", "--json"] },
  train: { command: "npm run bench:train -- --workload a", args: ["bench/train.mjs", "--workload", "a", "--json"] },
  "train-avx2": {
    command: "TRITLOOM_SIMD=avx2 TRITLOOM_THREADS=1 npm run bench:train -- --workload a,c",
    env: { TRITLOOM_SIMD: "avx2", TRITLOOM_THREADS: "1" },
    args: ["bench/train.mjs", "--workload", "a,c", "--json"],
  },
  sweeps: { command: "npm run bench:sweeps", args: ["bench/sweeps.mjs", "--json"] },
  infer: { command: "npm run bench:infer", args: ["bench/infer.mjs", "--json"] },
};

export const measurements = { ...trained, ...ofRuns, ...benches };
