/** @file A machine file with fitted figures in place of its own; comments and everything else stay as they are. */

import { isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import type { Machine } from "../machine.ts";
import type { Parameter } from "./parameters.ts";

export interface Fitted {
  readonly parameter: Parameter;
  /** In the machine's unit per operation or bit; milliwatts of one instance for power. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Digits that survive: more than any measurement has. */
const rounded = (value: number): number => Number(value.toPrecision(6));

export function rewriteMachine({ text, unit }: Machine, fitted: readonly Fitted[], citation: string): string {
  const document = parseDocument(text);
  const key = freeKey(document.getIn(["sources"]) as YAMLMap);
  document.setIn(["sources", key], citation);
  const components = document.getIn(["components"]);
  const maps = (list: unknown): YAMLMap[] => (isSeq(list) ? list.items.filter((item) => isMap(item)) : []);
  for (const { parameter, value, low, high } of fitted) {
    const component = maps(components).find((map) => map.get("name") === parameter.component.name)!;
    const range = { low: rounded(low), high: rounded(high), source: key };
    const { price } = parameter;
    if (price === undefined) {
      const entry = document.createNode({ leakage_mw: rounded(value), range, source: key });
      entry.flow = true;
      component.set("static", entry);
      continue;
    }
    const map = maps(component.get("prices")).find(
      (entry) => entry.get("verb") === price.verb && entry.get("operand") === price.operand,
    )!;
    for (const gone of ["bits", "range", "scale", "table", "note"]) map.delete(gone);
    map.set("value", rounded(value));
    map.set("unit", `${unit.kind === "relative" ? "relative" : "pJ"}${price.per === "bit" ? "/bit" : ""}`);
    map.set("source", key);
    const node = document.createNode(range);
    node.flow = true;
    map.set("range", node);
  }
  return document.toString({ lineWidth: 0 });
}

function freeKey(sources: YAMLMap): string {
  let key = "fitted";
  for (let i = 2; sources.has(key); i++) key = `fitted${i}`;
  return key;
}
