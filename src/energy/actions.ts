/**
 * @file Actions: collects what the nodes of a region ask of a machine. What the machine has no price for goes to
 * `unmodelled` and makes the bill a lower bound; it never becomes a zero.
 */

import type { Component, Memory } from "../machines/index.ts";
import type { OpKind } from "../operators/index.ts";
import type { MappingContext } from "./mapping.ts";
import type { NodeCost, Operand, Unmodelled } from "./node-cost.ts";
import { type Action, type Cause, findUnit } from "./schedule.ts";
import type { Width } from "./width.ts";

/** What an operation may be done with where a machine has no unit of its own for it [reconstructed]. */
const substitutes: Partial<Record<OpKind, { readonly verb: string; readonly why: string }>> = {
  accumulate: { verb: "add", why: "an accumulation is an addition" },
  compare: { verb: "add", why: "a comparator is a subtractor" },
  round: { verb: "add", why: "rounding adds one half and drops bits" },
};
const division = { verb: "multiply", why: "a division by a constant is a multiplication by its inverse" };

export class Actions {
  readonly actions: Action[] = [];
  readonly unmodelled: Unmodelled[] = [];
  readonly context: MappingContext;

  constructor(context: MappingContext) {
    this.context = context;
  }

  add(
    node: NodeCost,
    action: Omit<Action, "from" | "per"> & { readonly rule: string; readonly per?: Action["per"] },
  ): void {
    const { rule, per = "inference", ...rest } = action;
    if (action.count > 0) this.actions.push({ ...rest, per, from: { layer: node.name, node: node.node, rule } });
  }

  /** Elements read from or written to a memory. */
  move(
    node: NodeCost,
    memory: Memory,
    verb: "read" | "write",
    count: number,
    width: Width,
    cause: Cause,
    rule: string,
  ): void {
    if (count === 0) return;
    if (prices(memory, verb)) this.add(node, { component: memory, verb, count, operands: [width], cause, rule });
    else this.missing(node, `${memory.name} has no price for ${verb}`);
  }

  /** The multiply-accumulates of a product: one `mac` where the machine prices it whole, else a multiply and an add. */
  mac(node: NodeCost, { weight, input }: { readonly weight: Width; readonly input: Width }): void {
    const { machine } = this.context;
    const rule = macRule(node);
    const whole = findUnit(machine, "mac");
    const component = whole ?? findUnit(machine, "multiply");
    if (component === undefined) {
      this.missing(node, "the machine has no price for multiply", [{ op: "mac", count: node.macs }]);
      return;
    }
    const share = this.activeShare(component, node.input);
    const count = node.macs * share.value;
    const operands = [weight, input];
    const verb = whole === undefined ? "multiply" : "mac";
    this.add(node, { component, verb, count, operands, cause: "compute", rule: rule + share.text });
    if (whole !== undefined) return;
    const adder = findUnit(machine, "add");
    if (adder === undefined) {
      this.missing(node, "the machine has no price for add");
      return;
    }
    const each = "one addition for each multiplication";
    this.add(node, { component: adder, verb: "add", count, operands: sumFormat(weight), cause: "compute", rule: each });
  }

  /** The elementary operations besides those of the product; `width` is that of the operands. */
  elementary(node: NodeCost, width: Width): void {
    const { machine } = this.context;
    const byConstants = node.reads.slice(1).every(({ isConstant }) => isConstant);
    for (const { op, count } of node.ops) {
      if (op === "tableRead" && this.lookUps(node, count)) continue;
      const other = op === "divide" && byConstants ? division : substitutes[op];
      const ways = [{ verb: op, why: undefined }, ...(other === undefined ? [] : [other])];
      const way = ways
        .map(({ verb, why }) => ({ verb, why, component: findUnit(machine, verb) }))
        .find(({ component, verb }) => component !== undefined && takes(component, verb, width));
      if (way?.component === undefined) {
        const operand = typeof width === "string" ? ` in ${width}` : "";
        this.missing(node, `the machine has no price for ${op}${operand}`, [{ op, count }]);
        continue;
      }
      const { component, verb, why } = way;
      const operands = node.kind === "stream" && typeof width === "number" ? [width, width] : sumFormat(width);
      const rule = `${op} of ${node.operator}${why === undefined ? "" : `, priced as ${verb}: ${why}`}`;
      this.add(node, { component, verb, count, operands, cause: "compute", rule });
    }
  }

  /** Table reads, where the machine has a fabric of tables. */
  private lookUps(node: NodeCost, count: number): boolean {
    const fabric = this.context.machine.components.find(({ class: kind }) => kind === "lookup");
    if (fabric === undefined) return false;
    const rule = `table reads of ${node.operator}`;
    this.add(node, { component: fabric, verb: "read", count, operands: [], cause: "compute", rule });
    return true;
  }

  missing(node: NodeCost, reason: string, ops: Unmodelled["ops"] = []): void {
    this.unmodelled.push({ node: node.node, operator: node.operator, reason, ops });
  }

  /** The share of products whose input is not zero, where the unit skips zeros and activity is known. */
  private activeShare(component: Component, input: Operand | undefined): { value: number; text: string } {
    const { activity } = this.context.options;
    const skips = "zeroGating" in component && component.zeroGating === true;
    const known = input === undefined ? undefined : activity?.values[input.value];
    if (!skips || activity === undefined || known === undefined) return { value: 1, text: "" };
    return {
      value: 1 - known.zeros,
      text: `, ${((1 - known.zeros) * 100).toFixed(1)} % with an input that is not zero (${activity.source.kind})`,
    };
  }
}

const prices = ({ prices: list }: Component, verb: string): boolean => list.some((price) => price.verb === verb);

/** Has the unit a price in the kind of number that is asked for? */
const takes = (component: Component, verb: string, width: Width): boolean =>
  component.prices.some(
    (price) =>
      price.verb === verb &&
      (typeof width === "string" ? price.operand === width : price.operand?.includes("float") !== true),
  );

/** Integer products are summed in the accumulator's own width; floats in their own format. */
export const sumFormat = (weight: Width): readonly Width[] => (typeof weight === "number" ? [] : [weight]);

/** `MACs = n 1 · o 6 · oh 24 …`, loops of one step left out. */
export const macRule = ({ loops }: Pick<NodeCost, "loops">): string =>
  `MACs = ${loops.flatMap(({ name, size }) => (size === 1 ? [] : [`${name} ${size}`])).join(" · ") || "1"}`;
