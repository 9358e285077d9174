/** What has become of a kernel whose process has ended by itself, or by somebody else. */
export function deathMessage({ code, signal }: { readonly code: number | null; readonly signal: string | null }): string {
  const lost = "Its variables are lost; run the notebook again from the top in a new kernel.";
  if (signal === "SIGABRT" || code === 134) {
    return `The kernel process aborted, most often because memory ran out. ${lost}`;
  }
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  return `The kernel process ${how}. ${lost}`;
}
