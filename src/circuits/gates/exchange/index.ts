/** @file Switching activity in and out: VCD and SAIF. */

export { readVcd, VcdReader, type VcdReadOptions } from "./read-vcd.ts";
export { type Annotated, type AnnotateOptions, annotate, type BitActivity, type SwitchingRecord } from "./record.ts";
export { readSaif, writeSaif } from "./saif.ts";
export { settlingTime, type VcdOptions, writeVcd } from "./write-vcd.ts";
