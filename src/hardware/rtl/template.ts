/** What stands in a template's places `{{name}}`. */
export type TemplateValues = Readonly<Record<string, string | number>>;

/**
 * A template file with its places filled.
 * @throws Error for a place without a value, or a value without a place
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  const used = new Set<string>();
  const text = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`The template has a place "${name}" that nothing fills.`);
    }
    used.add(name);
    return String(value);
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw new Error(`The template has no place "${unused.join('", "')}".`);
  }
  return text;
}
