/** @file Any mutilation of another tool's file is one FemtoError, or imports to a machine file that loads. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { type Imported, importScaleSim, importTimeloop, importZigzag, loadMachine } from "../index.ts";

const zigzag = readFileSync(new URL("../../../golden/zigzag/hardware/gemm_l1.yaml", import.meta.url), "utf8");
const mapping = readFileSync(new URL("../../../golden/zigzag/mapping/gemm_l1.yaml", import.meta.url), "utf8");
const timeloop = `architecture:
  version: 0.4
  nodes:
  - !Container {name: system, attributes: {technology: "45nm"}}
  - !Component {name: DRAM, class: DRAM, attributes: {type: "LPDDR4", width: 64}}
  - !Container {name: PE, spatial: {meshX: 16}}
  - !Component
    name: spad
    class: smartbuffer_RF
    attributes: {depth: 12, width: 16, datawidth: 8}
    constraints: {dataspace: {keep: [Inputs], bypass: [Weights]}}
  - !Component {name: mac, class: intmac, attributes: {multiplier_width: 8}}
`;
const ert = `ERT:
  version: 0.4
  tables:
  - name: system.DRAM[1..1]
    actions:
    - {name: read, arguments: {global_cycle_seconds: 1e-09}, energy: 512.0}
    - {name: leak, arguments: {}, energy: 0.5}
`;
const scaleSim = `[architecture_presets]
ArrayHeight: 8
ArrayWidth: 16
IfmapSramSzkB: 64
FilterSramSzkB: 64
OfmapSramSzkB: 64
Bandwidth: 10
Dataflow: ws
`;

const insert = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom("-1", "0", "1e99", ".5", ": ", "\n", "[", "&a *a", "~", '"', "#", "é"),
);

test.each<[string, string, (text: string) => Imported]>([
  ["a ZigZag hardware file", zigzag, (text) => importZigzag(text, { nodeNm: 28, mapping })],
  ["a ZigZag mapping file", mapping, (text) => importZigzag(zigzag, { nodeNm: 28, mapping: text })],
  ["a Timeloop architecture", timeloop, (text) => importTimeloop(text, { ert })],
  ["an energy reference table", ert, (text) => importTimeloop(timeloop, { ert: text })],
  ["a SCALE-Sim cfg", scaleSim, (text) => importScaleSim(text, { nodeNm: 28 })],
])("%s", (_, good, read) => {
  expect(loadMachine(read(good).text).components.length).toBeGreaterThan(0);
  for (const empty of ["", "null", "- 1\n- 2\n", "ERT:\n  tables:\n  -\n"]) {
    expect(() => read(empty)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(import|yaml)\./) }));
  }
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(12), insert, (at, length, more) => {
      let imported: Imported;
      try {
        imported = read(good.slice(0, at) + more + good.slice(at + length));
      } catch (error) {
        expect(error).toBeInstanceOf(FemtoError);
        return;
      }
      loadMachine(imported.text, "imported.yaml");
    }),
    { numRuns: 200 },
  );
});
