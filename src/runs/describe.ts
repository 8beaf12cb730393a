/** @file What a report says about its surroundings: software, model, data. */

import { arch, cpus, platform } from "node:os";
import { count, type Dataset, sha256 } from "../data/index.ts";
import { bill, countWork, uniformWidths } from "../energy/index.ts";
import { runtimeVersion, sessionOptions } from "../engine/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import type { Machine } from "../machines/index.ts";
import { writeModel } from "../onnx/index.ts";
import { LOWERINGS_VERSION } from "../operators/index.ts";
import type { Report } from "../reports/index.ts";
import { attachFunctions, oneExample } from "../rewrites/index.ts";
import { countModel } from "../zoo/index.ts";
import { version } from "./version.ts";

/** What kernels are chosen for. */
export const processor = (): string => `${platform()} ${arch()}, ${cpus()[0]?.model.trim() ?? "unknown processor"}`;

/** All that decides bits besides seed, model and data. */
export function environment(threads: number): Report["environment"] {
  return {
    femto: version(),
    node: process.version,
    onnxruntime: runtimeVersion(),
    threads,
    platform: processor(),
    lowerings: LOWERINGS_VERSION,
    sessionOptions: sessionOptions({ threads, keepQdq: true }) as Record<string, unknown>,
  };
}

export function describeModel(name: string, model: Model): Report["model"] {
  const { parameters, macs } = countModel(model, oneExample(model));
  return { name, parameters, macs, sha256: sha256(writable(model)) };
}

/** The model with the functions that its file needs. */
export function writable(model: Model): Uint8Array {
  const copy = cloneModel(model);
  attachFunctions.run(copy);
  return writeModel(copy);
}

/** A data set that does not say how many classes it has is taken by the network's logits: they were checked to fit. */
export function describeData({ train, test }: { train: Dataset; test: Dataset }, model: Model): Report["data"] {
  const logits = model.graph.outputs[0]?.type?.dims?.at(-1);
  return {
    name: train.name,
    train: count(train),
    test: count(test),
    classes: test.classes ?? train.classes ?? Number(logits),
    checksum: `${train.checksum}+${test.checksum}`,
    notes: [...new Set([...train.notes, ...test.notes])],
  };
}

export function describeMachine(model: Model, machine: Machine): Report["machine"] {
  const counts = countWork(model, oneExample(model));
  const invoice = bill(counts, machine, uniformWidths(counts.layers, 8));
  return {
    name: machine.name,
    title: machine.title,
    nodeNm: machine.technology.nodeNm ?? null,
    computeShare: invoice.computeShareAt8,
    unit: machine.unit,
    prices: invoice.prices.map(({ id, energy, per, stated, source, rangeSource, place }) => {
      return { id, energy, per, stated, source, rangeSource: rangeSource ?? null, place };
    }),
  };
}
