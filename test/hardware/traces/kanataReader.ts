/** A second reading of Konata's docs/kanata-log-format.md; it knows nothing of the writer. */

export interface KanataStage {
  readonly lane: number;
  readonly name: string;
  readonly from: number;
  /** First cycle after the stage; null where the log leaves it open. */
  to: number | null;
  readonly labels: string[];
}

export interface KanataInstruction {
  readonly id: number;
  readonly thread: number;
  label: string;
  tooltip: string;
  readonly stages: KanataStage[];
  retired: { readonly cycle: number; readonly id: number; readonly flushed: boolean } | null;
}

const number = (text: string | undefined, line: string): number => {
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new Error(`Not a number in "${line}"`);
  }
  return Number(text);
};

/** @throws where the log breaks a rule of the format */
export function readKanata(log: string): KanataInstruction[] {
  const [header, ...lines] = log.split("\n");
  if (header !== "Kanata\t0004") {
    throw new Error(`Not a Kanata log: ${header}`);
  }
  const instructions = new Map<number, KanataInstruction>();
  let cycle: number | null = null;
  const alive = (line: string, id: string | undefined): KanataInstruction => {
    const found = instructions.get(number(id, line));
    if (!found || found.retired) {
      throw new Error(`"${line}" is of no instruction under way`);
    }
    if (cycle === null) {
      throw new Error(`"${line}" comes before any cycle`);
    }
    return found;
  };
  for (const line of lines.filter((each) => each !== "")) {
    const [command, first, ...rest] = line.split("\t");
    if (command === "C=") {
      cycle = number(first, line);
    } else if (command === "C") {
      const step = number(first, line);
      if (cycle === null || step < 1) {
        throw new Error(`"${line}" does not move forward`);
      }
      cycle += step;
    } else if (command === "I") {
      const id = number(first, line);
      if (instructions.has(id)) {
        throw new Error(`"${line}" takes a number twice`);
      }
      instructions.set(id, { id, thread: number(rest[1], line), label: "", tooltip: "", stages: [], retired: null });
    } else {
      act(alive(line, first), command!, rest, cycle!, line);
    }
  }
  return [...instructions.values()];
}

function label(instruction: KanataInstruction, type: string | undefined, text: string, line: string): void {
  const stage = instruction.stages.at(-1);
  if (type === "0") {
    instruction.label += text;
  } else if (type === "1") {
    instruction.tooltip += text;
  } else if (type === "2" && stage) {
    stage.labels.push(text);
  } else {
    throw new Error(`"${line}" labels nothing`);
  }
}

function act(instruction: KanataInstruction, command: string, [first, ...rest]: string[], cycle: number, line: string): void {
  switch (command) {
    case "L":
      label(instruction, first, rest.join("\t"), line);
      return;
    case "S": {
      const lane = number(first, line);
      const before = instruction.stages.findLast((stage) => stage.lane === lane);
      if (before && before.to === null) {
        before.to = cycle;
      }
      instruction.stages.push({ lane, name: rest[0]!, from: cycle, to: null, labels: [] });
      return;
    }
    case "E": {
      const stage = instruction.stages.findLast((each) => each.lane === number(first, line) && each.name === rest[0] && each.to === null);
      if (!stage) {
        throw new Error(`"${line}" ends what has not begun`);
      }
      stage.to = cycle;
      return;
    }
    case "R":
      instruction.retired = { cycle, id: number(first, line), flushed: rest[0] === "1" };
      return;
    default:
      throw new Error(`"${line}" is no command of the format`);
  }
}
