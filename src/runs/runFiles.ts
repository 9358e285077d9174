/**
 * A run is a directory that any reader can follow while it grows:
 *
 *   spec.json               the ExperimentSpec
 *   owner.json              who writes it: process id, start time, host
 *   events.jsonl            append-only, one RunEvent a line; a torn last line is ignored
 *   checkpoint.safetensors  everything needed to continue bit-identically, replaced atomically
 *   model.safetensors       the DeployedModel, once chosen
 *   result.json             RunResult, written last, atomically: its presence means "finished"
 *   corpus.txt              only for a text that was given in a cell
 *   data.safetensors        only for sequences that were given in a cell
 *   teacher.safetensors     only for a run with a teacher: the DeployedModel whose predictions it learns from
 *   stop.json               a request of another process to its owner: stop training, with a checkpoint
 *   .outline.json           what the log says apart from its curves, kept by who lists runs; counts for one state of the log
 *   .curves.bin             the curves of the log, kept in the same way by who compares runs
 *   verified.json           how its accelerator compared with simulators, and of which model and chip
 *   rom/                    default place of exports
 *
 * A directory with curves of another tool has one file only:
 *
 *   imported.json           ImportedRun
 */
export const runFiles = {
  spec: "spec.json",
  owner: "owner.json",
  events: "events.jsonl",
  checkpoint: "checkpoint.safetensors",
  model: "model.safetensors",
  result: "result.json",
  corpus: "corpus.txt",
  data: "data.safetensors",
  teacher: "teacher.safetensors",
  stopRequest: "stop.json",
  outline: ".outline.json",
  curves: ".curves.bin",
  verified: "verified.json",
  rom: "rom",
  imported: "imported.json",
} as const;
