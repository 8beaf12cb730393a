/** @file What `femto twin` is asked: the options as the parameters of the comparison. */

import { fail } from "../../base/errors.ts";
import { type LayerCost, spiking } from "../../energy/index.ts";
import { exactly, type Machine } from "../../machines/index.ts";
import { choiceOf, numberOf, wholeOf } from "../values.ts";

export interface Args {
  readonly [option: string]: unknown;
}

const textOf = (args: Args, option: string) => args[option] as string | undefined;

/** `w4` or `4`. @throws FemtoError `option.bits` */
export function weightBitsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, bits] = /^w?(\d{1,2})$/.exec(text.trim().toLowerCase()) ?? [];
  if (bits !== undefined && Number(bits) >= 1 && Number(bits) <= 64) return Number(bits);
  return fail({
    code: "option.bits",
    where: "--bits",
    message: "is no width of weights",
    expected: "w4: activations have the bits of the twin, which follow from --t",
    got: text,
  });
}

/** A number, or a case of theorem 2. */
function rateOf(text: string | undefined): number | spiking.SpikeRateCase {
  if (text === undefined) return "average";
  if (/^[a-z]+$/i.test(text)) return choiceOf("sr", text, ["lowest", "average", "highest"])!;
  return numberOf("sr", text, { least: 0, most: 1 })!;
}

/** Everything that holds for all layers, but for the width of weights. */
export function optionsOf(args: Args): Omit<spiking.TwinOptions, "weightBits"> {
  const number = (option: string, least: number, most?: number) =>
    numberOf(option, textOf(args, option), { least, ...(most !== undefined && { most }) });
  const given = {
    active: number("active", 0, 1),
    hops: number("hops", 0),
    multicast: number("multicast", 1),
    temporalReuse: number("reuse", 1),
    membraneBits: wholeOf("membrane", textOf(args, "membrane"), { least: 1, most: 64 }),
    code: choiceOf("code", textOf(args, "code"), ["rate", "ttfs"]),
  };
  return {
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<typeof given>),
    steps: wholeOf("t", textOf(args, "t"), { least: 1, most: 65536 }) ?? 5,
    spikeRate: rateOf(textOf(args, "sr")),
  } as Omit<spiking.TwinOptions, "weightBits">;
}

/** `784,256` or `784,256,100`: a layer by its inputs, its neurons, and the positions that share its weights. */
export function layerOf(text: string): LayerCost {
  const numbers = text.split(",").map((part) => wholeOf("layer", part, { least: 1, most: 1e9 })!);
  const [inputs, neurons, positions = 1] = numbers;
  if (numbers.length < 2 || numbers.length > 3) {
    fail({
      code: "option.layer",
      where: "--layer",
      message: "is no layer",
      expected: "INPUTS,NEURONS or INPUTS,NEURONS,POSITIONS",
      got: text,
    });
  }
  return {
    name: "layer",
    node: `layer of ${text}`,
    operator: "MatMul",
    macs: inputs! * neurons! * positions,
    nW: inputs! * neurons!,
    nA: inputs! * positions,
    nY: neurons! * positions,
    loops: [],
  };
}

/** `sparseEvent=3,denseBit=0.25`: constants beside the machine. @throws FemtoError `option.price` */
export function statedPrices(
  text: string | undefined,
  { unit }: Machine,
): Partial<Record<spiking.SpikingPriceName, spiking.SpikingPrice>> {
  const stated: Partial<Record<spiking.SpikingPriceName, spiking.SpikingPrice>> = {};
  for (const part of text?.split(",") ?? []) {
    const [, name, figure] = /^([^=]+)=(.+)$/.exec(part.trim()) ?? [];
    if (name === undefined || !Object.hasOwn(spiking.spikingUnits, name)) {
      fail({
        code: "option.price",
        where: "--price",
        message: "is no constant of the comparison",
        expected: `NAME=${unit.label}, with a name out of ${spiking.spikingPriceNames.join(", ")}`,
        got: part,
      });
    }
    const key = name as spiking.SpikingPriceName;
    const energy = exactly(numberOf(`price ${name}`, figure, { least: 0 })!);
    stated[key] = { energy, unit: unit.label + spiking.spikingUnits[key], source: "stated on the command line" };
  }
  return stated;
}

/** Values of an axis where the option names none. */
const usual: Partial<Record<spiking.SweepAxis, readonly number[]>> = {
  steps: [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 31],
  spikeRate: [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
  active: [0.05, 0.1, 0.17, 0.3, 0.5, 1],
  weightBits: [1, 2, 4, 8, 16],
  hops: [0, 0.25, 0.5, 1, 1.5, 2, 5],
  fanIn: [16, 64, 256, 1024, 4096],
  weightReuse: [1, 4, 16, 64, 256, 1024],
  multicast: [1, 2, 4, 8, 16, 64],
  membraneBits: [4, 8, 16, 32],
  eta: [1, 2, 4, 8, 12, 16, 32, 64],
  k: [1, 1.5, 2, 3, 5, 10],
};

export interface AskedSweep {
  readonly axis: spiking.SweepAxis;
  readonly values: readonly number[];
}

/** `hops`, `hops=0.5,1,2`. @throws FemtoError `energy.sweep`, `option.range` */
export function sweepOf(text: string | undefined): AskedSweep | undefined {
  if (text === undefined) return undefined;
  const [name = "", list] = text.split("=");
  const axis = spiking.checkAxis(name.trim());
  const values = list?.split(",").map((part) => numberOf(`sweep ${axis}`, part)!) ?? usual[axis];
  if (values !== undefined) return { axis, values };
  return fail({
    code: "option.sweep",
    where: `--sweep ${axis}`,
    message: "this axis has no usual values",
    expected: `--sweep ${axis}=1,2,4`,
  });
}
