import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { anyNetwork } from "./any-network.fixture.ts";
import { BitsEngine, type Samples } from "./engine.ts";
import type { LutNetwork } from "./network.ts";
import { BitsPool } from "./pool.ts";
import { mnistShape, randomNetwork, randomSamples } from "./random-network.ts";
import { classifyReference, evaluate } from "./reference.ts";

const rows = ({ input: { features } }: LutNetwork, samples: Samples) =>
  Array.from({ length: samples.length / features }, (_, i) => samples.subarray(i * features, (i + 1) * features));

/** Every address of one table: bit k of sample a is input k. */
function addresses(n: number): Uint8Array {
  return Uint8Array.from({ length: 2 ** n * n }, (_, i) => ((Math.floor(i / n) >>> (i % n)) & 1) * 200);
}

test("property: for every address of a random table of 1 to 8 inputs the engine answers what stands in the table", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(), async (n, seed) => {
      const shape = {
        input: { dtype: "uint8", features: n },
        codeBits: n,
        bitsPerFeature: 1,
        layers: [3],
        n,
        classes: 3,
      } as const;
      const network = randomNetwork(shape, seed);
      network.encoder.threshold.fill(100);
      network.layers[0]!.mapping.set([...Array(3 * n).keys()].map((i) => i % n));
      const samples = addresses(n);
      const expected = rows(network, samples).flatMap((sample) => evaluate(network, sample).sums);
      const engine = await BitsEngine.open(network, { vectors: 1 });
      expect([...engine.sums(samples)]).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test("property: engine = reference for any network, any number of samples, classes and counts", async () => {
  const vectors = fc.integer({ min: 1, max: 3 });
  await fc.assert(
    fc.asyncProperty(
      anyNetwork,
      fc.nat({ max: 300 }),
      vectors,
      fc.nat(),
      async (network, count, blockVectors, seed) => {
        const samples = randomSamples(network.input, count, seed);
        const expected = rows(network, samples).map((sample) => evaluate(network, sample));
        const engine = await BitsEngine.open(network, { vectors: blockVectors, pieceGates: 40 });
        expect([...engine.classify(samples)]).toEqual(expected.map((one) => one.class));
        expect([...engine.sums(samples)]).toEqual(expected.flatMap(({ sums }) => sums));
      },
    ),
    { numRuns: 50 },
  );
});

test("affine bytes, special floats: as the reference", async () => {
  const bytes = randomNetwork({ ...mnistShape, layers: [200, 40], classes: 4 }, 5);
  const scaled: LutNetwork = {
    ...bytes,
    input: { dtype: "uint8", features: 784, affine: { scale: 1 / 255, offset: -0.1307 } },
    encoder: { ...bytes.encoder, threshold: bytes.encoder.threshold.map((raw) => Math.fround(raw / 255 - 0.1307)) },
  };
  const images = randomSamples(scaled.input, 150, 2) as Uint8Array;
  expect((await BitsEngine.open(scaled)).classify(images)).toEqual(classifyReference(scaled, images));

  const floats = randomNetwork(
    { ...mnistShape, input: { dtype: "float32", features: 5 }, codeBits: 15, layers: [40], classes: 2 },
    5,
  );
  const special = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    1e-45,
    ...floats.encoder.threshold,
  ];
  const samples = Float32Array.from({ length: 5 * 200 }, (_, i) => special[(i * 7 + (i >> 3)) % special.length]!);
  const engine = await BitsEngine.open(floats);
  expect(engine.classify(samples)).toEqual(classifyReference(floats, samples));
});

test("counts above 255 come back whole", async () => {
  const network = randomNetwork({ ...mnistShape, layers: [700], classes: 1 }, 1);
  network.layers[0]!.tables.fill(0xffffffff);
  network.layers[0]!.tables.set([0x12345678, 0x9abcdef0]);
  const samples = randomSamples(network.input, 130, 3);
  const sums = (await BitsEngine.open(network)).sums(samples);
  expect([...sums]).toEqual(rows(network, samples).flatMap((sample) => evaluate(network, sample).sums));
  expect(Math.min(...sums)).toBeGreaterThanOrEqual(699);
});

test("samples of the wrong type or size are refused", async () => {
  const engine = await BitsEngine.open(randomNetwork({ ...mnistShape, layers: [10] }, 1));
  expect(() => engine.classify(new Float32Array(784))).toThrow(expect.objectContaining({ code: "bits.samples" }));
  expect(() => engine.classify(new Uint8Array(783))).toThrow(expect.objectContaining({ got: "Uint8Array of 783" }));
  expect(engine.classify(new Uint8Array(0))).toEqual(new Uint8Array(0));
  await expect(BitsEngine.open({ ...randomNetwork(mnistShape, 1), classes: 7 })).rejects.toMatchObject({
    code: "bits.groups",
  });
});

describe("all cores", () => {
  const network = randomNetwork({ ...mnistShape, layers: [120, 40] }, 2);
  const opened = BitsPool.open(network, { threads: 2 });
  afterAll(async () => (await opened).close());

  test("threads share the samples; runs that overlap do not mix", async () => {
    const pool = await opened;
    expect(pool.threads).toBe(2);
    const runs = [9000, 1, 0, 4097].map((count, seed) => randomSamples(network.input, count, seed) as Uint8Array);
    const shared = pool.allocate(300) as Uint8Array;
    shared.set(runs[0]!.subarray(0, shared.length));
    const single = await BitsEngine.open(network);
    const answers = await Promise.all([...runs, shared].map((samples) => pool.classify(samples)));
    expect(answers).toEqual([...runs, shared].map((samples) => single.classify(samples)));
  });

  test("wrong samples are one error, and the pool goes on", async () => {
    const pool = await opened;
    await expect(pool.classify(new Uint8Array(5))).rejects.toMatchObject({ code: "bits.samples" });
    expect(await pool.classify(new Uint8Array(784))).toEqual(classifyReference(network, new Uint8Array(784)));
  });

  test("a closed pool says so", async () => {
    const pool = await BitsPool.open(network, { threads: 1 });
    await pool.close();
    await expect(pool.classify(new Uint8Array(784))).rejects.toMatchObject({ code: "engine.worker" });
  });
});

test("nothing that the browser needs imports Node", () => {
  const seen = new Set<string>();
  const follow = (file: URL): void => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const source = readFileSync(file, "utf8");
    expect(source, file.href).not.toMatch(/from "node:/);
    for (const [, path] of source.matchAll(/from "(\.[^"]+)"/g)) follow(new URL(path!, file));
  };
  follow(new URL("./index.ts", import.meta.url));
  expect(seen.size).toBeGreaterThan(15);
});
