import { followCanvasTexts } from "./canvasText.js";
import { geometryProblems } from "./problems.js";

declare global {
  interface Window {
    geometryProblems(graphics: string): string[];
  }
}

if (!("geometryProblems" in window)) {
  followCanvasTexts();
}
window.geometryProblems = geometryProblems;
