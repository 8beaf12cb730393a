import { expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { NetlistBuilder } from "./builder.ts";
import { checkNetlist } from "./check.ts";
import { foldGate } from "./fold.ts";
import { type GateKind, gateKind, gateKinds, truthTable } from "./gate-kind.ts";
import { netlistHash } from "./hash.ts";
import { levelise } from "./levelise.ts";
import { fanOuts, type Gate, type Netlist } from "./netlist.ts";

/** A netlist written down as data: nets 2 and 3 are the inputs a and b, `read` is the output y. */
function netlist(gates: Gate[], read: number, nets = 10): Netlist {
  return {
    name: "t",
    netNames: Array.from({ length: nets }, (_, net) => ["0", "1", "a", "b"][net] ?? `n${net}`),
    ports: [
      { name: "a", direction: "input", nets: [2], isSigned: false },
      { name: "b", direction: "input", nets: [3], isSigned: false },
      { name: "y", direction: "output", nets: [read], isSigned: false },
    ],
    gates,
    flipFlops: [],
  };
}

function errorOf(body: () => unknown): FemtoError {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error;
    throw error;
  }
  throw new Error("no error");
}

test("a sound netlist passes and is levelled", () => {
  const sound = netlist(
    [
      { kind: "NOT", inputs: [5], output: 4 },
      { kind: "AND", inputs: [2, 3], output: 5 },
      { kind: "XOR", inputs: [4, 2], output: 6 },
    ],
    6,
  );
  expect(checkNetlist(sound)).toBe(sound);
  const { order, depth } = levelise(sound);
  expect([...order]).toEqual([1, 0, 2]);
  expect([depth[2], depth[5], depth[4], depth[6]]).toEqual([0, 1, 2, 3]);
  expect([...fanOuts(sound)].slice(2, 7)).toEqual([2, 1, 1, 1, 1]);
});

test("an undriven net is named with its reader", () => {
  const error = errorOf(() => checkNetlist(netlist([{ kind: "AND", inputs: [2, 7], output: 4 }], 4)));
  expect(error.code).toBe("netlist.undriven");
  expect(error.message).toContain("n7");
  expect(error.got).toContain("gate 0 AND pin B");
});

test("a net with two drivers is named with both", () => {
  const gates: Gate[] = [
    { kind: "AND", inputs: [2, 3], output: 4 },
    { kind: "OR", inputs: [2, 3], output: 4 },
  ];
  const error = errorOf(() => checkNetlist(netlist(gates, 4)));
  expect(error.code).toBe("netlist.multiply-driven");
  expect(error.got).toBe("gate 0 AND → n4, gate 1 OR → n4");
  expect(errorOf(() => checkNetlist(netlist([{ kind: "NOT", inputs: [2], output: 3 }], 3))).code).toBe(
    "netlist.multiply-driven",
  );
  expect(errorOf(() => checkNetlist(netlist([{ kind: "NOT", inputs: [2], output: 1 }], 3))).got).toContain(
    "constant 1",
  );
});

test("a combinational loop is named as a cycle, without what merely hangs behind it", () => {
  const gates: Gate[] = [
    { kind: "XOR", inputs: [2, 6], output: 4 },
    { kind: "NOT", inputs: [4], output: 5 },
    { kind: "AND", inputs: [5, 3], output: 6 },
    { kind: "NOT", inputs: [6], output: 7 },
  ];
  const error = errorOf(() => checkNetlist(netlist(gates, 7)));
  expect(error.code).toBe("netlist.loop");
  expect(error.got).toMatch(/\(3 gates\)$/);
  // Some rotation of n4 → n5 → n6 → n4.
  expect("n4 → n5 → n6 → n4 → n5 → n6").toContain(error.got!.replace(" (3 gates)", ""));
  expect(error.render().split("\n")).toHaveLength(4);
});

test("a wrong number of pins, a missing clock and a clock used as data are refused", () => {
  expect(errorOf(() => checkNetlist(netlist([{ kind: "MUX", inputs: [2, 3], output: 4 }], 4))).code).toBe(
    "netlist.pins",
  );
  const flipFlops = [{ d: 2, q: 4, initial: 0 as const }];
  expect(errorOf(() => checkNetlist({ ...netlist([], 4), flipFlops })).code).toBe("netlist.clock");
  const clocked = { ...netlist([], 4), flipFlops, clock: { port: "a", edge: "rising" as const } };
  expect(errorOf(() => checkNetlist(clocked)).message).toContain("used as data");
  expect(() => checkNetlist({ ...clocked, clock: { port: "b", edge: "rising" } })).not.toThrow();
});

test("folding keeps the function of every gate, for every choice of constants and repeated nets", () => {
  const wrong: string[] = [];
  for (const kind of Object.keys(gateKinds) as GateKind[]) {
    const { pins } = gateKind(kind);
    for (let choice = 0; choice < 5 ** pins.length; choice++) {
      // Each pin carries 0, 1, or one of the nets 2, 3, 4.
      const inputs = pins.map((_, pin) => Math.floor(choice / 5 ** pin) % 5);
      const folded = foldGate(kind, inputs);
      for (let row = 0; row < 8; row++) {
        const value = (net: number) => (net <= 1 ? net : (row >> (net - 2)) & 1);
        const of = (k: GateKind, nets: readonly number[]) =>
          (truthTable(k) >> nets.reduce((bits, net, pin) => bits | (value(net) << pin), 0)) & 1;
        const got = typeof folded === "number" ? value(folded) : of(folded.kind, folded.inputs);
        if (got !== of(kind, inputs)) wrong.push(`${kind} ${inputs} row ${row}`);
      }
      if (typeof folded !== "number" && folded.inputs.length <= 2)
        expect(Math.min(...folded.inputs)).toBeGreaterThan(1);
    }
  }
  expect(wrong).toEqual([]);
});

test("the builder leaves out what no output depends on", () => {
  const b = new NetlistBuilder("t");
  const [x, y] = b.input("x", 2) as [number, number];
  b.and(b.xor(x, y), x);
  b.output("y", [b.or(x, y)]);
  const built = b.build();
  expect(built.gates.map(({ kind }) => kind)).toEqual(["OR"]);
  expect(built.netNames).toHaveLength(5);
});

test("the hash follows structure, not names", () => {
  const make = (kind: GateKind, name = "t") => {
    const b = new NetlistBuilder(name);
    const [x, y] = b.input("x", 2) as [number, number];
    b.output("y", [b.gate(kind, x, y)]);
    return b.build();
  };
  expect(netlistHash(make("AND", "u"))).toBe(netlistHash(make("AND")));
  expect(netlistHash(make("OR"))).not.toBe(netlistHash(make("AND")));
  const renamed = { ...make("AND"), netNames: ["0", "1", "p", "q", "r"] };
  expect(netlistHash(renamed)).toBe(netlistHash(make("AND")));
});
