/** @file The table of contents of the catalogue. */

export { breastCancer } from "./breast-cancer.ts";
export { cifar10 } from "./cifar10.ts";
export { cifar10Exact } from "./cifar10-exact.ts";
export { cifar10ExactSubset } from "./cifar10-exact-subset.ts";
export { digits } from "./digits.ts";
export { fashionMnist } from "./fashion-mnist.ts";
export { iris } from "./iris.ts";
export { isolet } from "./isolet.ts";
export { kws01 } from "./kws01.ts";
export { mitbih } from "./mitbih.ts";
export { mnist } from "./mnist.ts";
export { mnist10k } from "./mnist10k.ts";
export { phoneme } from "./phoneme.ts";
export { tinyShakespeare } from "./tiny-shakespeare.ts";
export { uciHar } from "./uci-har.ts";
export { wine } from "./wine.ts";
