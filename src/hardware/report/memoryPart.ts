import type { FixedModel } from "../fixedModel.js";
import { accountMemory } from "../rom/memory.js";
import { figure, type Figure, type Provenance } from "./figure.js";
import type { MemoryPart } from "./reportSchema.js";

export function memoryPart(model: FixedModel, macUnits: number, own: Provenance): MemoryPart {
  const account = accountMemory(model, macUnits);
  const bits = (value: number): Figure => figure(value, "bits", own);
  const times = (value: number): Figure => figure(value, "times smaller", own);
  const { againstFloat32, againstFixed12 } = account;
  return {
    weights: bits(account.weightBits),
    scales: bits(account.scaleBits),
    shifts: bits(account.shiftBits),
    initialStates: bits(account.stateBits),
    padding: bits(account.paddingBits),
    shipped: bits(account.shippedBits),
    lookUpTables: bits(account.tableBits),
    float32: bits(account.float32Bits),
    fixed12: bits(account.fixed12Bits),
    savingAgainstFloat32: times(againstFloat32.allCounted),
    savingAgainstFixed12: times(againstFixed12.allCounted),
    weightSavingAgainstFloat32: times(againstFloat32.weightsOnly),
    weightSavingAgainstFixed12: times(againstFixed12.weightsOnly),
  };
}
