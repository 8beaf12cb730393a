import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { anyNetwork } from "../../engine/bits/any-network.fixture.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { mnistShape, randomNetwork, randomSamples } from "../../engine/bits/random-network.ts";
import { evaluate } from "../../engine/bits/reference.ts";
import { toC } from "../c/lut-network.ts";
import { toJs } from "../js/lut-network.ts";
import { toWasmFiles } from "../wasm/lut-network.ts";
import { networkHash } from "./description.ts";

type Samples = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
interface Exported {
  features: number;
  classes: number;
  classify(samples: Samples): Uint8Array;
  sums(samples: Samples): Uint16Array;
}

const folder = mkdtempSync(join(tmpdir(), "femto-lut-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

async function load(text: string): Promise<Exported> {
  const path = join(folder, `network${files++}.mjs`);
  writeFileSync(path, text);
  return import(/* @vite-ignore */ pathToFileURL(path).href);
}

function expected(network: LutNetwork, samples: Samples): { classes: number[]; sums: number[] } {
  const { features } = network.input;
  const all = Array.from({ length: samples.length / features }, (_, i) =>
    evaluate(network, samples.subarray(i * features, (i + 1) * features)),
  );
  return { classes: all.map((one) => one.class), sums: all.flatMap(({ sums }) => sums) };
}

const targets = {
  "JavaScript module": (network: LutNetwork) => toJs(network, { pieceGates: 60 }),
  "WebAssembly module": (network: LutNetwork) => toWasmFiles(network, { pieceGates: 60 }).module,
};

describe.each(Object.entries(targets))("%s", (_, toText) => {
  test("property: equals the reference for any network and any number of samples", async () => {
    await fc.assert(
      fc.asyncProperty(anyNetwork, fc.nat({ max: 1100 }), fc.nat(), async (network, count, seed) => {
        const samples = randomSamples(network.input, count % (network.layers.length > 1 ? 200 : 1100), seed);
        const exported = await load(toText(network));
        expect(exported).toMatchObject({ features: network.input.features, classes: network.classes });
        const { classes, sums } = expected(network, samples);
        expect([...exported.classify(samples)]).toEqual(classes);
        expect([...exported.sums(samples)]).toEqual(sums);
      }),
      { numRuns: 15 },
    );
  });

  test("says what it is, and refuses other samples", async () => {
    const network = randomNetwork({ ...mnistShape, layers: [20, 10] }, 1);
    const text = toText(network);
    expect(text).toContain("Lookup-table network 20+10 of 6 inputs, 994 thermometer bits of 784 uint8 features");
    expect(text).toContain(networkHash(network));
    const exported = await load(text);
    expect(() => exported.classify(new Float32Array(784))).toThrow(TypeError);
    expect(() => exported.classify(new Uint8Array(1))).toThrow("a multiple of 784");
  });
});

/** One table that is 0 everywhere: nothing is left to compute. */
const constantNetwork: LutNetwork = {
  input: { dtype: "uint8", features: 1 },
  encoder: { feature: Uint32Array.of(0), threshold: Float64Array.of(98) },
  layers: [{ n: 1, mapping: Uint32Array.of(0), tables: Uint32Array.of(0) }],
  classes: 1,
  padding: 0,
};

test("files are the same every time", () => {
  const network = randomNetwork({ ...mnistShape, layers: [20, 10] }, 1);
  const all = () => [toC(network), toJs(network), toWasmFiles(network).module];
  expect(all()).toEqual(all());
});

test("the name of the C functions must be an identifier", () => {
  const network = randomNetwork({ ...mnistShape, layers: [20, 10] }, 1);
  expect(toC(network, "digits")).toContain("void digits_classify(const uint8_t *samples");
  expect(() => toC(network, "7 digits")).toThrow(expect.objectContaining({ code: "export.name" }));
});

const has = (compiler: string) => spawnSync(compiler, ["--version"]).status === 0;

/** Without `-march` the plain forms; with it whatever this machine has. */
const flagSets = [
  ["-DFEMTO_WORD_BITS=32"],
  ["-DFEMTO_WORD_BITS=64"],
  [],
  ["-march=native"],
  ["-march=native", "-DFEMTO_WORD_BITS=256", "-DFEMTO_VECTORS=1"],
];

describe.each(["gcc", "clang"])("C by %s", (compiler) => {
  const isThere = has(compiler);

  function run(text: string, flags: readonly string[], samples: Samples): { classes: number[]; sums: number[] } {
    const source = join(folder, `network${files++}.c`);
    writeFileSync(source, text);
    const strict = ["-std=c99", "-O0", "-Wall", "-Wextra", "-Werror", "-pedantic", "-DFEMTO_MAIN", ...flags];
    const compiled = spawnSync(compiler, [...strict, source, "-o", `${source}.out`], { encoding: "utf8" });
    expect(compiled.stderr).toBe("");
    const input = new Uint8Array(samples.buffer);
    const classes = spawnSync(`${source}.out`, { input }).stdout;
    const sums = spawnSync(`${source}.out`, ["sums"], { input, maxBuffer: 2 ** 26 }).stdout;
    return {
      classes: [...classes],
      sums: Array.from({ length: sums.length / 2 }, (_, i) => sums.readUInt16LE(2 * i)),
    };
  }

  test.skipIf(!isThere).each(flagSets.map((flags) => [flags.join(" ") || "no flags", flags] as const))(
    "%s: bytes and floats, whole and ragged blocks, equal the reference",
    (_, flags) => {
      const shape = { ...mnistShape, layers: [24, 14], classes: 7 };
      for (const [dtype, features, count] of [
        ["uint8", 90, 1301],
        ["float32", 9, 1030],
      ] as const) {
        const codeBits = Math.min(994, 3 * features);
        const network = randomNetwork({ ...shape, input: { dtype, features }, codeBits }, count);
        const samples = randomSamples(network.input, count, 3);
        expect(run(toC(network), flags, samples)).toEqual(expected(network, samples));
      }
    },
  );

  test.skipIf(!isThere)("property: any network", () => {
    fc.assert(
      fc.property(
        anyNetwork,
        fc.nat({ max: 300 }),
        fc.constantFrom(...flagSets),
        fc.nat(),
        (network, count, flags, seed) => {
          const samples = randomSamples(network.input, count, seed);
          expect(run(toC(network, "any", { pieceGates: 60 }), flags, samples)).toEqual(expected(network, samples));
        },
      ),
      { numRuns: 6, examples: [[constantNetwork, 1, ["-DFEMTO_WORD_BITS=32"], 0]] },
    );
  });

  test.skipIf(!isThere)("a stream that is no whole number of samples is refused", () => {
    const network = randomNetwork({ ...mnistShape, layers: [20, 10] }, 1);
    const source = join(folder, `network${files++}.c`);
    writeFileSync(source, toC(network));
    spawnSync(compiler, ["-std=c99", "-DFEMTO_MAIN", source, "-o", `${source}.out`]);
    const { status, stderr } = spawnSync(`${source}.out`, { input: new Uint8Array(785), encoding: "utf8" });
    expect([status, stderr]).toEqual([2, "expected a multiple of 784 bytes on standard input, got 785\n"]);
  });
});
