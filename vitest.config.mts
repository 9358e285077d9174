import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { Reporter, reportVariable } from "./scripts/testReporter.mjs";

/** By themselves: minutes of compiling on all cores, beside which a browser would be slow. */
const crossBuilds = "test/native/crossBuild.test.ts";

/** Verilog modules and templates are text, as in the bundles. */
const verilogText = {
  name: "verilog-text",
  transform: (text: string, file: string) => (/\.(v|md)$/.test(file) ? `export default ${JSON.stringify(text)}` : undefined),
};

/** The layers' tests run once more on each tensor backend. */
const backends = ["tensorflow", "wasm", "cpu"];
const layerTests = ["layer", "layerMasking", "tensorKernel"].map((name) => `test/rnn/${name}.test.ts`);

/** Minutes each: one of them that began last would run alone. */
const longest = ["examples/quickstart", "rtl/icarus", "rtl/verilator", "cli/cli", "hardware/report/toggles", "hardware/report/report"].map((name) => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Browsers and child processes beside another file's tests take longer than Vitest's defaults of a few seconds. */
const patience = { testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 20_000 } } };

const reportFile = process.env[reportVariable];

export default defineConfig({
  plugins: [verilogText],
  test: {
    // Much of the time is spent waiting for browsers, kernels and simulators: Vitest's default of cores less one leaves half idle on two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    reporters: reportFile === undefined ? ["default"] : ["default", new Reporter(reportFile)],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", crossBuilds, "**/node_modules/**"],
          ...patience,
        },
      },
      ...backends.map((backend) => ({
        extends: true as const,
        test: { name: `layers-${backend}`, include: layerTests, env: { TRITLOOM_BACKEND: backend }, ...patience },
      })),
      {
        test: {
          name: "builds",
          include: [crossBuilds],
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/*.test.ts"],
          globalSetup: "test/e2e/pages/installedExtension.ts",
          testTimeout: 420_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          expect: { poll: { timeout: 30_000, interval: 100 } },
        },
      },
    ],
  },
});
