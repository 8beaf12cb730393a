/** @file Prices one model on one machine for `femto energy`. */

import { basename } from "node:path";
import { fail } from "../base/errors.ts";
import { isAbsent } from "../base/tensor.ts";
import {
  type Activity,
  type Bill,
  bill,
  countWork,
  fitsOf,
  footprintOf,
  nodeWidths,
  usageOf,
} from "../energy/index.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Machine } from "../machines/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { type EnergySubject, energySubject } from "../reports/index.ts";
import { detachFunctions, foldConstants } from "../rewrites/index.ts";
import { zoo } from "../zoo/index.ts";
import { bindingOf, examplesOf } from "./dimensions.ts";
import { modelWidths } from "./model-widths.ts";
import { findBuilder, isPath } from "./network.ts";
import { weightValues } from "./weight-values.ts";

export interface Asked {
  readonly bits?: string | undefined;
  /** Absent: one example. */
  readonly batch?: number | undefined;
  readonly dims?: string | undefined;
  readonly mapping?: string | undefined;
  readonly fuse: boolean;
  readonly activity?: Activity | undefined;
  readonly spikeRate?: number | undefined;
  readonly timeSteps?: number | undefined;
  readonly perSecond?: number | undefined;
  readonly batteryMwh?: number | undefined;
  readonly most: { readonly ramKb?: number; readonly flashKb?: number; readonly latencyMs?: number };
}

export interface Priced {
  readonly subject: EnergySubject;
  readonly bill: Bill;
}

/** A file or a network of the zoo; `absent` leaves the weights of a file where they are, if anywhere. */
export function readForEnergy(word: string, weights: "read" | "absent" = "read"): { name: string; model: Model } {
  if (isPath(word)) {
    const model = readModelFile(word, { weights });
    // Several tables of lookups are functions LutLayer, LutLayer_2 … in a file: all are priced as their operator.
    detachFunctions.run(model);
    foldConstants({ keep: isNoIndexArithmetic }).run(model);
    return { name: basename(word), model };
  }
  const name = findBuilder(word);
  return { name, model: (zoo[name] as () => Model)() };
}

/**
 * Shapes may hang on tables of numbers that exporters compute by nodes (the widths of a Pad by Reshape, Slice and Transpose).
 * These are folded, or the size of all that follows is unknown; weights, of whatever type, are left as the file has them.
 */
const isNoIndexArithmetic = ({ inputs, subgraphs }: Node): boolean =>
  subgraphs.length > 0 ||
  inputs.some((input) => input?.constant !== undefined && input.constant.dtype !== "int64") ||
  inputs.some((input) => input?.constant !== undefined && isAbsent(input.constant));

/** @throws FemtoError of counting, widths and prices */
export function priceSubject({ name, model }: { name: string; model: Model }, machine: Machine, asked: Asked): Priced {
  const binding = bindingOf(model, asked.batch, asked.dims);
  const counts = countWork(model, binding);
  const { widths, text, stored, warnings } = modelWidths(model, counts, asked.bits);
  const { fuse, activity, spikeRate, timeSteps, perSecond } = asked;
  // EQAT's equations leave out everything but weights and inputs of layers: they are for that method.
  const mapping = asked.mapping ?? machine.mapping.kind;
  const isOfFile = asked.bits === undefined && widths.some(({ weight }) => typeof weight === "number");
  const weights = isOfFile ? weightValues(model, counts, machine) : undefined;
  const invoice = bill(counts, machine, widths, {
    mapping,
    fuse,
    ...(weights && { weights }),
    ...(stored && { stored }),
    ...(activity && { activity }),
    ...(spikeRate !== undefined && { spikeRate }),
    ...(timeSteps !== undefined && { timeSteps }),
  });
  const footprint = footprintOf(counts, nodeWidths(counts.nodes, widths), { fuse, stored });
  const subject = energySubject({
    model: {
      name,
      bits: weights === undefined ? text : `${text}; multiply-accumulates by its weights`,
      examples: examplesOf(model, binding),
    },
    machine: {
      name: machine.name,
      title: machine.title,
      nodeNm: machine.technology.nodeNm,
      unit: machine.unit,
      areaMm2: areaOf(machine),
    },
    counts,
    bill: invoice,
    footprint,
    fits: fitsOf(footprint, machine),
    bounds: boundsOf(asked, footprint, invoice),
    usage: perSecond === undefined ? undefined : usage(invoice, machine, perSecond, asked.batteryMwh),
    warnings,
  });
  return { subject, bill: invoice };
}

function usage(invoice: Bill, machine: Machine, perSecond: number, batteryMwh: number | undefined) {
  if (machine.unit.kind === "relative") {
    fail({
      code: "option.rate",
      where: "--rate",
      message: "the machine states ratios, and ratios have no watts",
      got: machine.name,
    });
  }
  return usageOf(invoice, machine, perSecond, batteryMwh);
}

/** Area of all components that state one; none where a component is silent. */
function areaOf({ components }: Machine): number | null {
  const areas = components.map(({ area, count }) => area && area.mm2 * count);
  return areas.every((area) => area !== undefined) ? areas.reduce((sum, area) => sum + area, 0) : null;
}

function boundsOf({ most }: Asked, { peakBytes, storedBytes }: ReturnType<typeof footprintOf>, { latency }: Bill) {
  const bytes = (what: string, needs: number, kb: number | undefined) =>
    kb === undefined
      ? []
      : [{ what, against: "your bound", needs, has: kb * 1024, unit: "bytes", fits: needs <= kb * 1024 }];
  const { latencyMs } = most;
  if (latencyMs !== undefined && latency?.seconds === undefined) {
    fail({
      code: "option.latency",
      where: "--latency",
      message: "this machine and mapping count no time",
      expected: "a machine with clock_mhz and a mapping of an array, such as lpddr4-edge",
    });
  }
  const needs = (latency?.seconds ?? 0) * 1e3;
  return [
    ...bytes("peak RAM", peakBytes, most.ramKb),
    ...bytes("flash", storedBytes, most.flashKb),
    ...(latencyMs === undefined
      ? []
      : [{ what: "latency", against: "your bound", needs, has: latencyMs, unit: "ms", fits: needs <= latencyMs }]),
  ];
}
