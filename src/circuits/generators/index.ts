/** @file The generators: the table of contents. */

import type { Generator } from "../circuit.ts";
import { adder } from "./adder.ts";
import { argmax } from "./argmax.ts";
import { comparator } from "./comparator.ts";
import { lif } from "./lif.ts";
import { lutNeuron } from "./lut-neuron.ts";
import { mac } from "./mac.ts";
import { popcount } from "./popcount.ts";
import { processingElement } from "./processing-element.ts";
import { requantise } from "./requantise.ts";
import { systolicArray } from "./systolic-array.ts";
import { thermometer } from "./thermometer.ts";

export {
  adder,
  argmax,
  comparator,
  lif,
  lutNeuron,
  mac,
  popcount,
  processingElement,
  requantise,
  systolicArray,
  thermometer,
};

export const generators: readonly Generator[] = [
  mac,
  adder,
  popcount,
  comparator,
  argmax,
  lutNeuron,
  thermometer,
  lif,
  requantise,
  processingElement,
  systolicArray,
] as unknown as Generator[];
