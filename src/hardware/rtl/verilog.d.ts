/** Verilog files and templates are bundled as text. */
declare module "*.v" {
  const text: string;
  export { text as default };
}

declare module "*.md" {
  const text: string;
  export { text as default };
}
