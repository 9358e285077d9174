/** How many are under way at a time: more would only hold more memory and file handles. */
const atATime = 8;

/** Does the work for every item, a few at a time. @returns the answers in the order of the items */
export async function inTurns<Item, Answer>(items: readonly Item[], work: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  const turns = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of turns) {
      answers[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return answers;
}
