import type { BuildOptions, Metafile } from "esbuild";

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}
export const licencesName: string;
export class LicenceError extends Error {}
export function packagesIn(metafile: Pick<Metafile, "outputs">): string[];
export function isAllowed(expression: unknown): boolean;
export function licenceOf(folder: string): Promise<Licence>;
export function bundle(target: string, options: BuildOptions, dist?: string): Promise<void>;
export function recordPackages(target: string, folders: readonly string[], dist?: string): Promise<void>;
export function writeLicences(dist?: string, targets?: readonly string[]): Promise<void>;
