/** @file What remains of a gate some of whose inputs are constant or the same net. */

import { type GateKind, gateKind, gateKinds, truthTable } from "./gate-kind.ts";
import { type Gate, type Net, ONE, ZERO } from "./netlist.ts";

type Folded = Net | Pick<Gate, "kind" | "inputs">;

const twoInputKinds = (Object.keys(gateKinds) as GateKind[]).filter((kind) => gateKind(kind).pins.length === 2);

/** A constant, an existing net, or a gate with as few inputs as the function needs. */
export function foldGate(kind: GateKind, inputs: readonly Net[]): Folded {
  const distinct = [...new Set(inputs)].filter((net) => net > ONE);
  if (distinct.length === inputs.length) return kind === "BUF" ? inputs[0]! : { kind, inputs };
  const table = truthTable(kind);
  /** The output where variable k carries bit k of `row`. */
  const outputAt = (row: number, variables: readonly Net[]): number => {
    const index = inputs.reduce((bits, net, pin) => {
      const bit = net <= ONE ? net : (row >> variables.indexOf(net)) & 1;
      return bits | (bit << pin);
    }, 0);
    return (table >> index) & 1;
  };
  const rows = [...Array(1 << distinct.length).keys()];
  const column = rows.map((row) => outputAt(row, distinct));
  const matters = distinct.filter((_, k) => rows.some((row) => column[row] !== column[row ^ (1 << k)]));
  // Variables that do not matter carry 0.
  const spread = (row: number) =>
    matters.reduce((bits, net, k) => bits | (((row >> k) & 1) << distinct.indexOf(net)), 0);
  const reduced = [...Array(1 << matters.length).keys()].reduce((bits, row) => bits | (column[spread(row)]! << row), 0);
  return ofTable(reduced, matters) ?? { kind, inputs };
}

/** The gate with this truth table over at most two nets. */
function ofTable(table: number, nets: readonly Net[]): Folded | undefined {
  if (nets.length === 0) return table === 0 ? ZERO : ONE;
  if (nets.length === 1) return table === 0b10 ? nets[0]! : { kind: "NOT", inputs: nets };
  if (nets.length > 2) return undefined;
  for (const inputs of [nets, nets.toReversed()]) {
    const swapped = inputs === nets ? table : (table & 0b1001) | ((table & 0b10) << 1) | ((table & 0b100) >> 1);
    const kind = twoInputKinds.find((candidate) => truthTable(candidate) === swapped);
    if (kind !== undefined) return { kind, inputs };
  }
  return undefined;
}
