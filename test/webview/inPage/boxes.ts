/** A rectangle in CSS pixels of the viewport. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Rounding of layout: less than this is not seen. */
export const tolerance = 1.5;

export const isEmpty = ({ left, top, right, bottom }: Box): boolean => right - left <= 0 || bottom - top <= 0;

export function intersection(one: Box, other: Box): Box {
  return {
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
  };
}

/** The parent that a node is drawn in: through slots and out of shadow roots. */
export function drawnParent(node: Node): Element | null {
  if (node instanceof Element || node instanceof Text) {
    if (node.assignedSlot) {
      return node.assignedSlot;
    }
  }
  const { parentNode } = node;
  return parentNode instanceof ShadowRoot ? parentNode.host : parentNode instanceof Element ? parentNode : null;
}

export function* ancestors(node: Node): Generator<Element> {
  for (let parent = drawnParent(node); parent !== null; parent = drawnParent(parent)) {
    yield parent;
  }
}

/** All nodes of the page, those of shadow roots too. */
export function* allNodes(root: Node): Generator<Node> {
  yield root;
  if (root instanceof Element && root.shadowRoot) {
    yield* allNodes(root.shadowRoot);
  }
  for (const child of root.childNodes) {
    yield* allNodes(child);
  }
}

/** Text for screen readers only is cut away by the `visually-hidden` rule. */
function isCutAway(element: Element): boolean {
  return getComputedStyle(element).clipPath.startsWith("inset(50%");
}

export function isSeen(element: Element): boolean {
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && ![element, ...ancestors(element)].some(isCutAway);
}

/** What a person calls the element: its own text or name, and where it stands. */
export function nameOf(element: Element): string {
  const words = (element.textContent?.trim() || element.getAttribute("aria-label") || "").replace(/\s+/g, " ").slice(0, 40);
  const id = element.id ? `#${element.id}` : "";
  const classes = [...element.classList].slice(0, 2).map((name) => `.${name}`).join("");
  return `<${element.localName}${id}${classes}> "${words}"`;
}

const scrolls = (overflow: string): boolean => overflow === "auto" || overflow === "scroll";
const cuts = (overflow: string): boolean => overflow === "hidden" || overflow === "clip";

function innerBox(element: Element): Box {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  if (!(element instanceof HTMLElement)) {
    return { left, top, right, bottom };
  }
  const { clientLeft, clientTop, clientWidth, clientHeight } = element;
  return { left: left + clientLeft, top: top + clientTop, right: left + clientLeft + clientWidth, bottom: top + clientTop + clientHeight };
}

/** Whether the whole text is told elsewhere when an ellipsis stands for its end. */
function endsInEllipsis(element: Element): boolean {
  const isMarked = getComputedStyle(element).textOverflow === "ellipsis";
  return isMarked && [element, ...ancestors(element)].some((each) => (each.getAttribute("title") ?? "") !== "");
}

export interface Clipping {
  /** The part that a person sees without scrolling. */
  readonly seen: Box;
  /** The element that cuts a part away for good. */
  readonly cutBy: Element | null;
}

/** Ancestors that can clip: an absolutely placed element leaves out those that it is not placed in. */
function* clippers(element: Element): Generator<Element> {
  let placed = getComputedStyle(element).position;
  for (const ancestor of [element, ...ancestors(element)]) {
    const { position } = getComputedStyle(ancestor);
    const passes = ancestor !== element && placed === "absolute" && position === "static";
    if (!passes) {
      yield ancestor;
      placed = position;
    }
    if (position === "fixed") {
      return;
    }
  }
}

interface Side {
  readonly overflow: string;
  readonly isOut: boolean;
}

/** How an element treats what reaches over its edges: left and right, above and below. */
function sidesOf(element: Element, box: Box, inner: Box): Side[] {
  const { overflowX, overflowY } = getComputedStyle(element);
  return [
    { overflow: overflowX, isOut: box.left < inner.left - tolerance || box.right > inner.right + tolerance },
    { overflow: overflowY, isOut: box.top < inner.top - tolerance || box.bottom > inner.bottom + tolerance },
  ];
}

const hasBox = (element: Element): boolean => !["contents", "inline"].includes(getComputedStyle(element).display);

/**
 * @param of the element whose box it is, or the one that holds the text
 * @param own whether the element itself can clip: it does with its text, not with its own edges
 */
export function clip(box: Box, of: Element, own: "text" | "edges"): Clipping {
  let seen = box;
  const elements = [...clippers(of)].slice(own === "text" ? 0 : 1);
  for (const element of elements) {
    const sides = hasBox(element) ? sidesOf(element, seen, innerBox(element)) : [];
    if (sides.some(({ overflow, isOut }) => isOut && cuts(overflow)) && !endsInEllipsis(element)) {
      return { seen: intersection(seen, innerBox(element)), cutBy: element };
    }
    if (sides.some(({ overflow }) => scrolls(overflow) || cuts(overflow))) {
      seen = intersection(seen, innerBox(element));
    }
  }
  return { seen, cutBy: null };
}
