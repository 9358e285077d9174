import { connectHost } from "../shared/host.js";
import { TablePanel } from "./panel.js";
import { initialViewOptions, viewOptionsSchema } from "./viewOptions.js";
import "../shared/shared.css";
import "../curves/plotly.css";
import "./grid.css";
import "./table.css";

const host = connectHost(
  { schema: viewOptionsSchema, initial: initialViewOptions },
  { onRuns: (...message) => panel.show(...message) },
);
const panel = new TablePanel(document.body, host);
