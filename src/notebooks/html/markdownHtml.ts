import MarkdownIt from "markdown-it";
import { escapeHtml } from "../../text/markup.js";
import { safePicture } from "./staticMarkup.js";
import { highlighted } from "./highlight.js";

/** The data address of a picture that Markdown names; undefined where there is none that a page without a network can show. */
export type FindPicture = (address: string) => string | undefined;

const names = ["typescript", "ts", "tsx", "javascript", "js", "jsx"];

const markdown = new MarkdownIt({
  // Elements are shown as text, but a comment is nobody's to see.
  html: true,
  linkify: false,
  highlight: (code, language) => highlighted(code, names.includes(language) ? undefined : language || "text"),
});
markdown.renderer.rules.html_inline = (tokens, index) => withoutComments(tokens[index]!.content);
markdown.renderer.rules.html_block = (tokens, index) => {
  const text = withoutComments(tokens[index]!.content).trim();
  return text === "" ? "" : `<p>${text}</p>\n`;
};
markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const link = tokens[index]!;
  if (!/^(?:https?:|mailto:|#)/i.test(String(link.attrGet("href")))) {
    link.attrSet("href", "#");
  }
  link.attrSet("rel", "noopener noreferrer");
  return self.renderToken(tokens, index, options);
};
markdown.renderer.rules.image = (tokens, index, _options, env) => {
  const { content: alternative } = tokens[index]!;
  const address = String(tokens[index]!.attrGet("src"));
  const data = /^data:/i.test(address) ? address : (env as { readonly find: FindPicture }).find(address);
  if (data === undefined || !safePicture.test(data)) {
    return `<span class="missing">${escapeHtml(`${alternative} (picture that is not in this file: ${address})`)}</span>`;
  }
  return `<img src="${data}" alt="${escapeHtml(alternative)}">`;
};

/**
 * Markdown (CommonMark, tables and strikethrough as GitHub's) as markup without scripts: elements of HTML are shown as text, links
 * lead to web and mail addresses and into the page only, and pictures are in it.
 */
export function markdownHtml(text: string, find: FindPicture): string {
  return markdown.render(text, { find });
}

function withoutComments(html: string): string {
  return escapeHtml(html.replace(/<!--[^]*?-->/g, ""));
}
