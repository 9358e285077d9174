import path from "node:path";

interface Waveform {
  readonly name: string;
  /** Bytes at the beginning, as Latin-1. */
  readonly magic?: string;
  /** The file's ending, for formats whose beginning is not published. */
  readonly extension?: string;
  /** What makes a value change dump of it; FILE stands for the file. */
  readonly tool: string;
}

/** Files that waveforms come in beside value change dumps. The beginnings are those of GTKWave's readers and of file(1). */
const waveforms: readonly Waveform[] = [
  { name: "an FST waveform", magic: "\0\0\0\0\0\0\0\x01\x49", tool: "fst2vcd FILE > dump.vcd" },
  { name: "an FST waveform, compressed as a whole", magic: "\xfe\0", tool: "fst2vcd FILE > dump.vcd" },
  { name: "an LXT2 waveform", magic: "\x13\x80", tool: "lxt2vcd FILE > dump.vcd" },
  { name: "an LXT waveform", magic: "\x01\x38", tool: "gtkwave FILE, and there Write VCD File As" },
  { name: "a VZT waveform", magic: "VZ", tool: "vzt2vcd FILE > dump.vcd" },
  { name: "a GHW waveform", magic: "GHDLwave", tool: "the simulation once more, with --vcd=dump.vcd instead of --wave" },
  { name: "compressed by gzip", magic: "\x1f\x8b", tool: "gunzip -c FILE > dump.vcd" },
  { name: "compressed by bzip2", magic: "BZh", tool: "bunzip2 -c FILE > dump.vcd" },
  { name: "compressed by xz", magic: "\xfd7zXZ", tool: "xz -dc FILE > dump.vcd" },
  { name: "compressed by zstd", magic: "\x28\xb5\x2f\xfd", tool: "zstd -dc FILE > dump.vcd" },
  { name: "a ZIP archive", magic: "PK\x03\x04", tool: "unzip FILE" },
  { name: "a WLF waveform of Questa or ModelSim", extension: ".wlf", tool: "wlf2vcd FILE > dump.vcd" },
  { name: "an FSDB waveform of Verdi", extension: ".fsdb", tool: "fsdb2vcd FILE -o dump.vcd" },
  { name: "a VPD waveform of VCS", extension: ".vpd", tool: "vpd2vcd FILE dump.vcd" },
  { name: "a WDB waveform of Vivado", extension: ".wdb", tool: "the simulation once more, with log_vcd in place of log_wave" },
  { name: "an SHM database of Xcelium", extension: ".trn", tool: "simvisdbutil FILE -vcd -output dump.vcd" },
];

/** Bytes at which a file shows whether it is text. */
const looksAt = 512;

/**
 * What a file is that is no value change dump, and what makes one of it, as sentences; undefined for a text.
 * @param head the file's beginning
 */
export function otherFormat(file: string, head: Uint8Array): string | undefined {
  const beginning = Buffer.from(head.subarray(0, looksAt)).toString("latin1");
  // eslint-disable-next-line no-control-regex -- these characters are what is looked for
  const isBinary = /[\0-\x08\x0e-\x1f\x7f]/.test(beginning);
  const extension = path.extname(file).toLowerCase();
  const known =
    waveforms.find(({ magic }) => magic !== undefined && beginning.startsWith(magic)) ?? waveforms.find((each) => isBinary && each.extension === extension);
  if (known !== undefined) {
    return `It is ${known.name}, not a value change dump. Make one with: ${known.tool.replace("FILE", path.basename(file))}.`;
  }
  return isBinary ? "It is binary, not a value change dump, which is text. Make one with a tool of the simulator that wrote it, or simulate once more with $dumpfile and $dumpvars." : undefined;
}
