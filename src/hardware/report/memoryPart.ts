import type { HostPart } from "../acceleratorModel.js";
import type { FixedModel } from "../fixedModel.js";
import { accountMemory } from "../rom/memory.js";
import { figure, type Figure, type Provenance } from "./figure.js";
import type { MemoryPart } from "./reportSchema.js";

/** @param host what the model has beside the accelerator's layers */
export function memoryPart(model: FixedModel, macUnits: number, host: HostPart | undefined, own: Provenance): MemoryPart {
  const account = accountMemory(model, macUnits, host);
  const bits = (value: number): Figure => figure(value, "bits", own);
  const times = (value: number): Figure => figure(value, "times smaller", own);
  const { againstFloat32, againstFixed12, hostBits } = account;
  return {
    weights: bits(account.weightBits),
    scales: bits(account.scaleBits),
    shifts: bits(account.shiftBits),
    initialStates: bits(account.stateBits),
    lookUpTables: bits(account.tableBits),
    padding: bits(account.paddingBits),
    shipped: bits(account.shippedBits),
    ...(hostBits !== undefined && { host: bits(hostBits) }),
    float32: bits(account.float32Bits),
    fixed12: bits(account.fixed12Bits),
    savingAgainstFloat32: times(againstFloat32.allCounted),
    savingAgainstFixed12: times(againstFixed12.allCounted),
    ...(againstFloat32.wholeModel !== undefined && { wholeModelSavingAgainstFloat32: times(againstFloat32.wholeModel) }),
    ...(againstFixed12.wholeModel !== undefined && { wholeModelSavingAgainstFixed12: times(againstFixed12.wholeModel) }),
    weightSavingAgainstFloat32: times(againstFloat32.weightsOnly),
    weightSavingAgainstFixed12: times(againstFixed12.weightsOnly),
  };
}
