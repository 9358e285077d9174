/** Colours of text on the page have a contrast of at least 4.5:1 (WCAG 2.2, 1.4.3) in both schemes. */
const light = "--page:#fff;--text:#1f2328;--faint:#59636e;--box:#f6f8fa;--line:#d1d9e0;--link:#0969da;--error:#b31d28;--keyword:#a0111f;--string:#0a3069;--number:#0550ae;--comment:#59636e";
const dark = "--page:#0d1117;--text:#e6edf3;--faint:#9198a1;--box:#161b22;--line:#3d444d;--link:#6cb6ff;--error:#ff8a80;--keyword:#ff8b83;--string:#a5d6ff;--number:#79c0ff;--comment:#9198a1";

/** The page's style sheet; pictures of the product take the editor's colour names. */
export const pageStyles = `
:root{color-scheme:light dark;${light};--vscode-foreground:var(--text);--vscode-descriptionForeground:var(--faint);--vscode-panel-border:var(--line);--vscode-charts-blue:#3f87cf;--vscode-charts-orange:#d9730d}
@media (prefers-color-scheme:dark){:root{${dark}}}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,sans-serif}
main{max-width:54rem;margin:0 auto;padding:1.5rem 1rem 4rem}
a{color:var(--link)}
pre,code,samp{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875rem}
pre{margin:0;overflow-x:auto;white-space:pre;tab-size:4}
p code,li code,td code{background:var(--box);padding:.1em .3em;border-radius:4px}
section{margin:1rem 0}
section.markdown pre{background:var(--box);padding:.6rem .8rem;border-radius:6px}
table{border-collapse:collapse}
th,td{padding:.15rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
img,svg{max-width:100%;height:auto}
blockquote{margin:0;padding-left:1rem;border-left:4px solid var(--line);color:var(--faint)}
.code{background:var(--box);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem}
.count{color:var(--faint);font-size:.75rem;margin:0 0 .2rem}
.output{contain:paint;overflow-x:auto;padding:.5rem .8rem;font-variant-numeric:tabular-nums}
.output pre{white-space:pre-wrap;overflow-wrap:anywhere}
.output figure{margin:0}.output figcaption{font-weight:600}
.error{border-left:4px solid var(--error)}.error strong,.stderr{color:var(--error)}
.missing{color:var(--faint);font-style:italic}
iframe{width:100%;height:24rem;border:1px solid var(--line);resize:vertical}
.keyword{color:var(--keyword)}.string,.regexp{color:var(--string)}.number{color:var(--number)}.comment{color:var(--comment);font-style:italic}
@media print{:root{color-scheme:light;${light}}main{max-width:none;padding:0}pre{white-space:pre-wrap;overflow-wrap:anywhere}.code,figure,img,svg,tr{break-inside:avoid}}
`;
