import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** By themselves: minutes of compiling on all cores, beside which a browser would be slow. */
const crossBuilds = "test/native/crossBuild.test.ts";

/** Verilog modules and templates are text, as in the bundles. */
const verilogText = {
  name: "verilog-text",
  transform: (text: string, file: string) => (/\.(v|md)$/.test(file) ? `export default ${JSON.stringify(text)}` : undefined),
};

export default defineConfig({
  plugins: [verilogText],
  test: {
    // Much of the time is spent waiting for browsers, kernels and simulators: Vitest's default of cores less one leaves half idle on two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", crossBuilds, "**/node_modules/**"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Browsers and child processes beside another file's tests take longer than Vitest's default of one second.
          expect: { poll: { timeout: 20_000 } },
        },
      },
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
          globalSetup: "test/e2e/installation.ts",
          testTimeout: 420_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          expect: { poll: { timeout: 30_000, interval: 100 } },
        },
      },
    ],
  },
});
