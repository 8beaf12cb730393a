/** @file `femto twin`: a spiking network against its quantised twin. */

import { fail } from "../../base/errors.ts";
import { countWork, type LayerWidths, spiking } from "../../energy/index.ts";
import { loadMachine } from "../../machines/index.ts";
import { activityFile } from "../activity-file.ts";
import { command } from "../command.ts";
import { normalisations, readData } from "../dataset.ts";
import { bindingOf } from "../dimensions.ts";
import { readForEnergy } from "../energy-subject.ts";
import { readMachineNamed } from "../machine-file.ts";
import { modelWidths } from "../model-widths.ts";
import { isPath, readNetwork } from "../network.ts";
import { type Args, layerOf, optionsOf, statedPrices, sweepOf, weightBitsOf } from "../twin/asked.ts";
import { compareOn, othersIn, type TwinSubject } from "../twin/compare.ts";
import { measureTwin } from "../twin/measure.ts";
import { twinText } from "../twin/text.ts";
import { choiceOf, wholeOf } from "../values.ts";

/** Whose constants the published figures come from. */
const PAPER = "snn-paper-22nm";

export const twin = command({
  name: "twin",
  about: [
    "Does a spiking version of a network need less energy than a quantised one? A network that spikes over T steps is compared with its twin: the same layers and weights, activations of as many bits as T steps can tell apart. Both pay for arithmetic, weights, the movement of activations and the state of neurons (Yan et al., arXiv 2409.08290).",
    "It prints, under the paper's constants and under a machine of yours, both energies by layer and by cause, how each side moves its activations, the spike rate at which a layer breaks even, what a network would need that spikes only where spikes win, and beside it the literature's shortcut.",
    "Spike rates come from --data, which runs the model, from --activity, or are assumed, which the output says. The first layer of a model takes numbers, not spikes, unless --input says otherwise.",
  ],
  examples: [
    "femto twin lenet5 --data mnist10k --t 5 --bits w4",
    "femto twin --layer 4096,4096 --sr 0.05 --sweep hops",
    "femto twin ./my.onnx --machine ./mesh.yaml --activity ./activity.json --json",
  ],
  args: {
    model: { type: "positional", required: false, description: "an ONNX file, or a network of the zoo" },
    layer: { type: "string", valueHint: "N,M[,P]", description: "one layer instead: N inputs, M neurons, P positions" },
    t: { type: "string", valueHint: "STEPS", description: "time steps of the spiking network (5)" },
    bits: { type: "string", valueHint: "w4", description: "bits of all weights (those of the file, or 4)" },
    sr: {
      type: "string",
      valueHint: "RATE",
      description: "spikes per neuron and step, or lowest, average, highest (average)",
    },
    active: { type: "string", valueHint: "SHARE", description: "activations that are not zero (0.17)" },
    data: { type: "string", valueHint: "NAME|FILE", description: "measure rates on the test part of these data" },
    examples: { type: "string", valueHint: "N", description: "examples to measure on (500)" },
    normalise: { type: "string", valueHint: "KIND", description: `how data enter: ${normalisations.join(", ")} (own)` },
    activity: { type: "string", valueHint: "FILE", description: "rates from measured activity, as JSON" },
    machine: { type: "string", valueHint: "NAME|FILE", description: "a machine beside the paper's constants" },
    price: { type: "string", valueHint: "NAME=PJ", description: "constants that this machine does not state" },
    movement: {
      type: "string",
      valueHint: "PRESET",
      description: "typical, theoretical-minimum or worst-case (typical)",
    },
    "through-memory": {
      type: "boolean",
      description: "where a machine prices no network, move activations through the memory that holds them",
    },
    hops: { type: "string", valueHint: "H", description: "mean hops of a transfer (1)" },
    multicast: { type: "string", valueHint: "M", description: "synapses that one transfer serves (1)" },
    reuse: { type: "string", valueHint: "STEPS", description: "time steps that share a fetch of a weight (1)" },
    membrane: { type: "string", valueHint: "BITS", description: "bits of a membrane (8)" },
    code: { type: "string", valueHint: "CODE", description: "rate, or ttfs: one spike at most (rate)" },
    "bit-serial": { type: "boolean", description: "a twin that multiplies bit by bit" },
    input: {
      type: "string",
      valueHint: "KIND",
      description: "what enters the first layer: numbers or spikes (numbers)",
    },
    "input-bits": { type: "string", valueHint: "N", description: "bits of those numbers (8)" },
    sweep: { type: "string", valueHint: "AXIS", description: "a table along an axis: hops, steps=1,3,7, eta …" },
    batch: { type: "string", valueHint: "N", description: "examples in one run (1)" },
    dim: { type: "string", valueHint: "NAME=SIZE", description: "sizes of other symbolic dimensions" },
  },
  async run({ args, output }) {
    const options = { ...optionsOf(args), weightBits: weightBitsOf(args.bits) ?? 4 };
    const sweep = sweepOf(args.sweep);
    const paper = loadMachine(PAPER);
    const own = args.machine === undefined ? undefined : readMachineNamed(args.machine);
    const kind =
      choiceOf("input", args.input, ["numbers", "spikes"]) ?? (args.layer === undefined ? "numbers" : "spikes");
    const inputBits = wholeOf("input-bits", args["input-bits"], { least: 1, most: 32 }) ?? 8;
    const { subject, warnings } = await subjectOf(args, options.steps, kind === "numbers");
    const found = compareOn(own === undefined || own.name === PAPER ? [paper] : [paper, own], subject, {
      options,
      analogueBits: kind === "numbers" ? inputBits : undefined,
      movement: choiceOf("movement", args.movement, spiking.movementPresets) ?? "typical",
      isBitSerial: args["bit-serial"] === true,
      sweep,
      stated: (machine) => ({
        ...(args["through-memory"] && !spiking.hasNetwork(machine) && spiking.memoryMovement(machine)),
        ...(machine === paper && own !== undefined ? {} : statedPrices(args.price, machine)),
      }),
    });
    const whole = { ...found, warnings: [...warnings, ...found.warnings] };
    output.json(whole);
    output.print(twinText(whole, output));
  },
});

async function subjectOf(
  args: Args,
  steps: number,
  isAnalogue: boolean,
): Promise<{ subject: TwinSubject; warnings: readonly string[] }> {
  const [word, layer, data, file] = ["model", "layer", "data", "activity"].map(
    (name) => args[name] as string | undefined,
  );
  if ((word === undefined) === (layer === undefined)) {
    fail({
      code: "option.conflict",
      where: "femto twin",
      message: word === undefined ? "there is nothing to compare" : "a model and a layer are two things",
      expected: "a model, or --layer INPUTS,NEURONS",
    });
  }
  if (data !== undefined && (file !== undefined || layer !== undefined)) {
    fail({
      code: "option.conflict",
      where: "--data",
      message: layer === undefined ? "activity is measured or read, not both" : "a layer by its numbers cannot be run",
      expected: "a model with --data, or --activity FILE",
    });
  }
  const size = (["batch", "dim"] as const).find((name) => args[name] !== undefined);
  if (size !== undefined && (data !== undefined || layer !== undefined)) {
    fail({
      code: "option.conflict",
      where: `--${size}`,
      message:
        layer === undefined ? "rates are measured on one example after another" : "a layer is given by its numbers",
      expected: "sizes only for a model that is counted without data",
    });
  }
  const activity = file === undefined ? undefined : activityFile(file);
  if (layer !== undefined) {
    return {
      subject: { name: `layer ${layer}`, layers: [layerOf(layer)], weightBits: {}, activity, others: [] },
      warnings: [],
    };
  }
  if (data !== undefined) {
    const { test } = await readData(data, {
      normalise: choiceOf("normalise", args.normalise as string | undefined, normalisations),
    });
    const { name, model } = isPath(word!) ? readForEnergy(word!) : readNetwork(word!, test, 1);
    const examples = wholeOf("examples", args.examples as string | undefined, { least: 1 }) ?? 500;
    const measured = await measureTwin(name, model, test, { steps, examples, isAnalogue });
    const { counts, widths, activity, warnings } = measured;
    const weightBits = args.bits === undefined ? weightsOf(widths) : {};
    const few =
      activity.samples < 100 ? [`rates from ${activity.samples} examples say little: measure on 100 or more`] : [];
    const random = isPath(word!) ? [] : [`${name} has random weights: its rates say nothing of a trained network`];
    return {
      subject: { name, layers: counts.layers, weightBits, activity, others: othersIn(counts) },
      warnings: [...random, ...few, ...warnings],
    };
  }
  const { name, model } = readForEnergy(word!);
  const batch = wholeOf("batch", args.batch as string | undefined, { least: 1 });
  const counts = countWork(model, bindingOf(model, batch, args.dim as string | undefined));
  const { widths } = modelWidths(model, counts, undefined);
  const weightBits = args.bits === undefined ? weightsOf(widths) : {};
  return { subject: { name, layers: counts.layers, weightBits, activity, others: othersIn(counts) }, warnings: [] };
}

/** Layers whose weights the file quantises. */
const weightsOf = (widths: readonly LayerWidths[]): Record<string, number> =>
  Object.fromEntries(widths.flatMap(({ layer, weight }) => (typeof weight === "number" ? [[layer, weight]] : [])));
