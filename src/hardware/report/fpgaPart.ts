import type { FixedModel } from "../fixedModel.js";
import { figure, type Figure } from "./figure.js";
import { countFpga, type FpgaCount } from "./fpga.js";
import { deviceResources, fpgaDevices, lackingResources, resourceNames, type FpgaDevice } from "./fpgaDevices.js";
import { families, type FpgaFamily, neededResources } from "./fpgaFamilies.js";
import { placedDevices, placeIce40 } from "./nextpnr.js";
import { orMissing } from "./orMissing.js";
import type { FpgaPart } from "./reportSchema.js";
import type { Yosys } from "./yosys.js";

export interface FpgaOptions {
  readonly macUnits: number;
  readonly fpga: readonly FpgaFamily[];
  /** Whether iCE40 families are also placed and routed. */
  readonly place?: boolean;
  readonly signal?: AbortSignal;
}

/** What each family's primitives are, which devices hold them, and where it was asked for the placed design of iCE40. */
export async function fpgaPart(model: FixedModel, options: FpgaOptions, yosys: Yosys, onProgress: (message: string) => void): Promise<FpgaPart> {
  const counts: FpgaCount[] = [];
  for (const family of options.fpga) {
    onProgress(families[family].title);
    counts.push(await countFpga(model, options.macUnits, family, yosys));
  }
  const placed = [];
  for (const count of options.place ? counts : []) {
    const { family } = count;
    if (family === "ice40" || family === "ice40up") {
      onProgress(`${placedDevices[family].device}, place and route`);
      placed.push(await place(count, family, options.signal));
    }
  }
  return { families: counts.map((count) => familyFigures(count, yosys)), ...(options.place && { placed }) };
}

type FamilyPart = FpgaPart["families"][number];
type DevicePart = FamilyPart["devices"][number];

function familyFigures({ family, resources }: FpgaCount, { tool, version }: Yosys): FamilyPart {
  const { title, synthesis } = families[family];
  const count = (value: number): Figure => figure(value, "cells", { node: title, tool, version, source: `${synthesis}, before placement` });
  const { luts, carries, flipFlops, blockRams, lutRams, dsps } = resources;
  const needed = neededResources(family, resources);
  return {
    family,
    title,
    luts: count(luts),
    carries: count(carries),
    flipFlops: count(flipFlops),
    blockRams: count(blockRams),
    lutRams: count(lutRams),
    dsps: count(dsps),
    devices: fpgaDevices[family].map((device) => {
      const available = (value: number): Figure => figure(value, "cells", { node: device.name, tool: device.sheet, version: device.document, source: "what the device has" });
      const uses = deviceResources.map((resource) => [resource, { needed: count(needed[resource]), available: available(device[resource]) }] as const);
      return { device: device.name, lacks: lackingResources(needed, device), ...(Object.fromEntries(uses) as Uses) };
    }),
  };
}

type Uses = Pick<DevicePart, (typeof deviceResources)[number]>;

type Placed = NonNullable<FpgaPart["placed"]>[number];

async function place({ netlist, resources }: FpgaCount, family: keyof typeof placedDevices, signal?: AbortSignal): Promise<Placed> {
  const device = fpgaDevices[family][0] as FpgaDevice;
  const [lacking] = lackingResources(neededResources(family, resources), device);
  if (lacking !== undefined) {
    const { [lacking]: needed } = neededResources(family, resources);
    return { missing: `${device.name} has ${device[lacking]} ${resourceNames[lacking]} of the ${needed} that the design needs, so it is not placed: report a smaller network.` };
  }
  return orMissing(async () => {
    const { megahertz, version, device: placed, utilisation, path } = await placeIce40(netlist, family, signal);
    const provenance = { node: placed, tool: "nextpnr-ice40", version, source: "placed and routed, seed 1" };
    return {
      device: placed,
      frequency: figure(megahertz, "MHz", provenance),
      utilisation: utilisation.map(({ resource, used, available }) => ({
        resource,
        used: figure(used, "cells", provenance),
        available: figure(available, "cells", provenance),
      })),
      ...(path && { path: { startPoint: path.from, endPoint: path.to, delay: figure(path.nanoseconds, "ns", provenance) } }),
    };
  });
}
