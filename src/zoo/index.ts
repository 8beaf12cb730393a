/** @file The zoo: networks built by functions, one a file; plain ONNX operators, seeded weights, a symbolic batch `N`. */

import { bertTiny } from "./bert-tiny.ts";
import { charGpt } from "./char-gpt.ts";
import { cnn5 } from "./cnn5.ts";
import { dsCnn } from "./ds-cnn.ts";
import { lenet5 } from "./lenet5.ts";
import { mlp } from "./mlp.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { resnet8 } from "./resnet8.ts";
import { resnet18 } from "./resnet18.ts";
import { resnet20 } from "./resnet20.ts";
import { vitTiny } from "./vit-tiny.ts";

/** Name → builder; every option has a default. */
export const zoo = {
  bertTiny,
  charGpt,
  cnn5,
  dsCnn,
  lenet5,
  mlp,
  mobilenetV2,
  resnet8,
  resnet18,
  resnet20,
  vitTiny,
} as const;

export type NetworkName = keyof typeof zoo;

export { type BertTinyOptions, bertTiny } from "./bert-tiny.ts";
export { type InputCard, type NetworkCard, readCard, type Task } from "./card.ts";
export { type CharGptOptions, charGpt } from "./char-gpt.ts";
export { type Cnn5Options, cnn5 } from "./cnn5.ts";
export { countModel, type ModelCount } from "./count-model.ts";
export { type DsCnnOptions, dsCnn } from "./ds-cnn.ts";
export { type LeNet5Options, lenet5 } from "./lenet5.ts";
export { type MlpOptions, mlp } from "./mlp.ts";
export { type MobileNetV2Options, mobilenetV2 } from "./mobilenet-v2.ts";
export { type ResNet8Options, resnet8 } from "./resnet8.ts";
export { type ResNet18Options, resnet18 } from "./resnet18.ts";
export { type ResNet20Options, resnet20 } from "./resnet20.ts";
export { type VitTinyOptions, vitTiny } from "./vit-tiny.ts";
