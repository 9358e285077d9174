import { it } from "vitest";
import { importModel } from "../../src/api/importModel.js";
import { data } from "../../src/api/data.js";
import { characterModel } from "../../src/api/tasks.js";
import { ternary, binary, twn } from "../../src/quantisers/quantisers.js";
import { displaySymbol } from "../../src/display/host.js";

it("tries", async () => {
  const text = await data.text("moby-dick");
  const t0 = Date.now();
  const imported = await importModel(process.env.TRYFILE!, { task: characterModel(text) });
  console.log((await imported[displaySymbol]())["text/plain"], Date.now() - t0);
  for (const [name, options] of Object.entries({
    row: { calibrate: false }, gate: { calibrate: false, scales: "gate" }, matrix: { calibrate: false, scales: "matrix" },
    cal: {}, cal5: { calibrate: { timesteps: 6000 } }, twn: { quantiser: twn() }, t5: { quantiser: ternary({ threshold: 0.5 }) }, binary: { quantiser: binary() },
  } as any)) {
    const t = Date.now();
    const q = await imported.quantise(options as any);
    const e = await q.evaluate("validation");
    console.log(name, e.deployable.bpc.toFixed(4), Date.now() - t);
  }
}, 600000);
