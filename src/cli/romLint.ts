import type { RomFile } from "../hardware/rom/romFile.js";
import type { Report } from "./command.js";

/** The findings of all files; a failure when one of them is an error. */
export function lintReport(roms: readonly RomFile[]): Report {
  const findings = roms.flatMap(({ file, findings: found }) => found.map((finding) => ({ file, ...finding })));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const lines = findings.map(({ file, line, severity, rule, message }) => `${file}:${line}: ${severity} ${rule}: ${message}`);
  const counts = [counted(roms.length, "file"), counted(errors, "error"), counted(findings.length - errors, "warning")];
  return { text: [...lines, counts.join(", ")].join("\n"), json: { findings }, isFailure: errors > 0 };
}

/** "1 file", "2 files" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
