import type { RomFile } from "../hardware/rom/romFile.js";
import type { Report } from "./command.js";

/**
 * The findings of all files; a failure when one of them is an error.
 * @param passedOver files of an export that are no ROM files
 */
export function lintReport(roms: readonly RomFile[], passedOver: readonly string[] = []): Report {
  const findings = roms.flatMap(({ file, findings: found }) => found.map((finding) => ({ file, ...finding })));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const lines = findings.map(({ file, line, severity, rule, message }) => `${file}:${line}: ${severity} ${rule}: ${message}`);
  const counts = [counted(roms.length, "file"), counted(errors, "error"), counted(findings.length - errors, "warning")];
  const text = [
    ...lines,
    ...(passedOver.length === 0 ? [] : [`Passed over, as they are of an export and no ROM files: ${passedOver.join(", ")}.`]),
    ...(roms.length > 0 && findings.length === 0 ? ["No problems found."] : []),
    counts.join(", "),
  ];
  return { text: text.join("\n"), json: { findings, ...(passedOver.length > 0 && { passedOver }) }, isFailure: errors > 0 };
}

/** "1 file", "2 files" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
