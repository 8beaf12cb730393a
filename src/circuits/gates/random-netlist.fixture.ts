/** @file Netlists drawn at random: every kind of gate, paths of all lengths, flip-flops with all controls. */

import type { Rng } from "../../base/rng.ts";
import { NetlistBuilder } from "../netlist/builder.ts";
import { type GateKind, gateKind, gateKinds } from "../netlist/gate-kind.ts";
import type { Control, Net, Netlist } from "../netlist/netlist.ts";

const kinds = Object.keys(gateKinds) as GateKind[];

export function randomNetlist(rng: Rng, size: { gates: number; inputs: number; registers: number }): Netlist {
  const b = new NetlistBuilder("random");
  const inputs = b.input("x", size.inputs);
  const still = b.input("k", 3);
  const nets: Net[] = [...inputs, ...still];
  const pick = () => nets[rng.below(nets.length)]!;
  const control = (): Control => ({ net: pick(), active: rng.below(2) ? 1 : 0 });
  if (size.registers > 0) b.clock("clk");
  const registers = Array.from({ length: size.registers }, (_, index) =>
    b.register(`q${index}`, {
      initial: rng.below(2) ? 1 : 0,
      ...(rng.below(2) && { enable: control() }),
      ...(rng.below(2) && {
        reset: { ...control(), value: rng.below(2) ? (1 as const) : (0 as const), overEnable: rng.below(2) === 0 },
      }),
    }),
  );
  nets.push(...registers.map(({ q }) => q));
  for (let gate = 0; gate < size.gates; gate++) {
    const kind = kinds[rng.below(kinds.length)]!;
    // Mostly young nets, so that paths grow long.
    const near = () => (rng.below(3) ? nets[Math.max(0, nets.length - 1 - rng.below(6))]! : pick());
    nets.push(b.gate(kind, ...gateKind(kind).pins.map(near)));
  }
  for (const { connect } of registers) connect(pick());
  b.output("y", nets.slice(-Math.ceil(size.gates / 3)));
  return b.build();
}
