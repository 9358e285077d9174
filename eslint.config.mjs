import js from "@eslint/js";
import tseslint from "typescript-eslint";

const plainExports = [
  { selector: "ExportDefaultDeclaration", message: "Name what you export." },
  { selector: "ExportAllDeclaration", message: "Barrel files hide where a name comes from." },
];

/** The house rules that a linter can keep; which room may import which is in dependency-rules.cjs. */
export default tseslint.config(
  { ignores: ["**/node_modules/", "dist/", "out/", "bench/.venv/", "**/fixtures/", "examples/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      complexity: ["error", 10],
      "max-lines": ["error", 400],
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"], location: "anywhere" }],
      "no-console": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-ignore": true, "ts-nocheck": true, "ts-expect-error": true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-syntax": ["error", ...plainExports],
    },
  },
  {
    files: ["src/**/*.ts", "kernel/**/*.ts", "webview/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unsafe-argument": "error",
      "@typescript-eslint/no-unsafe-assignment": "error",
      "@typescript-eslint/no-unsafe-call": "error",
      "@typescript-eslint/no-unsafe-member-access": "error",
      "@typescript-eslint/no-unsafe-return": "error",
    },
  },
  {
    files: ["src/**/*.ts", "kernel/**/*.ts"],
    // Its folders may be removed while they are made, which Node tells more plainly; that above them is there.
    ignores: ["src/runs/marksFile.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        ...plainExports,
        { selector: "CallExpression[callee.name='mkdir'] Property[key.name='recursive']", message: "Call makeFolder: in a folder that takes no others, as /proc, this never ends." },
      ],
    },
  },
  {
    // The words of a table go to cells by themselves.
    files: ["src/api/tensorflow.ts", "src/api/index.ts", "**/*.config.{mjs,mts,ts}"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    // `npm test` counts a skipped test as a failed one, but only on the processor that skips it.
    files: ["test/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...["it", "test", "describe"].flatMap((object) =>
          ["only", "runIf", "skip", "skipIf", "todo"].map((property) => ({ object, property, message: "Define a test where it can run: if (...) { it(...) }." })),
        ),
      ],
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly", setTimeout: "readonly", clearTimeout: "readonly", performance: "readonly", fetch: "readonly", AbortController: "readonly", AbortSignal: "readonly", module: "writable", require: "readonly", __dirname: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // Some of their functions run in the page that they measure.
    files: ["bench/experiments.mjs", "bench/hourOfEvents.mjs"],
    languageOptions: { globals: { window: "readonly", document: "readonly", Event: "readonly", requestAnimationFrame: "readonly" } },
  },
);
