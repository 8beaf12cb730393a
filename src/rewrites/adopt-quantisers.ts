/**
 * @file adopt-quantisers: a model with frozen integer weights becomes one that can be trained on without its scales moving:
 * weights are real numbers behind a `femto.SetQuant` that leaves all codes alone, activations go through `femto.FakeQuant`.
 *
 * Cases: 1. DequantizeLinear of a layer's constant codes, zero point 0, one scale or one a channel → SetQuant; 2. of another
 * constant (a bias) → a constant; 3. QuantizeLinear → Clip → DequantizeLinear of an activation with one scale → FakeQuant, whose
 * scale may differ in its last bit; 4. anything else stays.
 */

import { integerRange } from "../base/dtype.ts";
import { numbers, scalar, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { evaluate } from "./evaluate.ts";
import { BITS_KEY } from "./freeze-weights.ts";
import { quantizableLayers } from "./quantizable-layers.ts";

export const adoptQuantisers: Pass = {
  name: "adopt-quantisers",
  run: (model) => {
    const { graph } = model;
    const layers = quantizableLayers(model);
    const weights = new Map(layers.map(({ name, weight }) => [weight.producer, name]));
    let modified = false;
    for (const node of [...graph.nodes]) {
      if (node.kind !== "DequantizeLinear") continue;
      const g = new Emit(graph, { before: node });
      const layer = weights.get(node);
      const made =
        node.inputs[0]?.constant === undefined
          ? ofActivation(g, node)
          : layer === undefined
            ? constantOf(g, node)
            : ofWeight(g, node, layer);
      if (made === undefined) continue;
      graph.replace(node.outputs[0]!, made);
      graph.removeNodes([node]);
      modified = true;
    }
    graph.pruneInitializers();
    return modified;
  },
};

function constantOf(g: Emit, node: Node): Value | undefined {
  if (node.inputs.some((input) => input !== undefined && input.constant === undefined)) return undefined;
  return g.graph.addInitializer(`${node.inputs[0]!.name}.real`, evaluate(node)[0]!);
}

/** Bits of symmetric codes: what the file states, else what their type holds. */
const bitsOf = (codes: Value, dtype: string): number =>
  Number(codes.metadata.get(BITS_KEY) ?? (dtype === "int16" ? 16 : dtype === "int4" ? 4 : 8));

function ofWeight(g: Emit, node: Node, layer: string): Value | undefined {
  const [codes, scale, zero] = node.inputs;
  const { constant } = codes!;
  const scales = scale?.constant;
  const isCentred = zero === undefined || (zero.constant && numbers(zero.constant).every((value) => value === 0));
  if (scales === undefined || !isCentred || scales.dims.length > 1) return undefined;
  const axis = scales.data.length === 1 ? -1 : ((node.attributes.axis?.value as number | undefined) ?? 1);
  const most = 2 ** (bitsOf(codes!, constant!.dtype) - 1) - 1;
  // One code has no mirror: −128 becomes −127.
  const clipped = Float64Array.from(numbers(constant!), (code) => Math.max(-most, code));
  const latent = g.graph.addInitializer(
    `${layer}.weight`,
    realOf({ ...constant!, data: clipped } as never, scales, axis),
  );
  const step = axis < 0 ? scalar("float32", numbers(scales)[0]!) : scales;
  const table = tensor(
    "float32",
    [2 * most + 1],
    Array.from({ length: 2 * most + 1 }, (_, i) => i - most),
  );
  const inputs = [
    latent,
    g.graph.addInitializer(`${layer}.weight_scale`, step),
    g.graph.addInitializer(`${layer}.weight_table`, table),
  ];
  return g.op("femto.SetQuant", inputs, { axis });
}

/** code·s in float32: its quotient by s rounds to the code again. */
function realOf(codes: Tensor, scales: Tensor, axis: number): Tensor {
  const [values, steps] = [codes.data as Float64Array, numbers(scales)];
  const stride = axis < 0 ? values.length : stridesOf(codes.dims)[axis]!;
  const real = Array.from(values, (code, i) => code * steps[axis < 0 ? 0 : Math.floor(i / stride) % steps.length]!);
  return tensor("float32", codes.dims, real);
}

/** The grid of codes between QuantizeLinear and DequantizeLinear. */
function ofActivation(g: Emit, node: Node): Value | undefined {
  const clip = node.inputs[0]!.producer;
  const quantise = clip?.kind === "Clip" ? clip.inputs[0]?.producer : clip;
  const [scale, zero] = [node.inputs[1]?.constant, node.inputs[2]?.constant];
  if (quantise?.kind !== "QuantizeLinear" || scale?.data.length !== 1 || (node.inputs[2] && !zero)) return undefined;
  const dtype = zero?.dtype ?? node.inputs[0]!.type?.dtype ?? "uint8";
  const range = integerRange(dtype);
  const bound = (index: number) => (clip?.kind === "Clip" ? clip.inputs[index]?.constant : undefined);
  const [low, high] = [bound(1), bound(2)].map((value) => value && numbers(value)[0]!);
  const least = Math.max(Number(range.min), low ?? -Infinity);
  const most = Math.min(Number(range.max), high ?? Infinity);
  const [step, origin] = [numbers(scale)[0]!, zero === undefined ? 0 : numbers(zero)[0]!];
  const bits = Math.ceil(Math.log2(most - least + 1));
  const stem = quantise.name || node.name;
  const number = (name: string, value: number) => g.graph.addInitializer(`${stem}.${name}`, scalar("float32", value));
  const ranges = [number("input_bits", bits), number("input_high", (least + 2 ** bits - 1 - origin) * step)];
  const isUnsigned = origin === least;
  if (!isUnsigned) ranges.push(number("input_low", (least - origin) * step));
  return g.op("femto.FakeQuant", [quantise.inputs[0], ...ranges], {
    mode: "round",
    container: bits > 8 ? 16 : 8,
    grid: isUnsigned ? "unsigned" : "affine",
  });
}
