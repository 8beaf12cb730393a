import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { entries } from "./commands/index.ts";
import { helpText } from "./help.ts";

const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

test.each(entries)("docs/cli.md says of femto $name what its --help says", async ({ name, load }) => {
  const command = await load();
  expect(command.name).toBe(name);
  expect(page).toContain(`### femto ${name}\n\n\`\`\`text\n${helpText(command)}\`\`\``);
});
