/** Verilog files are bundled as text. */
declare module "*.v" {
  const text: string;
  export { text as default };
}
