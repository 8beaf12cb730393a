import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { addDims, divideDims, multiplyDims } from "../graph/dims.ts";
import { Symbols } from "./symbols.ts";

const empty = () => new Symbols(create(ModelProtoSchema));
const named = (param: string) => empty().named(param, "x", 0);

describe("symbols", () => {
  it("keeps names and products of names", () => {
    for (const text of ["N", "batch_size", "batch-size", "2*N", "N*T", "2*(N+1)", "(a/b)*c"]) {
      expect(named(text)).toBe(multiplyDims(text));
    }
    expect(named("T*N")).toBe("N*T");
  });

  it("wraps arithmetic and numbers, which the grammar of products would misread", () => {
    expect(["N+1", "2*N + 1", "12", "N-1", "2*3"].map(named)).toEqual(["(N+1)", "(2*N + 1)", "(12)", "(N-1)", "(2*3)"]);
    expect(named("(a")).toBe("_a");
  });

  it("gives unknown dimensions names of their own, also against later names", () => {
    const symbols = empty();
    expect(symbols.named("?", "x", 0)).toBe("x_d0");
    expect(symbols.named("", "x", 0)).toBe("x_d0_1");
    expect(symbols.fresh("gpu_0/data 1", 2)).toBe("gpu_0_data_1_d2");
  });

  it("reads back what it has written: a symbol is its own name", () => {
    const anyText = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[NTa-c0-9()+*/ -]{0,12}$/));
    fc.assert(
      fc.property(anyText, (text) => {
        const symbol = empty().named(text, "x", 0);
        expect(empty().named(String(symbol), "x", 0)).toBe(symbol);
        expect(multiplyDims(symbol, 1)).toBe(symbol);
      }),
    );
  });

  it("reads back what dimension arithmetic makes", () => {
    const dim = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom("N", "T", "x_d0"));
    const operation = fc.constantFrom(addDims, multiplyDims, divideDims);
    fc.assert(
      fc.property(dim, dim, dim, operation, operation, (a, b, c, first, second) => {
        const inner = first(a, b);
        const result = inner === undefined ? undefined : second(inner, c);
        if (typeof result === "string") expect(named(result)).toBe(result);
      }),
    );
  });
});
