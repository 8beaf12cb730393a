/** @file The example of docs/training.md: the page shows the code that is run here, and the code learns. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the example on the page runs, and learns", async () => {
  const page = readFileSync(new URL("../../docs/training.md", import.meta.url), "utf8");
  const code = readFileSync(new URL("./training-page.fixture.ts", import.meta.url), "utf8");
  expect(page).toContain(`\`\`\`ts\n${code.replaceAll('from "../', 'from "./src/')}\`\`\``);

  const { trained } = await import("./training-page.fixture.ts");
  expect(trained.isFinished).toBe(true);
  expect(trained.history).toHaveLength(10);
  expect(trained.history.at(-1)!).toBeLessThan(0.5 * trained.history[0]!);
  expect(Object.keys(trained.parameters)).toEqual(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]);
});
