/** @file Holds docs/operators.md to the operator table; with FEMTO_UPDATE=1 it writes the page. */

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operatorsPage } from "./operators-page.fixture.ts";

const page = new URL("../../docs/operators.md", import.meta.url);

test("docs/operators.md says what the table says (FEMTO_UPDATE=1 writes it)", () => {
  const fresh = operatorsPage();
  if (process.env.FEMTO_UPDATE) writeFileSync(page, fresh);
  expect(readFileSync(page, "utf8")).toBe(fresh);
});
