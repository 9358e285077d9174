export function readMeasurements(folder: string): Promise<Record<string, { readonly output: unknown }>>;
export function valueOf(measurements: Readonly<Record<string, { readonly output: unknown }>>, reference: string): number;
