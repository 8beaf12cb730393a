import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bytes } from "./bytes.ts";
import { type Exports, instantiateNow, Module, PAGE_BYTES, type PlainName, type ValueType, validate } from "./index.ts";
import {
  type Instruction,
  laneInstructions,
  memoryInstructions,
  memoryLaneInstructions,
  plainInstructions,
} from "./instructions.ts";

const letters: Record<string, ValueType> = { i: "i32", l: "i64", f: "f32", d: "f64", v: "v128" };
const typesOf = (text: string) => [...text].map((letter) => letters[letter]!);

/** A module whose one function loads its parameters, runs one instruction and returns what it leaves. */
function single(
  instruction: Instruction,
  immediate: "none" | "memory" | "lane" | "memoryLane",
  name: string,
): Uint8Array {
  const [parameters = "", results = ""] = instruction.signature.split(":");
  const module = new Module();
  module.memory({ initial: 1 });
  module.define({ parameters: typesOf(parameters), results: typesOf(results) }, (body, ...locals) => {
    for (const local of locals) body.get(local);
    if (immediate === "none") body.op(name as never);
    if (immediate === "memory") body.memory(name as never, 5);
    if (immediate === "lane") body.lane(name as never, instruction.lanes - 1);
    if (immediate === "memoryLane") body.memoryLane(name as never, instruction.lanes - 1, 5);
  });
  return module.encode();
}

const tables = [
  ["none", plainInstructions],
  ["memory", memoryInstructions],
  ["lane", laneInstructions],
  ["memoryLane", memoryLaneInstructions],
] as const;

describe.each(tables)("instructions with immediate: %s", (immediate, table) => {
  const rows = Object.entries<Instruction>(table).filter(([, { signature }]) => signature !== "*");

  test.each(rows)("%s has its signature in the host's eyes", (name, instruction) => {
    expect(validate(single(instruction, immediate, name))).toBe(true);
  });

  test("one lane or one alignment more is refused", () => {
    for (const [name, instruction] of rows) {
      if (instruction.lanes > 0) {
        expect(validate(single({ ...instruction, lanes: instruction.lanes + 1 }, immediate, name))).toBe(false);
      }
    }
  });

  test("no two share an opcode", () => {
    expect(new Set(rows.map(([, { opcode }]) => opcode.join())).size).toBe(rows.length);
  });
});

/** Lane-wise meanings, on unsigned lanes of `bits`: they tell apart what shares a signature. */
const asSigned = (bits: number, x: bigint) => BigInt.asIntN(bits, x);
const meanings: Record<string, (a: bigint, b: bigint, bits: number) => bigint | boolean> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_u: (a, b) => a < b,
  gt_u: (a, b) => a > b,
  le_u: (a, b) => a <= b,
  ge_u: (a, b) => a >= b,
  lt_s: (a, b, bits) => asSigned(bits, a) < asSigned(bits, b),
  gt_s: (a, b, bits) => asSigned(bits, a) > asSigned(bits, b),
  le_s: (a, b, bits) => asSigned(bits, a) <= asSigned(bits, b),
  ge_s: (a, b, bits) => asSigned(bits, a) >= asSigned(bits, b),
  min_u: (a, b) => (a < b ? a : b),
  max_u: (a, b) => (a > b ? a : b),
  min_s: (a, b, bits) => (asSigned(bits, a) < asSigned(bits, b) ? a : b),
  max_s: (a, b, bits) => (asSigned(bits, a) > asSigned(bits, b) ? a : b),
  avgr_u: (a, b) => (a + b + 1n) >> 1n,
  add_sat_u: (a, b, bits) => (a + b >= 1n << BigInt(bits) ? -1n : a + b),
  sub_sat_u: (a, b) => (a < b ? 0n : a - b),
  mul: (a, b) => a * b,
};
const shapes = { i8x16: 8, i16x8: 16, i32x4: 32, i64x2: 64 };

/** The results of a binary vector instruction on 16 + 16 bytes. */
function vectorResult(write: (name: Module) => void, a: Uint8Array, b: Uint8Array): Uint8Array {
  const module = new Module();
  module.memory({ initial: 1 }, { exportedAs: "memory" });
  write(module);
  const { memory, run } = instantiateNow(module.encode()) as { memory: { buffer: ArrayBuffer }; run: () => void };
  const view = new Uint8Array(memory.buffer);
  view.set(a, 0);
  view.set(b, 16);
  run();
  return view.slice(32, 48);
}

const binary = (name: PlainName) => (module: Module) =>
  void module.define({ parameters: [], results: [], exportedAs: "run" }, (body) => {
    body.i32(32).i32(0).memory("v128.load").i32(0).memory("v128.load", 16).op(name).memory("v128.store");
  });

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
const lanesOf = (bytes: Uint8Array, bits: number) =>
  Array.from({ length: 128 / bits }, (_, lane) =>
    bytes.slice((lane * bits) / 8, ((lane + 1) * bits) / 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  );

const laneWise = Object.keys(plainInstructions).filter((name) => {
  const [shape = "", operation = ""] = name.split(".");
  return shape in shapes && operation in meanings;
}) as PlainName[];

test.each(laneWise)("%s does lane by lane what its name says", (name) => {
  const [shape, operation] = name.split(".") as [keyof typeof shapes, string];
  const bits = shapes[shape];
  fc.assert(
    fc.property(sixteen, sixteen, fc.boolean(), (a, other, same) => {
      const b = same ? a : other;
      const expected = lanesOf(a, bits).map((x, lane) => {
        const value = meanings[operation]!(x, lanesOf(b, bits)[lane]!, bits);
        return BigInt.asUintN(bits, typeof value === "bigint" ? value : value ? -1n : 0n);
      });
      expect(lanesOf(vectorResult(binary(name), a, b), bits)).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

test("and, or, xor, andnot and bitselect on all eight rows of their truth table", () => {
  const a = new Uint8Array(16).fill(0b00001111);
  const b = new Uint8Array(16).fill(0b00110011);
  const results = (["v128.and", "v128.or", "v128.xor", "v128.andnot"] as const).map(
    (name) => vectorResult(binary(name), a, b)[0],
  );
  expect(results).toEqual([0b00000011, 0b00111111, 0b00111100, 0b00001100]);
  const select = (module: Module) =>
    void module.define({ parameters: [], results: [], exportedAs: "run" }, (body) => {
      body.i32(32).i32(0).memory("v128.load").i32(0).memory("v128.load", 16);
      body.v128(new Uint8Array(16).fill(0b01010101)).op("v128.bitselect").memory("v128.store");
    });
  // Where the mask has a one, the first operand.
  expect(vectorResult(select, a, b)[15]).toBe((a[0]! & 0b01010101) | (b[0]! & 0b10101010));
});

describe("module", () => {
  test("a loop with a branch, locals of several types, a call and an import", () => {
    const seen: number[] = [];
    const module = new Module();
    const report = module.importFunction({ module: "host", name: "report" }, { parameters: ["i32"], results: [] });
    const square = module.define({ parameters: ["i32"], results: ["i32"] }, (body, x) => {
      body.get(x).get(x).op("i32.mul");
    });
    module.define({ parameters: ["i32"], results: ["i64"], exportedAs: "sumOfSquares" }, (body, count) => {
      const sum = body.local("i64");
      const i = body.local("i32");
      body.count(i, count, 1, () => {
        body.get(i).call(square).op("i64.extend_i32_u").get(sum).op("i64.add").set(sum);
        body
          .get(i)
          .i32(1)
          .op("i32.and")
          .if(
            () => body.get(i).call(report),
            () => body.i32(-1).call(report),
          );
      });
      body.get(sum);
    });
    const exports = instantiateNow(module.encode(), { host: { report: (x: number) => seen.push(x) } });
    expect((exports.sumOfSquares as (n: number) => bigint)(6)).toBe(55n);
    expect(seen).toEqual([-1, 1, -1, 3, -1, 5]);
  });

  test("a block is left, the rest of it does not run", () => {
    const module = new Module();
    module.define({ parameters: ["i32"], results: ["i32"], exportedAs: "atMostTen" }, (body, x) => {
      body.block((out) => {
        body.loop(() => body.get(x).i32(10).op("i32.le_u").branchIf(out));
        body.i32(10).set(x);
      });
      body.get(x);
    });
    const { atMostTen } = instantiateNow(module.encode()) as { atMostTen: (x: number) => number };
    expect([3, 10, 11, 99].map(atMostTen)).toEqual([3, 10, 10, 10]);
  });

  test("constant data stand in memory; memory can be filled and copied", () => {
    const module = new Module();
    module.memory({ initial: 2, maximum: 3 }, { exportedAs: "memory" });
    module.data(70000, Uint8Array.of(1, 2, 3));
    module.define({ parameters: [], results: [], exportedAs: "run" }, (body) => {
      body.i32(0).i32(70000).i32(3).memoryCopy().i32(3).i32(9).i32(2).memoryFill();
    });
    const { memory, run } = instantiateNow(module.encode()) as { memory: { buffer: ArrayBuffer }; run: () => void };
    expect(memory.buffer.byteLength).toBe(2 * PAGE_BYTES);
    run();
    expect([...new Uint8Array(memory.buffer, 0, 6)]).toEqual([1, 2, 3, 9, 9, 0]);
  });

  test("a function without a memory, a type error: the host refuses", () => {
    const module = new Module();
    module.define({ parameters: [], results: ["i32"] }, (body) => body.i32(0).memory("i32.load"));
    expect(validate(module.encode())).toBe(false);
  });
});

test("numbers: every constant comes back as it was", () => {
  const module = new Module();
  const values: { type: ValueType; value: number | bigint }[] = [
    ...[0, 1, -1, 63, 64, -64, -65, 127, 128, 2 ** 31 - 1, -(2 ** 31)].map((value) => ({
      type: "i32" as const,
      value,
    })),
    ...[0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 1n << 40n].map((value) => ({ type: "i64" as const, value })),
    ...[0, -0, 0.5, -3e38, Number.POSITIVE_INFINITY].map((value) => ({
      type: "f32" as const,
      value: Math.fround(value),
    })),
    ...[0.1, -1e300].map((value) => ({ type: "f64" as const, value })),
  ];
  values.forEach(({ type, value }, i) => {
    module.define({ parameters: [], results: [type], exportedAs: `k${i}` }, (body) => {
      if (type === "i64") body.i64(value as bigint);
      else body[type as "i32"](value as number);
    });
  });
  const exports = instantiateNow(module.encode()) as Exports & Record<string, () => number | bigint>;
  expect(values.map((_, i) => exports[`k${i}`]!())).toEqual(values.map(({ value }) => value));
});

test("property: unsigned and signed LEB128 read back", () => {
  const decode = (bytes: Uint8Array, isSigned: boolean) => {
    const raw = bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 127), 0n);
    return isSigned ? BigInt.asIntN(7 * bytes.length, raw) : raw;
  };
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (natural, signed) => {
      const [first, second, third] = [new Bytes(), new Bytes(), new Bytes()];
      first.unsigned(natural);
      second.signed64(signed);
      third.signed32(natural | 0);
      expect(decode(first.toArray(), false)).toBe(BigInt(natural));
      expect(decode(second.toArray(), true)).toBe(signed);
      expect(decode(third.toArray(), true)).toBe(BigInt(natural | 0));
    }),
  );
});
