/** @file The chain behind a figure: counts → action → price → scaling → citation. Stored with every term of a bill. */

import type { Machine, Range } from "../machines/index.ts";
import { type Charge, widthText } from "./charge.ts";
import { scalingText } from "./price-use.ts";
import type { Action, Cause } from "./schedule.ts";

export interface Chain {
  /** The layer and the node that ask for it. */
  readonly layer: string;
  readonly node: string;
  readonly cause: Cause;
  /** How often, and how that was counted. */
  readonly count: number;
  readonly rule: string;
  /** `multiplier.multiply` on `int5 × int8`. */
  readonly action: string;
  readonly operands: string;
  /** How counts and widths become multiples of the price. */
  readonly scaling: string;
  readonly quantity: number;
  readonly price: { readonly id: string; readonly stated: string; readonly energy: Range; readonly place: string };
  /** How the price was brought to the machine's node; absent where it was quoted for it. */
  readonly nodeScaling?: string;
  /** `45 nm, 0.9 V` where the file says so. */
  readonly technology: string;
  readonly source: string;
  readonly rangeSource: string | undefined;
  readonly note: string | undefined;
  readonly energy: Range;
  readonly unit: string;
}

export function chainOf(action: Action, { energy, price, quantity, scaling }: Charge, machine: Machine): Chain {
  const { nodeNm, voltage } = price;
  const technology = [nodeNm === undefined ? [] : [`${nodeNm} nm`], voltage === undefined ? [] : [`${voltage} V`]];
  return {
    layer: action.from.layer,
    node: action.from.node,
    cause: action.cause,
    count: action.count,
    rule: action.from.rule,
    action: `${action.component.name}.${action.verb}`,
    operands: action.operands.map(widthText).join(" × "),
    scaling,
    quantity,
    price: { id: price.id, stated: price.stated, energy: price.energy, place: `${machine.origin}:${price.line}` },
    ...(price.scaled && { nodeScaling: scalingText(price.scaled) }),
    technology: technology.flat().join(", "),
    source: price.source.text,
    rangeSource: price.rangeSource?.text,
    note: price.note,
    energy,
    unit: machine.unit.label,
  };
}

/** The chain as lines for a person to read, from the figure back to its source. */
export function explainChain(chain: Chain): string[] {
  const { energy, unit, price } = chain;
  const spread = energy.lo === energy.hi ? "" : ` (${energy.lo} to ${energy.hi})`;
  return [
    `${chain.layer} › ${chain.cause}: ${energy.mid} ${unit}${spread}`,
    `  count    ${chain.count}  ${chain.rule}  (${chain.node})`,
    `  action   ${chain.action}${chain.operands === "" ? "" : ` on ${chain.operands}`}`,
    `  scaling  ${chain.scaling} = ${chain.quantity} × ${price.id}`,
    `  price    ${price.stated}${chain.technology === "" ? "" : `, ${chain.technology}`}  (${price.place})`,
    ...(chain.nodeScaling === undefined ? [] : [`  node     ${chain.nodeScaling}`]),
    ...(chain.note === undefined ? [] : [`  note     ${chain.note}`]),
    `  source   ${chain.source}`,
    `  range    ${chain.rangeSource ?? "the source gives none"}`,
  ];
}
