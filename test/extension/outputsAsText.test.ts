import { expect, test } from "vitest";
import { textOfOutputs } from "../../src/extension/notebook/outputsAsText.js";

test("outputs of a cell that is gone can be read as text, with its code and in order", () => {
  const text = textOfOutputs("const a = 1;\n\na", [
    { type: "stream", id: "1", name: "stdout", text: "printed\n" },
    { type: "display", id: "1", displayId: "d1", update: false, data: { "text/html": "<b>x</b>", "text/plain": "x" } },
    { type: "display", id: "1", displayId: "d2", update: false, data: { "image/png": "…" } },
    { type: "error", id: "1", error: { name: "TypeError", message: "no", stack: "" } },
    { type: "done", id: "1", status: "error" },
  ]);
  expect(text).toBe("// const a = 1;\n//\n// a\n\nprinted\nx\n[image/png]\nTypeError: no\n");
});
