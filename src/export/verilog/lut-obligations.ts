/** @file What the four parts of a lookup-table circuit must compute, said as plainly as it can be. */

import type { DecisionDiagrams, Diagram } from "../../circuits/equivalence/decision-diagram.ts";
import type { FpgaNetlist } from "../../circuits/fpga/netlist.ts";
import { type LutNetlist, type Signal, signalOf } from "../../engine/bits/netlist.ts";
import { inputOf, netsOf, present } from "./lut-nets.ts";
import { contentsOf } from "./lut-tables.ts";
import type { Obligation, Obligations } from "./obligation.ts";

/** Every bit of the code: a byte of the sample above its threshold. */
export function encoderObligations(mapped: FpgaNetlist, network: LutNetlist): Obligations {
  const sample = inputOf(mapped, "sample_i") ?? [];
  const isWhole = sample.length === 8 * network.input.features;
  const { code } = netsOf(mapped, network);
  // High bits of a byte decide first.
  const cuts = sample.map((_, i) => {
    const at = i - (i % 8) + 7 - (i % 8);
    return { net: sample[at]!, name: `sample_i[${at}]` };
  });
  const all = network.bits.map(
    ({ feature, threshold }, b): Obligation => ({
      name: `code ${b}: feature ${feature} > ${threshold}`,
      net: isWhole ? code[b] : undefined,
      wanted: (diagrams, at) => {
        let above: Diagram = threshold < 0 ? 1 : 0;
        for (let i = 0; i < 8 && threshold >= 0; i++) {
          const bit = at(sample[8 * feature + i]!);
          above = ((threshold >> i) & 1) === 1 ? diagrams.and(bit, above) : diagrams.or(bit, above);
        }
        return above;
      },
    }),
  );
  return { cuts, all };
}

/** Every table: its contents, of the signals that it reads. */
export function tableObligations(mapped: FpgaNetlist, network: LutNetlist): Obligations {
  const { signal } = netsOf(mapped, network);
  const first = network.bits.length + 1;
  const signals = Array.from({ length: first - 1 + network.luts.length }, (_, i) => i + 1);
  const cuts = signals.map((of) => ({ net: signal(of), name: nameOf(of, first) })).filter(present);
  const all = network.luts.map(
    (lut, index): Obligation => ({
      name: nameOf(first + index, first),
      net: lut.inputs.some((input) => signal(input) === undefined) ? undefined : signal(first + index),
      wanted: (diagrams, at) =>
        diagrams.table(
          contentsOf(lut),
          lut.inputs.map((input) => at(signal(input)!)),
        ),
    }),
  );
  return { cuts, all, areCuts: true };
}

const nameOf = (signal: Signal, first: number): string => (signal < first ? `code ${signal - 1}` : `table ${signal}`);

/** Every bit of the count of class k: of the number of ones among what the class counts. */
export function counterObligations(mapped: FpgaNetlist, network: LutNetlist, k: number): Obligations {
  const { signal, count } = netsOf(mapped, network);
  const first = network.bits.length + 1;
  const group = network.groups[k]!;
  const counted = group.map((literal) => ({
    net: signal(signalOf(literal)),
    name: nameOf(signalOf(literal), first),
    isInverted: (literal & 1) === 1,
  }));
  const cuts = counted.filter(present);
  const isWhole = cuts.length === counted.length;
  const all = Array.from(
    { length: widthOf(network) },
    (_, bit): Obligation => ({
      name: `count ${k}, bit ${bit}`,
      net: isWhole ? count(k)[bit] : undefined,
      wanted: (diagrams, at) => {
        const values = cuts.map(({ net, isInverted }) => (isInverted ? diagrams.not(at(net)) : at(net)));
        return bitOfCount(diagrams, values, bit);
      },
    }),
  );
  return { cuts, all };
}

/** Bits of a count: the largest class sets them, all have the same. */
const widthOf = ({ groups }: LutNetlist): number =>
  Math.floor(Math.log2(Math.max(1, ...groups.map((group) => group.filter((of) => of !== 0).length)))) + 1;

/** A bit of the number of ones: what it is after all values, for every number of ones before. */
function bitOfCount(diagrams: DecisionDiagrams, values: readonly Diagram[], bit: number): Diagram {
  let result: Diagram[] = Array.from({ length: values.length + 1 }, (_, ones) => (ones >> bit) & 1);
  for (let i = values.length - 1; i >= 0; i--) {
    const after = result;
    result = Array.from({ length: i + 1 }, (_, ones) => diagrams.choose(values[i]!, after[ones + 1]!, after[ones]!));
  }
  return result[0]!;
}

/** Every bit of the class: of the lowest class whose count none exceeds. */
export function argmaxObligations(mapped: FpgaNetlist, network: LutNetlist, latency: number): Obligations {
  const { count } = netsOf(mapped, network);
  const classes = network.groups.map((_, k) => k);
  const width = widthOf(network);
  // The high bits of all counts, then the next: whoever falls behind is out of the contest.
  const cuts = Array.from({ length: width }, (_, i) => width - 1 - i)
    .flatMap((bit) => classes.map((k) => ({ net: count(k)[bit], name: `count ${k}, bit ${bit}` })))
    .filter(present);
  const output = mapped.bitsOf("class_o") ?? [];
  const bits = Math.max(1, Math.ceil(Math.log2(classes.length)));
  const isWhole = classes.every((k) => count(k).length === width) && output.length === bits;
  const isLate = output.some((net) => mapped.latencyOf(net) !== undefined && mapped.latencyOf(net) !== latency);
  let winners: readonly Diagram[] | undefined;
  const all = Array.from(
    { length: bits },
    (_, bit): Obligation => ({
      name: `class, bit ${bit}`,
      net: isWhole && !isLate ? output[bit] : undefined,
      wanted: (diagrams, at) => {
        winners ??= winnersAmong(
          diagrams,
          classes.map((k) => count(k).map(at)),
        );
        return winners.filter((_, k) => ((k >> bit) & 1) === 1).reduce((any, wins) => diagrams.or(any, wins), 0);
      },
    }),
  );
  return { cuts, all };
}

/** For each number whether it is the first of the greatest. */
const winnersAmong = (diagrams: DecisionDiagrams, numbers: readonly (readonly Diagram[])[]): Diagram[] =>
  numbers.map((mine, k) =>
    numbers
      .map((its, other) => (other < k ? above(diagrams, mine, its) : diagrams.not(above(diagrams, its, mine))))
      .filter((_, other) => other !== k)
      .reduce((all, beats) => diagrams.and(all, beats), 1),
  );

/** a > b, the lowest bit first. */
function above(diagrams: DecisionDiagrams, a: readonly Diagram[], b: readonly Diagram[]): Diagram {
  let result: Diagram = 0;
  a.forEach((bit, i) => {
    result = diagrams.choose(bit, diagrams.choose(b[i]!, result, 1), diagrams.choose(b[i]!, 0, result));
  });
  return result;
}
