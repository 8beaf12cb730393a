/** @file One line that says what network an exported file computes. */

import { createHash } from "node:crypto";
import { toJson } from "../../engine/bits/json.ts";
import { type LutNetwork, tableCount } from "../../engine/bits/network.ts";

/** "lookup-table network 2000+1000 of 6 inputs, 994 thermometer bits of 784 uint8 features, 10 classes, sha256 …" */
export function describe(network: LutNetwork): string {
  const { input, encoder, layers, classes } = network;
  const sizes = layers.map((layer) => tableCount(layer)).join("+");
  const inputs = [...new Set(layers.map(({ n }) => n))].join(", ");
  return [
    `Lookup-table network ${sizes} of ${inputs} inputs`,
    `${encoder.feature.length} thermometer bits of ${input.features} ${input.dtype} features`,
    `${classes} classes`,
    `network sha256 ${networkHash(network)}`,
  ].join(", ");
}

/** SHA-256 of the network's JSON. */
export const networkHash = (network: LutNetwork): string =>
  createHash("sha256")
    .update(JSON.stringify(toJson(network)))
    .digest("hex");
