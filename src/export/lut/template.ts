/** @file Templates of exported files: `@NAME@` stands for a field. */

/** @throws Error if the template asks for a field that is not there: a mistake in the template */
export function fillTemplate(template: string, fields: Readonly<Record<string, string | number>>): string {
  return template.replace(/@([A-Z_]+)@/g, (_, name: string) => {
    const field = fields[name];
    if (field === undefined) throw new Error(`the template has an unknown field ${name}`);
    return String(field);
  });
}
