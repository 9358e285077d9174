import { absmeanKind } from "./absmean.js";
import { alternatingKind } from "./alternating.js";
import { binaryKind } from "./binary.js";
import { binaryConnectKind } from "./binaryConnect.js";
import { customKind } from "./custom.js";
import { doReFaKind } from "./dorefa.js";
import { fullPrecisionKind } from "./fullPrecision.js";
import { labKind } from "./lab.js";
import { laqKind } from "./laq.js";
import { signKind } from "./sign.js";
import { ternaryKind } from "./ternary.js";
import { ternaryConnectKind } from "./ternaryConnect.js";
import { thresholdKind } from "./threshold.js";
import { ttqKind } from "./ttq.js";
import { twnKind } from "./twn.js";

export { absmean } from "./absmean.js";
export { alternating } from "./alternating.js";
export { binary } from "./binary.js";
export { binaryConnect } from "./binaryConnect.js";
export { quantiser, type CustomContext, type CustomOptions } from "./custom.js";
export { doReFa } from "./dorefa.js";
export { fullPrecision } from "./fullPrecision.js";
export { lab } from "./lab.js";
export { laq } from "./laq.js";
export { sign } from "./sign.js";
export { ternary } from "./ternary.js";
export { ternaryConnect } from "./ternaryConnect.js";
export { threshold } from "./threshold.js";
export { ttq } from "./ttq.js";
export { twn } from "./twn.js";

/**
 * Every kind of quantiser. Who adds one writes its module and names it here, its word for cells above; schema, error messages,
 * parameters, training, combinations and the accelerator follow from this table.
 * @internal
 */
export const quantiserKinds = [
  fullPrecisionKind,
  binaryKind,
  ternaryKind,
  binaryConnectKind,
  ternaryConnectKind,
  signKind,
  thresholdKind,
  twnKind,
  ttqKind,
  labKind,
  laqKind,
  doReFaKind,
  alternatingKind,
  absmeanKind,
  customKind,
] as const;
