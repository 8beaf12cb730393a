/** @file The operators room: importing it fills the table. */

import * as list from "./list.ts";
import { register } from "./table.ts";

register(Object.values(list));

export * from "./apply-rule.ts";
export * from "./attributes.ts";
export { ONES_KEY } from "./ConditionalSum.ts";
export * from "./emit.ts";
export { checkNumbers } from "./feature-axis.ts";
export { featureRows } from "./feature-rows.ts";
export * from "./infer.ts";
export * from "./lut-regularisers.ts";
export { MOST_INPUTS, packTables } from "./lut-tables.ts";
export * from "./operator.ts";
export { type Dyadic, dyadic } from "./Requantize.ts";
export { unitOf } from "./shift-exponential.ts";
export { allOperators, findOperator, lookUp } from "./table.ts";
export * from "./work.ts";

/** Version of the graphs that gradients, lowerings and optimizers emit; another version may give other bits. */
export const LOWERINGS_VERSION = "3";
