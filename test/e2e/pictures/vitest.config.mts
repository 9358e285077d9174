import { defineConfig } from "vitest/config";

/** `npm run pictures`: not a suite of tests, so that no other run of vitest takes pictures. */
export default defineConfig({
  test: {
    include: ["test/e2e/pictures/*.pictures.ts"],
    globalSetup: "test/e2e/pages/installedExtension.ts",
    testTimeout: 300_000,
    hookTimeout: 240_000,
    fileParallelism: false,
    expect: { poll: { timeout: 30_000, interval: 100 } },
  },
});
