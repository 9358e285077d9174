import "../curves/plotlyStyles.js";
// Of the bundles with all kinds of charts this one compiles no code at run time, which the page's policy forbids: in plotly.js-dist-min
// regl, which draws parallel coordinates, does.
export { purge, react } from "plotly.js-strict-dist-min";
