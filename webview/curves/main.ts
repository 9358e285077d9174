import { connectHost } from "../shared/host.js";
import { CurvesPanel } from "./panel.js";
import { initialViewOptions, viewOptionsSchema } from "./viewOptions.js";
import "../shared/shared.css";
import "./plotly.css";
import "./runList.css";
import "./curves.css";

const host = connectHost(
  { schema: viewOptionsSchema, initial: initialViewOptions },
  { onRuns: (...message) => panel.show(...message) },
);
const panel = new CurvesPanel(document.body, host);
