/** @file Removes gates and flip-flops that no output depends on, as synthesis does, and renumbers the nets. */

import { drivers } from "./levelise.ts";
import { flipFlopInputs, type Net, type Netlist, ONE, outputs } from "./netlist.ts";

/** The same netlist without what is never read; ports stay, used or not. */
export function sweep(netlist: Netlist): Netlist {
  const driver = drivers(netlist);
  const registerOf = new Map(netlist.flipFlops.map((flipFlop, index) => [flipFlop.q, index]));
  const isRead = new Uint8Array(netlist.netNames.length);
  const pending: Net[] = outputs(netlist).flatMap(({ nets }) => nets);
  for (let net = pending.pop(); net !== undefined; net = pending.pop()) {
    if (isRead[net]) continue;
    isRead[net] = 1;
    const gate = netlist.gates[driver[net]!];
    const register = registerOf.get(net);
    if (gate !== undefined) pending.push(...gate.inputs);
    if (register !== undefined) pending.push(...flipFlopInputs(netlist.flipFlops[register]!));
  }
  for (const { nets } of netlist.ports) for (const net of nets) isRead[net] = 1;
  const renumbered = new Map<Net, Net>();
  netlist.netNames.forEach((_, net) => {
    if (net <= ONE || isRead[net]) renumbered.set(net, renumbered.size);
  });
  const to = (net: Net): Net => renumbered.get(net)!;
  const control = <C extends { net: Net }>(of: C): C => ({ ...of, net: to(of.net) });
  return {
    ...netlist,
    netNames: netlist.netNames.filter((_, net) => renumbered.has(net)),
    ports: netlist.ports.map((port) => ({ ...port, nets: port.nets.map(to) })),
    gates: netlist.gates
      .filter(({ output }) => isRead[output])
      .map(({ kind, inputs, output }) => ({ kind, inputs: inputs.map(to), output: to(output) })),
    flipFlops: netlist.flipFlops
      .filter(({ q }) => isRead[q])
      .map((flipFlop) => ({
        ...flipFlop,
        d: to(flipFlop.d),
        q: to(flipFlop.q),
        ...(flipFlop.enable && { enable: control(flipFlop.enable) }),
        ...(flipFlop.reset && { reset: control(flipFlop.reset) }),
      })),
  };
}
