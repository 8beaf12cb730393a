/** @file The example of docs/gates.md: the page shows the code that is run here. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the example on the page runs; −105 costs more than −2", async () => {
  const page = readFileSync(new URL("../../../docs/gates.md", import.meta.url), "utf8");
  const code = readFileSync(new URL("./gates-page.fixture.ts", import.meta.url), "utf8");
  expect(page).toContain(`\`\`\`ts\n${code.replaceAll('from "../', 'from "./src/circuits/')}\`\`\``);
  const { cheap, dear, error } = await import("./gates-page.fixture.ts");
  expect(dear / cheap).toBeGreaterThan(1.3);
  expect(Math.abs(error)).toBeLessThan(0.1);
});
