/** @file Multiply-accumulate units as netlists: o = a·w + p modulo 2^accBits, all signed. Built directly, without synthesis. */

import { fail } from "../../../base/errors.ts";
import { NetlistBuilder } from "../builder.ts";
import { type Net, type Netlist, ZERO } from "../netlist.ts";
import { baughWooleyRows } from "./baugh-wooley.ts";
import { boothRows } from "./booth.ts";
import { addBit, emptyColumns, reduceColumns, rippleAdd } from "./columns.ts";

/** Ways to make the partial products. */
export const multipliers = { booth4: boothRows, baughWooley: baughWooleyRows } as const;

export type Multiplier = keyof typeof multipliers;

export interface MacOptions {
  multiplier: Multiplier;
  /** p enters the same reduction as the partial products; otherwise the product is complete before it is added. */
  isFused: boolean;
  activationBits: number;
  weightBits: number;
  accumulatorBits: number;
  /** Where w = 0 the multiplier's inputs are held at 0 and p goes past it. */
  isZeroGated: boolean;
}

/** The unit of a 64-row array of 8-bit operands: 16 bits of product and 6 of accumulation. */
export const defaultMac: MacOptions = {
  multiplier: "booth4",
  isFused: true,
  activationBits: 8,
  weightBits: 8,
  accumulatorBits: 22,
  isZeroGated: false,
};

const widthRanges = { activationBits: [2, 32], weightBits: [2, 32], accumulatorBits: [2, 64] } as const;

function checkOptions(options: MacOptions): void {
  const where = "multiply-accumulate unit";
  for (const [name, [least, most]] of Object.entries(widthRanges)) {
    const width = options[name as keyof typeof widthRanges];
    if (!Number.isInteger(width) || width < least || width > most) {
      fail({
        code: "mac.width",
        where,
        message: `${name} is out of range`,
        expected: `an integer from ${least} to ${most}`,
        got: String(width),
        ...(width === 1 && { hint: "operands are signed; a bit alone has no sign" }),
      });
    }
  }
  if (!Object.hasOwn(multipliers, options.multiplier)) {
    fail({
      code: "mac.multiplier",
      where,
      message: "no such multiplier",
      expected: Object.keys(multipliers).join(" or "),
      got: String(options.multiplier),
    });
  }
}

/** The nets of a·w + p. */
function sum(b: NetlistBuilder, options: MacOptions, a: readonly Net[], w: readonly Net[], p: readonly Net[]): Net[] {
  const { accumulatorBits } = options;
  const rows = multipliers[options.multiplier];
  const productBits = options.isFused ? accumulatorBits : Math.min(accumulatorBits, a.length + w.length);
  const columns = emptyColumns(productBits);
  rows(b, a, w, columns);
  if (options.isFused) {
    for (const [bit, net] of p.entries()) addBit(columns, bit, net);
    return rippleAdd(b, reduceColumns(b, columns));
  }
  const product = rippleAdd(b, reduceColumns(b, columns));
  return rippleAdd(
    b,
    p.map((net, bit) => [product[Math.min(bit, productBits - 1)]!, net]),
  );
}

/** One net that says whether any is 1: a balanced tree. */
function anyOf(b: NetlistBuilder, nets: readonly Net[]): Net {
  if (nets.length <= 1) return nets[0] ?? ZERO;
  const half = nets.length >> 1;
  return b.or(anyOf(b, nets.slice(0, half)), anyOf(b, nets.slice(half)));
}

/**
 * Ports: inputs `a`, `w`, `p`, output `o`, all signed.
 * @throws FemtoError `mac.width`, `mac.multiplier`
 */
export function buildMac(choice: Partial<MacOptions> = {}): Netlist {
  const options = { ...defaultMac, ...choice };
  checkOptions(options);
  const { multiplier, isFused, isZeroGated, activationBits, weightBits, accumulatorBits } = options;
  const form = `${isFused ? "fused" : "separate"}${isZeroGated ? "_gated" : ""}`;
  const b = new NetlistBuilder(`mac_${multiplier}_${form}_${activationBits}x${weightBits}_${accumulatorBits}`);
  const a = b.input("a", activationBits, true);
  const w = b.input("w", weightBits, true);
  const p = b.input("p", accumulatorBits, true);
  if (!isZeroGated) {
    b.output("o", sum(b, options, a, w, p), true);
    return b.build();
  }
  const isUsed = anyOf(b, w);
  const gated = (nets: readonly Net[]) => nets.map((net) => b.and(net, isUsed));
  const total = sum(b, options, gated(a), w, gated(p));
  b.output(
    "o",
    total.map((net, bit) => b.gate("MUX", p[bit]!, net, isUsed)),
    true,
  );
  return b.build();
}
