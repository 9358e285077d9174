import type { VariableState } from "../../../webview/contract.js";
import type { Look } from "../../variables/contract.js";
import { DisposableOwner } from "../disposable.js";
import { Listeners } from "../listeners.js";
import type { NotebookKernel } from "../notebook/notebookKernel.js";
import type { NotebookSession } from "../notebook/notebookSession.js";

/** Which variable of which notebook is shown, over window reloads. */
export interface Choice {
  /** The notebook's address. */
  readonly notebook: string;
  readonly look: Look;
}

export interface ChoiceMemory {
  /** Undefined while no variable was ever opened. */
  get(): Choice | undefined;
  set(choice: Choice): void;
}

type Shown = VariableState["shown"];

/** The variable that the panel shows. Its value is asked for when the panel wants it, and stays in sight while a cell runs. */
export class ChosenVariable extends DisposableOwner {
  private readonly change = this.track(new Listeners());
  private latest: { readonly choice: string; readonly shown: Shown } | undefined;

  readonly onChange = this.change.on;

  constructor(
    private readonly kernel: Pick<NotebookKernel, "allSessions" | "onCell" | "onChange">,
    private readonly memory: ChoiceMemory,
  ) {
    super();
    this.track(kernel.onCell((session) => void (session === this.session() && this.change.fire())));
    this.track(kernel.onChange(() => this.change.fire()));
  }

  choose({ notebook }: NotebookSession, name: string): void {
    this.set({ notebook: notebook.uri.toString(), look: { name, path: [], way: null, first: 0, firstColumn: 0 } });
  }

  /** Shows another part, or the same in another way. */
  look(look: Look): void {
    const choice = this.memory.get();
    if (choice?.look.name === look.name) {
      this.set({ ...choice, look });
    }
  }

  /** What is to be shown now. */
  async state(): Promise<VariableState> {
    const choice = this.memory.get();
    if (choice === undefined) {
      return { look: null, runningCell: null, shown: { kind: "problem", text: "Choose a variable in the view Variables of the side bar." } };
    }
    const session = this.session();
    const runningCell = session?.isExecuting ? (session.runningCell ?? null) : null;
    return { look: choice.look, runningCell, shown: await this.shown(choice, session) };
  }

  private async shown(choice: Choice, session: NotebookSession | undefined): Promise<Shown> {
    const key = JSON.stringify([choice.notebook, choice.look.name]);
    if (session?.isExecuting) {
      const text = `A cell is running: the value of ${choice.look.name} is shown when it has ended.`;
      return this.latest?.choice === key ? this.latest.shown : { kind: "problem", text };
    }
    const shown = await asked(choice.look, session);
    this.latest = { choice: key, shown };
    return shown;
  }

  private session(): NotebookSession | undefined {
    const notebook = this.memory.get()?.notebook;
    return this.kernel.allSessions().find((session) => session.notebook.uri.toString() === notebook);
  }

  private set(choice: Choice): void {
    this.memory.set(choice);
    this.change.fire();
  }
}

async function asked(look: Look, session: NotebookSession | undefined): Promise<Shown> {
  const answer = await session?.ask({ about: "value", look });
  if (answer?.about === "value" && answer.view !== null) {
    return { kind: "value", view: answer.view };
  }
  const gone = `The value of ${look.name} is gone with its kernel. Run the cells of the notebook again.`;
  const missing = `${look.name} has no such part any more. Choose a variable in the view Variables of the side bar.`;
  return { kind: "problem", text: answer === undefined ? gone : answer.about === "problem" ? answer.text : missing };
}
