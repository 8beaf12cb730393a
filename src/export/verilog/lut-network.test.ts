import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verilogOf } from "../../circuits/index.ts";
import { Interpreter } from "../../circuits/verilog/index.ts";
import { anyNetwork } from "../../engine/bits/any-network.fixture.ts";
import { mnistShape, randomNetwork, randomSamples } from "../../engine/bits/random-network.ts";
import { classifyReference } from "../../engine/bits/reference.ts";
import { toLutCircuit } from "./lut-network.ts";
import { popcountModule } from "./lut-popcount.ts";

const packed = (sample: Uint8Array): bigint => sample.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

describe("modules", () => {
  test("property: interpreted, every form of the circuit gives the classes of the reference, at its latency", () => {
    const forms = fc.record({
      isPipelined: fc.boolean(),
      isVerbatim: fc.boolean(),
      counterLevels: fc.integer({ min: 1, max: 3 }),
      counterInputs: fc.constantFrom(4 as const, 6 as const),
    });
    const bytes = anyNetwork.filter(({ input }) => input.dtype === "uint8");
    fc.assert(
      fc.property(bytes, forms, fc.nat(), (network, form, seed) => {
        const count = 12;
        const samples = randomSamples(network.input, count, seed) as Uint8Array;
        let made: ReturnType<typeof toLutCircuit>;
        try {
          made = toLutCircuit(network, form);
        } catch (error) {
          expect(error).toMatchObject({ code: "export.constant" });
          return;
        }
        const circuit = made.circuit!;
        const machine = new Interpreter(circuit.top);
        const model = circuit.model();
        const { features } = network.input;
        const classes: number[] = [];
        for (let i = 0; i < count + circuit.latency; i++) {
          const sample_i = packed(samples.subarray(i * features, (i + 1) * features));
          const { class_o } = machine.step({ sample_i });
          const expected = model.step({ sample_i }).class_o;
          if (i < circuit.latency) continue;
          expect(class_o).toBe(expected);
          classes.push(Number(class_o));
        }
        expect(classes).toEqual([...classifyReference(network, samples)]);
      }),
      { numRuns: 60 },
    );
  });

  test("a small network's files: names, contents of the tables, what is counted", () => {
    const network = randomNetwork({ ...mnistShape, codeBits: 40, layers: [30, 12], classes: 3 }, 4);
    const { circuit, core, netlist } = toLutCircuit(network, { name: "digits", isPipelined: true });
    const files = verilogOf(circuit!);
    expect(files.map(({ file }) => file)).toEqual([
      "digits_encoder.v",
      "digits_tables.v",
      "digits_popcount.v",
      "digits_argmax.v",
      "digits_core.v",
      "digits.v",
    ]);
    const tables = files.find(({ file }) => file === "digits_tables.v")!.text;
    expect(tables.match(/assign y\d+ = /g)).toHaveLength(netlist.luts.length);
    expect(circuit!.facts).toMatchObject({
      thermometerBits: netlist.bits.length,
      tables: netlist.luts.length,
      levels: 2,
    });
    // Popcount of four bits: one counter, so no register inside.
    expect([core.latency, circuit!.latency]).toEqual([3, 4]);
  });
});

test.each([1, 2, 3, 5, 6, 7, 16, 31, 100])(
  "popcount of %i bits: every number of ones, with counters of four and six",
  (inputs) => {
    for (const widest of [4, 6] as const) {
      const machine = new Interpreter(popcountModule("count", inputs, widest).module);
      for (let ones = 0; ones <= inputs; ones++) {
        for (const shift of [0, inputs - ones]) {
          const x_i = ((1n << BigInt(ones)) - 1n) << BigInt(shift);
          expect(machine.step({ x_i }).count_o).toBe(BigInt(ones));
        }
      }
    }
  },
);

test("floats have a core and no encoder; a constant network has no circuit", () => {
  const shape = { ...mnistShape, input: { dtype: "float32", features: 20 }, codeBits: 40, layers: [30] } as const;
  const network = randomNetwork(shape, 1);
  expect(toLutCircuit(network)).toMatchObject({ circuit: undefined, core: { name: "lut_network_core" } });
  network.layers[0]!.tables.fill(0);
  expect(() => toLutCircuit(network)).toThrow(expect.objectContaining({ code: "export.constant" }));
});
