/**
 * @file From which operator set on the present form of each operator exists: data for writing the lowest set that a
 * model allows. Only what lies above 17, the least that Femto writes, is listed. Source: ONNX operator changelog up to
 * operator set 27;
 * when an operator was new stands in `operator-sets.ts`.
 */

import type { DType } from "../base/dtype.ts";
import type { Value } from "../graph/value.ts";
import type { Call } from "./element-types.ts";

/** A form that exists since `set`; without any condition, the only present form of the operators. */
export interface FormNeed {
  readonly ops: string;
  readonly set: number;
  /** The input with this index is new. */
  readonly input?: number;
  /** This attribute is new … */
  readonly attribute?: string;
  /** … with a value (or list of values) that says what older sets did anyway: then it is left out for them. */
  readonly otherwise?: number | string;
  /** Of an old attribute, these values are new. */
  readonly values?: readonly [attribute: string, ...values: string[]];
  /** Anything else. */
  readonly when?: (call: Call) => boolean;
}

const otherReductions =
  "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare";

export const formNeeds: readonly FormNeed[] = [
  // The present form is always the new one.
  { ops: "DFT", set: 20 },
  { ops: "GroupNormalization", set: 21 },
  // Modes were renamed but for `nearest`; only images were allowed.
  {
    ops: "GridSample",
    set: 20,
    when: ({ attributes: { mode } }) => mode?.type !== "string" || mode.value !== "nearest",
  },
  { ops: "GridSample", set: 20, when: ({ inputs: [x] }) => x?.type?.dims?.length !== 4 },
  { ops: otherReductions, set: 18, input: 1 },
  { ops: otherReductions, set: 18, attribute: "noop_with_empty_axes", otherwise: 0 },
  { ops: "Split", set: 18, attribute: "num_outputs" },
  { ops: "Pad", set: 18, input: 3 },
  { ops: "Pad", set: 19, values: ["mode", "wrap"] },
  { ops: "Resize", set: 18, attribute: "antialias", otherwise: 0 },
  { ops: "Resize", set: 18, attribute: "axes" },
  { ops: "Resize", set: 18, attribute: "keep_aspect_ratio_policy", otherwise: "stretch" },
  { ops: "Resize", set: 19, values: ["coordinate_transformation_mode", "half_pixel_symmetric"] },
  { ops: "ScatterElements ScatterND", set: 18, values: ["reduction", "max", "min"] },
  { ops: "LpPool", set: 18, attribute: "ceil_mode", otherwise: 0 },
  { ops: "LpPool", set: 18, attribute: "dilations", otherwise: 1 },
  { ops: "OptionalGetElement OptionalHasElement", set: 18 },
  { ops: "AveragePool", set: 19, attribute: "dilations", otherwise: 1 },
  // Since 22 a last window that would begin in the padding does not exist.
  { ops: "AveragePool MaxPool LpPool", set: 22, when: lastWindowMayLieInPadding },
  { ops: "Cast CastLike", set: 19, attribute: "saturate", otherwise: 1 },
  { ops: "Cast CastLike", set: 24, attribute: "round_mode", otherwise: "up" },
  { ops: "QuantizeLinear", set: 19, attribute: "saturate", otherwise: 1 },
  { ops: "QuantizeLinear", set: 21, attribute: "output_dtype", otherwise: 0 },
  { ops: "QuantizeLinear DequantizeLinear", set: 21, attribute: "block_size", otherwise: 0 },
  { ops: "QuantizeLinear", set: 23, attribute: "precision", otherwise: 0 },
  // Half-precision data with a scale of another type.
  {
    ops: "QuantizeLinear",
    set: 23,
    when: ({ inputs: [x, scale] }) => isHalf(x) && x?.type?.dtype !== scale?.type?.dtype,
  },
  { ops: "DequantizeLinear", set: 23, attribute: "output_dtype", otherwise: 0 },
  { ops: "Attention", set: 24, input: 6 },
  { ops: "Attention", set: 25, attribute: "left_window_size", otherwise: -1 },
  { ops: "Attention", set: 25, attribute: "right_window_size", otherwise: -1 },
  { ops: "Range", set: 27, attribute: "stash_type", otherwise: 1 },
];

const isHalf = (value: Value | undefined) => /^b?float16$/.test(value?.type?.dtype ?? "");

/** Possible only with `ceil_mode`, and where the end is padded or windows leave gaps. */
function lastWindowMayLieInPadding({
  attributes: { ceil_mode, pads, strides, kernel_shape, auto_pad },
}: Call): boolean {
  if (ceil_mode?.type !== "int" || ceil_mode.value === 0) return false;
  if (auto_pad?.type === "string" && auto_pad.value !== "NOTSET") return false;
  const list = (attribute: typeof pads) => (attribute?.type === "ints" ? attribute.value : []);
  const [padded, kernel] = [list(pads), list(kernel_shape)];
  const isPaddedAtEnd = padded.slice(padded.length / 2).some((pad) => pad > 0);
  return isPaddedAtEnd || list(strides).some((stride, axis) => stride > (kernel[axis] ?? 0));
}

const float8: readonly DType[] = ["float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"];
const int4: readonly DType[] = ["int4", "uint4"];
const laterSmall = { 23: ["float4e2m1"], 24: ["float8e8m0"], 25: ["int2", "uint2"] } satisfies TypeSets;

type TypeSets = Readonly<Record<number, readonly DType[]>>;

/** Element types that operators took on after 17: operator set → types, for every operator of the list. */
export const typeNeeds: readonly (readonly [ops: string, sets: TypeSets])[] = [
  [
    "Acos Acosh Asin Asinh Atan Atanh AveragePool Bernoulli Conv ConvTranspose Cos Cosh DeformConv Det Elu EyeLike GRU " +
      "GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample HardSigmoid HardSwish InstanceNormalization LSTM " +
      "LpNormalization LpPool MaxPool MaxRoiPool MaxUnpool Mish Multinomial NegativeLogLikelihoodLoss RNN RandomNormal " +
      "RandomNormalLike RandomUniform RandomUniformLike RoiAlign Round Selu Sin Sinh Softplus Softsign Tan " +
      "ThresholdedRelu",
    { 22: ["bfloat16"] },
  ],
  ["Cast CastLike Constant Identity If Loop Reshape Scan Shape Size", { 19: float8, 21: int4, ...laterSmall }],
  ["Flatten Pad Squeeze Transpose Unsqueeze", { 21: [...float8, ...int4], ...laterSmall }],
  ["ConstantOfShape", { 20: ["bfloat16", ...float8], 21: int4, ...laterSmall }],
  [
    "DequantizeLinear QuantizeLinear",
    { 19: ["float16", "bfloat16", ...float8], 21: ["int16", "uint16", ...int4], ...laterSmall },
  ],
  ["Dropout", { 22: float8 }],
  ["Equal", { 19: ["string"] }],
  ["IsInf", { 20: ["float16", "bfloat16", ...float8] }],
  ["IsNaN", { 20: float8 }],
  ["QLinearMatMul", { 21: ["float16", "bfloat16", ...float8] }],
  ["ReduceMax ReduceMin", { 20: ["bool"] }],
  ["SplitToSequence TopK", { 24: ["bfloat16"] }],
  ["Range", { 27: ["float16", "bfloat16"] }],
];
