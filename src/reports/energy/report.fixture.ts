/** @file An energy report of a small network on the prices of a library machine, for the tests of its forms. */

import { zeros } from "../../base/tensor.ts";
import { bill, countWork, fitsOf, footprintOf, nodeWidths, uniformWidths, usageOf } from "../../energy/index.ts";
import { Model } from "../../graph/model.ts";
import { loadMachine } from "../../machines/index.ts";
import { Emit } from "../../operators/index.ts";
import { type EnergyReport, energyReportSchema } from "./schema.ts";
import { energySubject } from "./subject.ts";

function network(): Model {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 1, 8, 8] });
  const conv = g.op("Conv", [x, g.constant(zeros("float32", [4, 1, 3, 3]), "w")], {});
  const flat = g.op("Flatten", [g.op("Relu", [conv])]);
  model.graph.addOutput(g.op("Softmax", [g.matmul(flat, g.constant(zeros("float32", [144, 10]), "v"))]));
  return model;
}

/** As `femto energy` makes it; with `bits` of a second subject, a comparison. */
export function smallEnergyReport(...bits: readonly number[]): EnergyReport {
  const counts = countWork(network());
  const machine = loadMachine("horowitz-45nm-sram8k");
  const subjects = bits.map((width) => {
    const widths = uniformWidths(counts.layers, width);
    const footprint = footprintOf(counts, nodeWidths(counts.nodes, widths));
    const invoice = bill(counts, machine, widths, { mapping: "once" });
    return energySubject({
      model: { name: `small "${width}", <b>`, bits: `${width} bits everywhere`, examples: 1 },
      machine: { name: machine.name, title: machine.title, nodeNm: 45, unit: machine.unit, areaMm2: null },
      counts,
      bill: invoice,
      footprint,
      fits: fitsOf(footprint, machine),
      bounds: [],
      usage: usageOf(invoice, machine, 10, 100),
      warnings: [],
    });
  });
  const comparison = bits.length < 2 ? null : { ratio: 0.5, holds: 1, samples: 10, law: "log-uniform" };
  return energyReportSchema.parse({ schema: "femto.energy/1", command: "test", femto: "0", subjects, comparison });
}
