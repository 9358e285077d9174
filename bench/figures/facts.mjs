/**
 * Pieces of README, docs and examples whose numbers are not measured here, and what they are. A number that a reader types is
 * written as code and needs no entry.
 */
export const facts = {
  "Node 20.12": "the version that is needed",
  "PyTorch 2.13": "a version",
  "Verilator 5.006": "a version",
  "Yosys 0.23": "a version",
  "Icarus Verilog 11.0": "a version",
  "OSU 0.18 µm": "the name of a process",
  "1,000 timesteps of the validation part": "the default of `calibrate`",
  "0.1 under batch normalisation": "an initial value",
  "threshold 0.7 mean": "a rule's definition",
  "threshold 0.05 max": "a rule's definition",
  "0.01 for MNIST's 784 pixels": "an option's value",
  "3,196,213 characters": "a text's length",
  "50,000, 10,000, 10,000 digits": "the sizes of a data set",
  "The last 10,000 of the 60,000 training images": "the sizes of a data set",
  "downloaded once (3 MB)": "a file's size",
  "downloaded once (12 MB)": "a file's size",
  "CC BY-SA 3.0": "a licence",
  "Adam, 0.9, 0.999": "an optimiser's defaults",
  "0.002 for Adam": "a default",
  "0.002 to 0.001": "the paper's learning rates",
  "one cycle, peak 0.01": "an option's value",
  "2,400 steps": "an option's value",
  "2,000 steps": "an option's value",
  "1,200 steps": "an option's value",
  "9,000 steps": "an option's value",
  "65,536 words of 256 bits": "a format's limits",
  "10.7 and 6.1 times less area": "the paper's figures, as remembered",
  "10 and 5 times the": "the paper's figures, as remembered",
};
