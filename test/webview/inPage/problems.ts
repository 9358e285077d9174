import { allNodes, ancestors, clip, drawnParent, intersection, isEmpty, isSeen, nameOf, tolerance, type Box } from "./boxes.js";
import type { CanvasText } from "./canvasText.js";
import { colourOf, contrast, mostFrequent, over, type Colour } from "./colours.js";

/** Smaller is not read without a lens. */
const leastFontSize = 9;

const controlSelector = "button, input, select, textarea, summary, a[href], vscode-button, vscode-checkbox, vscode-dropdown, vscode-text-field";
/** What may lie over the rest while somebody asks for it. */
const layerSelector = "[role=tooltip], [role=listbox], #tooltip, .hoverlayer";

interface Seen {
  readonly element: Element;
  readonly boxes: readonly Box[];
}

interface SeenText extends Seen {
  readonly node: Text;
}

function inset({ left, top, right, bottom }: Box, share: number): Box {
  const by = (bottom - top) * share;
  return { left, top: top + by, right, bottom: bottom - by };
}

function linesOf(text: Text): Box[] {
  const range = document.createRange();
  range.selectNodeContents(text);
  return [...range.getClientRects()].filter((box) => !isEmpty(box));
}

const isLayer = (element: Element): boolean => element.closest(layerSelector) !== null;

function seenTexts(problems: string[]): SeenText[] {
  return [...allNodes(document.body)].flatMap((node) => {
    const element = drawnParent(node);
    if (!(node instanceof Text) || node.data.trim() === "" || element === null || element.localName === "script" || !isSeen(element) || isLayer(element)) {
      return [];
    }
    const clippings = linesOf(node).map((line) => clip(line, element, "text"));
    const cut = clippings.find(({ cutBy }) => cutBy !== null);
    if (cut?.cutBy) {
      problems.push(`cut: ${nameOf(element)} by ${nameOf(cut.cutBy)}`);
    }
    const boxes = clippings.map(({ seen }) => seen).filter((box) => !isEmpty(box));
    return boxes.length === 0 ? [] : [{ element, node, boxes }];
  });
}

/** The toolkit's controls have a native one inside, which is not another. */
function isControl(node: Node): node is Element {
  const isInside = (): boolean => [...ancestors(node)].some((each) => each.matches(controlSelector));
  return node instanceof Element && node.matches(controlSelector) && !isInside();
}

function seenControls(problems: string[]): Seen[] {
  const elements = [...allNodes(document.body)].filter(isControl);
  return elements.filter((element) => isSeen(element) && !isLayer(element)).flatMap((element) => {
    const whole = element.getBoundingClientRect();
    if (isEmpty(whole)) {
      return [];
    }
    const { seen, cutBy } = clip(whole, element, "edges");
    if (cutBy) {
      problems.push(`cut: ${nameOf(element)} by ${nameOf(cutBy)}`);
    }
    return isEmpty(seen) ? [] : [{ element, boxes: [seen] }];
  });
}

const isWithin = (inner: Element, outer: Element): boolean => inner === outer || [...ancestors(inner)].includes(outer);
const areKin = (one: Element, other: Element): boolean => isWithin(one, other) || isWithin(other, one);

function meets(one: Seen, other: Seen): boolean {
  return one.boxes.some((box) =>
    other.boxes.some((against) => {
      const { left, top, right, bottom } = intersection(inset(box, 0.15), inset(against, 0.15));
      return right - left > tolerance && bottom - top > tolerance;
    }),
  );
}

function overlaps(texts: readonly Seen[], controls: readonly Seen[], problems: string[]): void {
  texts.forEach((text, index) => {
    const text2 = texts.slice(index + 1).find((other) => meets(text, other));
    if (text2) {
      problems.push(`overlap: ${nameOf(text.element)} and ${nameOf(text2.element)}`);
    }
    const control = controls.find((other) => !areKin(text.element, other.element) && meets(text, other));
    if (control) {
      problems.push(`overlap: ${nameOf(text.element)} and ${nameOf(control.element)}`);
    }
  });
  controls.forEach((control, index) => {
    const other = controls.slice(index + 1).find((each) => !areKin(control.element, each.element) && meets(control, each));
    if (other) {
      problems.push(`overlap: ${nameOf(control.element)} and ${nameOf(other.element)}`);
    }
  });
}

/** Elements at a place, the uppermost first, those of shadow roots too. */
function elementsAt(x: number, y: number, root: DocumentOrShadowRoot = document): Element[] {
  return root.elementsFromPoint(x, y).flatMap((element) => {
    const { shadowRoot } = element;
    const inside = shadowRoot && shadowRoot !== root ? elementsAt(x, y, shadowRoot).filter((each) => each.getRootNode() === shadowRoot) : [];
    return [...inside, element];
  });
}

function paintOf(element: Element): Colour {
  const style = getComputedStyle(element);
  if (element instanceof SVGGeometryElement) {
    const [red, green, blue, alpha] = style.fill === "none" || style.fill.startsWith("url") ? colourOf("transparent") : colourOf(style.fill);
    return [red, green, blue, alpha * Number(style.fillOpacity) * opacityOf(element)];
  }
  const [red, green, blue, alpha] = element instanceof SVGElement && element.localName !== "svg" ? colourOf("transparent") : colourOf(style.backgroundColor);
  return [red, green, blue, alpha * opacityOf(element)];
}

function opacityOf(element: Element): number {
  return [element, ...ancestors(element)].reduce((product, each) => product * Number(getComputedStyle(each).opacity), 1);
}

const pageColour = (): Colour => over(colourOf(getComputedStyle(document.documentElement).backgroundColor), [255, 255, 255, 1]);

/** What is painted below an element at a place, its own background too. */
function backgroundAt(x: number, y: number, element: Element): Colour {
  const stack = elementsAt(x, y);
  const from = stack.indexOf(element);
  const below = from >= 0 ? stack.slice(from) : [element, ...ancestors(element)];
  return below.reverse().reduce((colour, each) => over(paintOf(each), colour), pageColour());
}

/** Only what is in the viewport can be asked what lies below it. */
function lineInView(element: Element, text: Text): Box {
  const { left, top, right, bottom } = linesOf(text)[0]!;
  if (top < 0 || bottom > window.innerHeight || left < 0 || right > window.innerWidth) {
    element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  }
  return linesOf(text)[0]!;
}

function isLarge({ fontSize, fontWeight }: CSSStyleDeclaration): boolean {
  const size = Number.parseFloat(fontSize);
  return size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
}

/** Pixels of the screen for one of the drawing that the text is in. */
function scaleOf(element: Element): number {
  const matrix = element instanceof SVGGraphicsElement ? element.getScreenCTM() : null;
  return matrix === null ? 1 : Math.hypot(matrix.a, matrix.b);
}

/** WCAG 2.2 asks nothing of controls that cannot be used. */
const isDisabled = (element: Element): boolean => [element, ...ancestors(element)].some((each) => each.matches(":disabled, [disabled], [aria-disabled=true]"));

function checkText({ element, node }: SeenText, problems: string[]): void {
  const style = getComputedStyle(element);
  const size = Number.parseFloat(style.fontSize) * scaleOf(element);
  if (size < leastFontSize) {
    problems.push(`small: ${nameOf(element)} has a font of ${size.toFixed(1)} px`);
  }
  if (isDisabled(element)) {
    return;
  }
  const { left, top, right, bottom } = lineInView(element, node);
  const background = backgroundAt((left + right) / 2, (top + bottom) / 2, element);
  const [red, green, blue, alpha] = colourOf(element instanceof SVGElement ? style.fill : style.color);
  const ratio = contrast(over([red, green, blue, alpha * opacityOf(element)], background), background);
  const least = isLarge(style) ? 3 : 4.5;
  if (ratio < least) {
    problems.push(`contrast: ${nameOf(element)} has ${ratio.toFixed(2)}, needs ${least}`);
  }
}

/** A field's text is no node: its width is measured. */
function checkFields(problems: string[]): void {
  const pen = new OffscreenCanvas(1, 1).getContext("2d")!;
  for (const node of allNodes(document.body)) {
    if (node instanceof HTMLInputElement && ["text", "number", "search"].includes(node.type) && isSeen(node)) {
      const style = getComputedStyle(node);
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const room = node.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      const words = node.value || node.placeholder;
      if (pen.measureText(words).width > room + tolerance && node.title === "") {
        problems.push(`cut: "${words}" in a field of ${Math.round(room)} px`);
      }
    }
  }
}

function canvasPlace(canvas: HTMLCanvasElement, { text }: CanvasText): string {
  return `"${text.slice(0, 40)}" on ${nameOf(canvas)}`;
}

function checkCanvasText(canvas: HTMLCanvasElement, written: CanvasText, problems: string[]): void {
  const { box, size, colour, alpha, below } = written;
  const place = canvasPlace(canvas, written);
  const ratio = canvas.width / Math.max(1, canvas.clientWidth);
  if (box.left < -tolerance || box.top < -tolerance || box.right > canvas.width + tolerance || box.bottom > canvas.height + tolerance) {
    problems.push(`cut: ${place} by its edge`);
  }
  if (size / ratio < leastFontSize) {
    problems.push(`small: ${place} has a font of ${(size / ratio).toFixed(1)} px`);
  }
  const place0 = canvas.getBoundingClientRect();
  const background = mostFrequent(below, backgroundAt(place0.left + 1, place0.top + 1, canvas));
  const [red, green, blue, own] = colourOf(colour);
  const found = contrast(over([red, green, blue, own * alpha], background), background);
  if (found < 4.5) {
    problems.push(`contrast: ${place} has ${found.toFixed(2)}, needs 4.5`);
  }
}

function checkCanvases(problems: string[]): void {
  for (const canvas of document.querySelectorAll("canvas")) {
    const texts = isSeen(canvas) ? (canvas.writtenTexts ?? []) : [];
    texts.forEach((written, index) => {
      checkCanvasText(canvas, written, problems);
      const seen = ({ box }: CanvasText): Seen => ({ element: canvas, boxes: [box] });
      const other = texts.slice(index + 1).find((each) => meets(seen(written), seen(each)));
      if (other) {
        problems.push(`overlap: ${canvasPlace(canvas, written)} and ${canvasPlace(canvas, other)}`);
      }
    });
  }
}

/** Share of a swatch's pixels that must stand out from what is around it. */
const leastDistinctShare = 0.3;

function canvasContrast(canvas: HTMLCanvasElement, background: Colour): boolean {
  const data = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data;
  let [distinct, painted] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]! / 255;
    painted += alpha > 0 ? 1 : 0;
    distinct += contrast(over([data[at]!, data[at + 1]!, data[at + 2]!, alpha], background), background) >= 3 ? 1 : 0;
  }
  return distinct > 0 && distinct >= leastDistinctShare * painted;
}

/** The colour of a drawing: its line's, else its filling's. */
function markColour(element: Element): Colour {
  const { stroke, fill, backgroundColor } = getComputedStyle(element);
  const [red, green, blue, alpha] = colourOf(!(element instanceof SVGElement) ? backgroundColor : stroke !== "none" ? stroke : fill);
  return [red, green, blue, alpha * opacityOf(element)];
}

function isDistinct(element: Element, background: Colour): boolean {
  return element instanceof HTMLCanvasElement
    ? canvasContrast(element, background)
    : contrast(over(markColour(element), background), background) >= 3;
}

/** WCAG 2.2, 1.4.11: graphics that carry meaning have 3 : 1 against what is next to them. Views draw what is in sight. */
function checkGraphics(selector: string, problems: string[]): void {
  for (const element of [...document.querySelectorAll(selector)].filter(isSeen)) {
    const { left, top } = element.getBoundingClientRect();
    if (top >= window.innerHeight) {
      continue;
    }
    const holder = (element instanceof SVGElement ? element.closest("svg")?.parentElement : drawnParent(element)) ?? document.body;
    if (!isDistinct(element, backgroundAt(left, top, holder))) {
      problems.push(`contrast: the mark ${nameOf(element)} in ${nameOf(holder)} needs 3`);
    }
  }
}

/** A page that scrolls sideways, and the first element that makes it. */
function checkPage(problems: string[]): void {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth + tolerance) {
    const widest = [...document.body.querySelectorAll("*")].find((element) => element.getBoundingClientRect().right > scrollWidth - tolerance);
    problems.push(`sideways: the page is ${scrollWidth} px wide, the view ${clientWidth} px, because of ${widest ? nameOf(widest) : "its body"}`);
  }
}

/** What is cut, lies over something else, is too small or too pale on this page, one line each. */
export function geometryProblems(graphics: string): string[] {
  const problems: string[] = [];
  checkPage(problems);
  const reachable = new CSSStyleSheet();
  reachable.replaceSync("* { pointer-events: auto !important }");
  document.adoptedStyleSheets.push(reachable);
  document.querySelectorAll("*").forEach((element) => (element.scrollTop = 0));
  const texts = seenTexts(problems);
  overlaps(texts, seenControls(problems), problems);
  checkFields(problems);
  checkCanvases(problems);
  if (graphics !== "") {
    checkGraphics(graphics, problems);
  }
  texts.forEach((text) => checkText(text, problems));
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== reachable);
  return [...new Set(problems)];
}
