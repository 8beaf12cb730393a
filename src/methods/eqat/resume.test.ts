/** @file A run of EQAT killed in any phase and resumed ends with the bits of one never killed. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runSmall, smallNet } from "./small.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-eqat-resume-"));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { budget: 0.5, settle: 0.2, epochs: 6 };
const net = smallNet(true);
const contents = ({ model }: Awaited<ReturnType<typeof runSmall>>) =>
  model.graph.initializers.map(({ name, constant }) => [name, constant!.data] as const);

// 12 steps an epoch in one block each: 3 epochs learn, 2 tune, 1 settle.
it("killed once in every phase, and exactly between two of them", async () => {
  const whole = await runSmall(options, net);
  expect(whole.history.map(({ phase }) => phase)).toEqual(["learn", "learn", "learn", "tune", "tune", "settle"]);

  const checkpoint = join(folder, "killed.onnx");
  let stops = 0;
  let outcome: Awaited<ReturnType<typeof runSmall>>;
  do {
    const controller = new AbortController();
    // The signal comes with the first block: after blocks 1, 2, 3 (the last of `learn`), 4 …
    outcome = await runSmall(options, net, {
      checkpoint,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    stops++;
    for (const { weight, input } of outcome.bits!)
      expect(Number.isInteger(weight) && Number.isInteger(input)).toBe(true);
  } while (!outcome.isFinished && stops < 20);

  expect(stops).toBeGreaterThanOrEqual(6);
  expect(outcome.history).toEqual(whole.history);
  expect(outcome.bits).toEqual(whole.bits);
  expect(contents(outcome)).toEqual(contents(whole));
});
