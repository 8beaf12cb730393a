import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { entries } from "./commands/index.ts";
import { helpText } from "./help.ts";

const place = new URL("../../docs/cli.md", import.meta.url);
let page = readFileSync(place, "utf8");

// FEMTO_UPDATE=1 writes the help texts into the page; a new command's heading and code block are written by hand.
test.each(entries)("docs/cli.md says of femto $name what its --help says", async ({ name, load }) => {
  const command = await load();
  expect(command.name).toBe(name);
  const section = `### femto ${name}\n\n\`\`\`text\n${helpText(command)}\`\`\``;
  if (process.env.FEMTO_UPDATE !== undefined) {
    const from = page.indexOf(`### femto ${name}\n`);
    const to = page.indexOf("```", page.indexOf("```text\n", from) + 7) + 3;
    if (from >= 0) page = page.slice(0, from) + section + page.slice(to);
    writeFileSync(place, page);
  }
  expect(page).toContain(section);
});
