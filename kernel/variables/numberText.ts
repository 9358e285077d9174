/** A number in at most about ten characters: as JavaScript writes it where that is short, else with six significant digits. */
export function numberText(value: number): string {
  if (Object.is(value, -0)) {
    return "-0";
  }
  const exact = String(value);
  return exact.length <= 10 ? exact : String(Number(value.toPrecision(6)));
}

/** "1,234 elements", "1 element". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
