/** @file The examples of docs/circuits.md: the page shows the code that is run here, and the generators there are. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generators } from "./generators/index.ts";

const page = readFileSync(new URL("../../docs/circuits.md", import.meta.url), "utf8");

test("the example on the page runs", async () => {
  const code = readFileSync(new URL("./circuits-page.fixture.ts", import.meta.url), "utf8");
  expect(page).toContain(`\`\`\`ts\n${code.replaceAll('from "../', 'from "./src/')}\`\`\``);
  const { shown, difference } = await import("./circuits-page.fixture.ts");
  expect(shown).toBe(-5n);
  expect(difference).toBeUndefined();
});

test.each(generators.map(({ id, summary }) => [id, summary]))("the page has %s", (id, summary) => {
  expect(page).toContain(`| \`${id}\` | ${summary.replaceAll("|", "\\|")} |`);
});
