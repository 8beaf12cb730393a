/** @file What every netlist must hold before anything is computed from it. */

import { fail } from "../../base/errors.ts";
import { gateKind } from "./gate-kind.ts";
import { levelise } from "./levelise.ts";
import { dataInputs, flipFlopInputs, type Net, type Netlist, ONE, outputs, ZERO } from "./netlist.ts";

/** Each net's drivers and readers, said so that a person finds them. */
function connections(netlist: Netlist): { driver: string; net: Net }[][] {
  const name = (net: Net) => netlist.netNames[net] ?? `net ${net}`;
  const drives = [
    { driver: "constant 0", net: ZERO },
    { driver: "constant 1", net: ONE },
    ...netlist.ports
      .filter(({ direction }) => direction === "input")
      .flatMap((port) => port.nets.map((net, bit) => ({ driver: `input ${port.name}[${bit}]`, net }))),
    ...netlist.gates.map(({ kind, output }, index) => ({
      driver: `gate ${index} ${kind} → ${name(output)}`,
      net: output,
    })),
    ...netlist.flipFlops.map(({ q }, index) => ({ driver: `flip-flop ${index} → ${name(q)}`, net: q })),
  ];
  const byNet: { driver: string; net: Net }[][] = netlist.netNames.map(() => []);
  for (const drive of drives) byNet[drive.net]?.push(drive);
  return byNet;
}

function checkDrivers(netlist: Netlist): void {
  const where = `netlist ${netlist.name}`;
  const name = (net: Net) => netlist.netNames[net] ?? `net ${net}`;
  const byNet = connections(netlist);
  byNet.forEach((list, net) => {
    if (list.length > 1) {
      fail({
        code: "netlist.multiply-driven",
        where,
        message: `net ${name(net)} has ${list.length} drivers`,
        expected: "one driver",
        got: list.map(({ driver }) => driver).join(", "),
        hint: "each net is driven by one gate, flip-flop or input; three-state buses are not modelled",
      });
    }
  });
  const reads = [
    ...netlist.gates.flatMap(({ kind, inputs }, index) =>
      inputs.map((net, pin) => ({ net, reader: `gate ${index} ${kind} pin ${gateKind(kind).pins[pin]}` })),
    ),
    ...netlist.flipFlops.flatMap((flipFlop, index) =>
      flipFlopInputs(flipFlop).map((net) => ({ net, reader: `flip-flop ${index} (${name(flipFlop.q)})` })),
    ),
    ...outputs(netlist).flatMap((port) =>
      port.nets.map((net, bit) => ({ net, reader: `output ${port.name}[${bit}]` })),
    ),
  ];
  for (const { net, reader } of reads) {
    if (byNet[net] === undefined || byNet[net].length === 0) {
      fail({
        code: "netlist.undriven",
        where,
        message: `net ${name(net)} is read but nothing drives it`,
        expected: "a gate, a flip-flop, an input or a constant",
        got: `read by ${reader}`,
        hint: "connect it, or tie it to a constant",
      });
    }
  }
}

/** The clock moves flip-flops and nothing else: a netlist is simulated cycle by cycle. */
function checkClock(netlist: Netlist): void {
  const where = `netlist ${netlist.name}`;
  const { clock } = netlist;
  if (clock === undefined) {
    if (netlist.flipFlops.length > 0) {
      fail({
        code: "netlist.clock",
        where,
        message: `${netlist.flipFlops.length} flip-flops but no clock`,
        expected: "the name of an input port as clock",
      });
    }
    return;
  }
  const port = netlist.ports.find(({ name }) => name === clock.port);
  if (port?.direction !== "input" || port.nets.length !== 1) {
    fail({
      code: "netlist.clock",
      where,
      message: `clock ${clock.port} is not an input port of one bit`,
      got: port === undefined ? "no such port" : `${port.direction} of ${port.nets.length} bits`,
    });
  }
  const net = port.nets[0]!;
  const reader = netlist.gates.find(({ inputs }) => inputs.includes(net));
  const register = netlist.flipFlops.find((flipFlop) => flipFlopInputs(flipFlop).includes(net));
  if (reader !== undefined || register !== undefined) {
    fail({
      code: "netlist.clock",
      where,
      message: `clock ${clock.port} is used as data`,
      got: reader ? `read by ${reader.kind} → ${netlist.netNames[reader.output]}` : "read by a flip-flop's data pin",
      hint: "gate the clock by an enable of the flip-flops",
    });
  }
}

function checkPins(netlist: Netlist): void {
  netlist.gates.forEach(({ kind, inputs }, index) => {
    const { pins } = gateKind(kind);
    if (inputs.length !== pins.length) {
      fail({
        code: "netlist.pins",
        where: `netlist ${netlist.name} › gate ${index} ${kind}`,
        message: "wrong number of inputs",
        expected: `${pins.length} (${pins.join(", ")})`,
        got: String(inputs.length),
      });
    }
  });
}

/**
 * Returns the netlist if it is sound: pins complete, each net that is read driven exactly once, one clock, no loop.
 * @throws FemtoError `netlist.pins`, `netlist.multiply-driven`, `netlist.undriven`, `netlist.clock`, `netlist.loop`
 */
export function checkNetlist(netlist: Netlist): Netlist {
  checkPins(netlist);
  checkDrivers(netlist);
  checkClock(netlist);
  levelise(netlist);
  return netlist;
}

/** Nets that an input, a gate or a flip-flop drives: those whose toggles can be counted. */
export function drivenNets(netlist: Netlist): Net[] {
  return [
    ...dataInputs(netlist).flatMap(({ nets }) => nets),
    ...netlist.flipFlops.map(({ q }) => q),
    ...netlist.gates.map(({ output }) => output),
  ];
}
