import * as z from "zod";
import { connectHost } from "../shared/host.js";
import { showProblem } from "../shared/problem.js";
import { RomView } from "./romView.js";
import "../shared/shared.css";
import "./rom.css";

const view = new RomView(document.body);
connectHost(
  { schema: z.object({}), initial: {} },
  {
    onRom: (rom) => {
      try {
        view.show(rom);
      } catch (error) {
        showProblem(error instanceof Error ? error.message : String(error));
      }
    },
  },
);
