/**
 * Markup that only shows something: these elements and attributes, written anew. Nothing in it runs, loads or sends, however a
 * browser reads it, since no other element, attribute or address is ever written.
 */
const elements = new Set(
  ("a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small " +
    "span strong sub summary sup table tbody td tfoot th thead tr tt u ul var svg g path rect circle ellipse line polyline polygon text tspan title desc").split(" "),
);
const empty = new Set(["br", "hr", "img", "col"]);

/** Left out without harm to what is shown. */
const ignoredAttribute = /^(?:class|id|data-[\w-]+|name|xmlns(?::\w+)?|xml:space|border|cellpadding|cellspacing)$/i;
const plainAttribute =
  /^(?:title|alt|scope|colspan|rowspan|align|valign|span|start|open|lang|dir|role|aria-[a-z]+|tabindex|width|height|viewbox|x|y|x1|x2|y1|y2|dx|dy|cx|cy|r|rx|ry|d|points|transform|fill|opacity|font-(?:family|size|weight|style)|text-anchor|dominant-baseline|preserveaspectratio|(?:fill|stroke)(?:-[a-z]+)?)$/i;
const wordsForPeople = new Set(["title", "alt", "aria-label"]);
const safeLink = /^(?:https?:\/\/|mailto:|#)/i;
/** The address of a picture that is in the page itself. */
export const safePicture = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*$/i;
const safeStyle =
  /^\s*(?:(?:color|background|background-color|border(?:-[a-z]+)*|padding(?:-[a-z]+)?|margin(?:-[a-z]+)?|width|(?:max|min)-(?:width|height)|height|text-[a-z]+|vertical-align|white-space|overflow(?:-[a-z]+)?|word-break|line-height|font(?:-[a-z]+)*|display|gap|grid-[a-z-]+|flex(?:-[a-z]+)?|align-[a-z]+|justify-[a-z]+|opacity|list-style(?:-type)?|float|caption-side)\s*:\s*[^;:]*(?:;\s*|$))*$/i;
const unsafeValue = /url\s*\(|image(?:-set)?\s*\(|element\s*\(|[\\&@]|\/\*/i;

const piece = /<!--[^]*?-->|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z_:][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*(\/?)>|[^<]+|</giy;
const attribute = /([a-z_:][\w:.-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/gi;

/**
 * The markup made of harmless elements alone, each closed.
 * @returns undefined where there is anything else in it: a script, a style sheet, a form, an address on a network
 */
export function staticMarkup(html: string): string | undefined {
  const open: string[] = [];
  const written: string[] = [];
  for (const [text, slash, name, attributes, selfClosing] of html.matchAll(piece)) {
    const markup = name === undefined ? plainText(text) : tag({ name: name.toLowerCase(), isEnd: slash === "/", isClosed: selfClosing === "/", attributes: attributes ?? "" }, open);
    if (markup === undefined) {
      return undefined;
    }
    written.push(markup);
  }
  return `${written.join("")}${closing(open, 0)}`;
}

/** Comments show nothing. A sign that might begin a declaration, or a tag that is none, is not plain text. */
function plainText(text: string): string | undefined {
  return text.startsWith("<!--") ? "" : text === "<" ? undefined : text.replaceAll(">", "&gt;");
}

interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  readonly isClosed: boolean;
  readonly attributes: string;
}

function tag({ name, isEnd, isClosed, attributes }: Tag, open: string[]): string | undefined {
  if (!elements.has(name)) {
    return undefined;
  }
  if (isEnd) {
    const at = open.lastIndexOf(name);
    return at < 0 ? "" : closing(open, at);
  }
  const kept = attributesOf(name, attributes);
  if (kept === undefined) {
    return undefined;
  }
  if (empty.has(name)) {
    return `<${name}${kept}>`;
  }
  if (isClosed) {
    return `<${name}${kept}></${name}>`;
  }
  open.push(name);
  return `<${name}${kept}>`;
}

/** Ends of the elements that are open from this one on, the innermost first. */
function closing(open: string[], from: number): string {
  return open.splice(from).reverse().map((name) => `</${name}>`).join("");
}

function attributesOf(element: string, text: string): string | undefined {
  const kept: string[] = [];
  for (const [, name, quoted, single, bare] of text.matchAll(attribute)) {
    const value = quoted ?? single ?? bare ?? "";
    if (!ignoredAttribute.test(name!)) {
      if (!isSafe(element, name!.toLowerCase(), value)) {
        return undefined;
      }
      kept.push(` ${name}="${value.replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"${name!.toLowerCase() === "href" ? ' rel="noopener noreferrer"' : ""}`);
    }
  }
  return kept.join("");
}

function isSafe(element: string, name: string, value: string): boolean {
  switch (name) {
    case "href":
      return element === "a" && safeLink.test(value);
    case "src":
      return element === "img" && safePicture.test(value);
    case "style":
      return safeStyle.test(value) && !unsafeValue.test(value);
    default:
      return wordsForPeople.has(name) || (plainAttribute.test(name) && !unsafeValue.test(value));
  }
}
