export function formatted(value: number, standing: string): string;
export function withFigures(text: string, valueOf: (reference: string) => number, tableOf: (name: string) => string): string;
export function referencesIn(text: string): string[];
export function unmeasuredFigures(text: string, facts: readonly string[]): string[];
export function onOneLine(text: string): string;
