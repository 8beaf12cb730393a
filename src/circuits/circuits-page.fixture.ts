import {
  add,
  defaultClocking,
  extend,
  firstDifference,
  generate,
  Interpreter,
  ModuleBuilder,
  mac,
  randomVectors,
  signed,
} from "../circuits/index.ts";

// A module of one's own: widths and signs are checked as it is written.
const m = new ModuleBuilder("running_sum", defaultClocking);
const x = m.input("x_i", signed(8));
const sum = m.register("sum_q", signed(12), 0);
m.next(sum, add(sum, extend(x, 12)));
m.output("sum_o", sum);
const machine = new Interpreter(m.finish());
machine.step({ rst_i: 1n, x_i: 0n });
machine.step({ rst_i: 0n, x_i: -5n });
export const shown = machine.step({ rst_i: 0n, x_i: 7n }).sum_o; // −5n: what was added before this cycle

// A generated circuit, its modules held against its model.
const unit = generate(mac, { weightBits: 4, activationBits: 6, accumulatorBits: 14, multiplier: "baughWooley" });
const vectors = randomVectors(unit, 500, 1);
export const difference = firstDifference(unit.model(), new Interpreter(unit.top), vectors);
