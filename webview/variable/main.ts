import * as z from "zod";
import { connectHost } from "../shared/host.js";
import { showProblem } from "../shared/problem.js";
import { VariablePage } from "./variablePage.js";
import "../shared/shared.css";
import "./variable.css";

const page = new VariablePage(document.body, (look) => host.post({ type: "look", look }));
const host = connectHost(
  { schema: z.object({}), initial: {} },
  {
    onVariable: (state) => {
      try {
        page.show(state);
      } catch (error) {
        showProblem(error instanceof Error ? error.message : String(error));
      }
    },
  },
);
