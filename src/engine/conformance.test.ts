/**
 * @file ONNX's own operator cases: whatever ONNX Runtime loads and matches, and whose operators Femto knows, must come
 * out right after reading and writing, in the reference engine, and in shape inference.
 * `golden/onnx-node/refused.txt` lists what ONNX Runtime itself does not do, and why; `FEMTO_WRITE_GOLDEN=1` renews it.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { findDirectory, locate } from "../data/locate.ts";
import { verifyModel } from "../graph/verify.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import {
  firstDifference,
  kindsOf,
  openShapes,
  runFile,
  shapeDifference,
  unknownKinds,
} from "./node-case-checks.fixture.ts";
import { type NodeCase, readNodeCases } from "./node-cases.fixture.ts";
import { runReference } from "./reference.ts";

const archive = "onnx-node-tests-half.tar.gz";
const listFile = fileURLToPath(new URL("../../golden/onnx-node/refused.txt", import.meta.url));
/** The share of the cases that ONNX Runtime matches which must be covered; a fall below it is a loss. */
const LEAST_COVERED = 0.9;

const isHere = findDirectory("data", [archive]) !== undefined;
const cases = isHere ? readNodeCases(locate("data", archive)) : [];

/** `name reason` a line; lines with # are comments. */
const refused = new Map(
  readFileSync(listFile, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(" ") as [string, string]),
);

/** Why ONNX Runtime does not do a case, as a class; `undefined` where it does. */
async function refusal(test: NodeCase): Promise<string | undefined> {
  if (test.notTensors !== undefined) return "not-tensors";
  if (isRandom(test)) return "random";
  try {
    return firstDifference(await runFile(test.model, test), test) === undefined ? undefined : "differs";
  } catch (error) {
    const message = String((error as Error).message);
    if (/ValidateOpsetForDomain|opset .* is under development/.test(message)) return "newer-operator-set";
    if (/Could not find an implementation/.test(message)) return "no-kernel";
    if (/is not a registered function/.test(message)) return "unknown-operator";
    return /while running/.test(message) ? "fails-to-run" : "fails-to-load";
  }
}

const isRandom = ({ name }: NodeCase): boolean => /^test_(bernoulli|training_dropout)/.test(name);

/** Operators that Femto does not know, or the reason why the door refuses the file. */
function missing(test: NodeCase): string[] {
  try {
    return unknownKinds(readModel(test.model));
  } catch (error) {
    if (error instanceof FemtoError && ["onnx.unsupported", "onnx.opset"].includes(error.code)) return [error.message];
    throw error;
  }
}

/** Operators whose result's size hangs on elements, not on shapes. */
const isDataDependent = (test: NodeCase): boolean =>
  [...kindsOf(readModel(test.model))].some((kind) => /^(Loop|NonMaxSuppression|NonZero|Range|Unique)$/.test(kind));

const matched = cases.filter(({ name }) => !refused.has(name));
const open = new Map(matched.map((test) => [test, missing(test)]));
const covered = matched.filter((test) => open.get(test)!.length === 0);
let passed = 0;
/** What ONNX Runtime cannot do for want of a kernel or of a newer operator set, Femto's own engine does. */
const beyond = cases.filter(
  (test) => /^(no-kernel|newer-operator-set|fails)/.test(refused.get(test.name) ?? "") && missing(test).length === 0,
);

describe.skipIf(!isHere)(`ONNX's operator cases (${isHere ? cases.length : `${archive} is not here`})`, () => {
  it("the list of refused cases says what ONNX Runtime refuses", async () => {
    const found: string[] = [];
    for (const test of cases) {
      const reason = await refusal(test);
      if (reason !== undefined) found.push(`${test.name} ${reason}`);
    }
    if (process.env.FEMTO_WRITE_GOLDEN) {
      const head = readFileSync(listFile, "utf8").match(/^#.*\n/gm) ?? [];
      writeFileSync(listFile, `${head.join("")}${found.join("\n")}\n`);
    } else expect(found).toEqual([...refused].map((entry) => entry.join(" ")));
  });

  it.each(covered.map((test) => [test.name, test] as const))("%s", async (_name, test) => {
    const model = readModel(test.model);
    verifyModel(model);
    expect(shapeDifference(model, test, false)).toBeUndefined();
    expect(shapeDifference(model, test, true)).toBeUndefined();
    if (!isDataDependent(test)) expect(openShapes(model)).toEqual([]);
    expect(firstDifference(await runFile(writeModel(readModel(test.model)), test), test)).toBeUndefined();
    expect(firstDifference(runReference(model, Object.fromEntries(test.inputs)).outputs, test)).toBeUndefined();
    passed++;
  });

  it.each(beyond.map((test) => [test.name, test] as const))("%s, which ONNX Runtime refuses", (_name, test) => {
    const model = readModel(test.model);
    verifyModel(model);
    expect(shapeDifference(model, test, true)).toBeUndefined();
    expect(firstDifference(runReference(model, Object.fromEntries(test.inputs)).outputs, test)).toBeUndefined();
  });

  it(`covers at least ${100 * LEAST_COVERED} % of what ONNX Runtime matches`, () => {
    expect(covered.length).toBeGreaterThanOrEqual(LEAST_COVERED * matched.length);
  });

  afterAll(() => {
    const wanted = new Map<string, number>();
    for (const kind of [...open.values()].flat()) wanted.set(kind, (wanted.get(kind) ?? 0) + 1);
    const list = [...wanted].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}`);
    console.log(
      `ONNX cases: ${covered.length} covered / ${passed} passed / ${refused.size} refused / ${cases.length} all\n` +
        `and in the reference engine alone, of the refused: ${beyond.length}\n` +
        `not covered for want of: ${list.join(", ")}`,
    );
  });
});
