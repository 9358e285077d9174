import { nameOf } from "../../../kernel/keeper/connection.js";
import { ageInWords, memoryInWords, outlookInWords } from "../../../kernel/keeper/inWords.js";
import { type ListedKernel, listKernels } from "../../../kernel/keeper/listKernels.js";
import type { KernelListing, KernelWords } from "./kernelList.js";

/** The living kernels and their words; loaded with the first look at them. */
export const kernelListing: KernelListing = { list: listKernels, describe };

function describe(kernel: ListedKernel): KernelWords {
  const { record, outlook, problem } = kernel;
  const attached = outlook?.attached ?? "no window";
  return {
    name: nameOf(record),
    description: [outlookInWords(kernel), memoryInWords(kernel), ageInWords(kernel), attached].join(" · "),
    tooltip: problem ?? `${record.notebook.path ?? record.notebook.uri}\nKernel ${record.id}, process ${record.kernel.pid}, attached: ${attached}`,
    isBusy: outlook?.running != null,
  };
}
