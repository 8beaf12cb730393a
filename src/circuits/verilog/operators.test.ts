import { expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import {
  add,
  asSigned,
  concat,
  constant,
  extend,
  less,
  ModuleBuilder,
  multiply,
  mux,
  select,
  shiftRightArithmetic,
  signed,
  slice,
  truncate,
  typeFor,
  unsigned,
} from "./index.ts";

const m = new ModuleBuilder("m");
const a = m.input("a", signed(8));
const b = m.input("b", signed(9));
const u = m.input("u", unsigned(8));

const codeOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error.code;
    throw error;
  }
  return "accepted";
};

test("operands of different widths are refused with both named", () => {
  expect(() => add(a, b)).toThrow(FemtoError);
  const error = (() => {
    try {
      add(a, b);
    } catch (thrown) {
      return thrown as FemtoError;
    }
    return undefined;
  })();
  expect(error?.render()).toContain("a is signed 8, b is signed 9");
  expect(codeOf(() => add(extend(a, 9), b))).toBe("accepted");
});

test("operands of different signs are refused", () => {
  expect(codeOf(() => add(a, u))).toBe("circuits.mixed-sign");
  expect(codeOf(() => less(a, u))).toBe("circuits.mixed-sign");
  expect(codeOf(() => multiply(a, u))).toBe("circuits.mixed-sign");
  expect(codeOf(() => mux(slice(u, 0, 0), a, u))).toBe("circuits.mixed-sign");
});

test("the trap: a concatenation or part-select in signed arithmetic needs asSigned", () => {
  const raw = concat(slice(a, 7, 7), a);
  expect(codeOf(() => add(b, raw))).toBe("circuits.unsigned-concat");
  expect(codeOf(() => shiftRightArithmetic(raw, 3))).toBe("circuits.unsigned-concat");
  expect(codeOf(() => less(slice(b, 7, 0), a))).toBe("circuits.unsigned-concat");
  expect(codeOf(() => shiftRightArithmetic(u, 3))).toBe("circuits.mixed-sign");
  expect(codeOf(() => shiftRightArithmetic(asSigned(raw), 3))).toBe("accepted");
  const other = new ModuleBuilder("other");
  const x = other.input("x", signed(4));
  expect(codeOf(() => other.wire("y", asSigned(concat(x, x))))).toBe("accepted");
  expect(codeOf(() => other.drive(other.declare("z", signed(8)), concat(x, x)))).toBe("circuits.unsigned-concat");
});

test("constants fit, slices exist, tables are whole", () => {
  expect(codeOf(() => constant(128, signed(8)))).toBe("circuits.constant");
  expect(codeOf(() => constant(-1, unsigned(8)))).toBe("circuits.constant");
  expect(codeOf(() => slice(a, 8, 0))).toBe("circuits.slice");
  expect(codeOf(() => select(constant(5, unsigned(7)), slice(u, 2, 0)))).toBe("circuits.slice");
  expect(codeOf(() => extend(a, 7))).toBe("circuits.width");
  expect(codeOf(() => unsigned(0))).toBe("circuits.width");
});

test("widths of results", () => {
  expect(multiply(a, b)).toMatchObject({ width: 17, signed: true });
  expect(concat(a, b)).toMatchObject({ width: 17, signed: false });
  expect(truncate(b, 8)).toMatchObject({ width: 8, signed: true });
  expect(less(a, a)).toMatchObject({ width: 1, signed: false });
  expect(typeFor(-128n, 100n)).toEqual(signed(8));
  expect(typeFor(-129n, 0n)).toEqual(signed(9));
  expect(typeFor(0n, 255n)).toEqual(unsigned(8));
});
