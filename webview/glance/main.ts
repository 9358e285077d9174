import * as z from "zod";
import { connectHost } from "../shared/host.js";
import { GlanceView } from "./glanceView.js";
import "../shared/shared.css";
import "./glance.css";

const nothing = z.object({});
const host = connectHost(
  { schema: nothing, initial: {} },
  {
    onRuns: (runs, selected, isSearching) => view.showRuns(runs, selected, isSearching),
    onPipeline: (state) => view.showPipeline(state),
  },
);
const view = new GlanceView(document.body, (type) => host.post({ type }));
