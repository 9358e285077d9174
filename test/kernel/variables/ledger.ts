import { TensorLedger } from "../../../kernel/variables/tensorLedger.js";

/** A ledger without a library: values that are no tensors need none. */
export const emptyLedger = new TensorLedger(() => undefined);
