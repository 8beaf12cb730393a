/**
 * @file The standard operators, by the operator set from which on Femto reads them: the last change of form up to 7,
 * or the one that brought them. Source: ONNX operator changelog up to operator set 27 (onnx 1.22).
 */

import { fail } from "../base/errors.ts";

/** Operator sets of files that Femto reads. Below 7 a call passes if its operator has not changed until 7. */
export const OLDEST_OPSET = 7;
export const NEWEST_OPSET = 27;

const bySet: Readonly<Record<number, string>> = {
  1:
    "ArgMax ArgMin Constant Conv ConvTranspose DepthToSpace Flatten Gather GlobalAveragePool GlobalMaxPool Hardmax " +
    "Identity If LRN LogSoftmax Loop LpNormalization MatMul MaxPool MaxRoiPool Not RandomNormal RandomNormalLike " +
    "RandomUniform RandomUniformLike ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin " +
    "ReduceProd ReduceSum ReduceSumSquare Shape Size Slice Softmax Softplus Softsign SpaceToDepth Squeeze TopK " +
    "Transpose Unsqueeze",
  2: "GlobalLpPool LpPool Pad Split",
  4: "Concat",
  5: "Reshape",
  6:
    "Abs Cast Ceil Clip Elu Exp Floor HardSigmoid InstanceNormalization LeakyRelu Log Max Mean Min Neg Reciprocal " +
    "Relu Selu Sigmoid Sqrt Sum Tanh Tile",
  7:
    "Acos Add And Asin Atan AveragePool BatchNormalization Cos Div Dropout Equal GRU Gemm Greater LSTM Less Mul " +
    "Multinomial Or PRelu Pow RNN Sin Sub Tan Upsample Xor",
  8: "Expand Scan",
  9:
    "Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool MeanVarianceNormalization NonZero " +
    "OneHot Scatter Shrink Sign Sinh TfIdfVectorizer Where",
  10:
    "ConvInteger DequantizeLinear IsInf MatMulInteger Mod NonMaxSuppression QLinearConv QLinearMatMul QuantizeLinear " +
    "Resize ReverseSequence RoiAlign StringNormalizer ThresholdedRelu",
  11:
    "BitShift ConcatFromSequence CumSum Det DynamicQuantizeLinear GatherElements GatherND Range Round " +
    "ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert " +
    "SequenceLength SplitToSequence Unique",
  12: "Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss",
  14: "HardSwish Trilu",
  15: "Bernoulli CastLike Optional OptionalGetElement OptionalHasElement",
  16: "GridSample",
  17: "BlackmanWindow DFT HammingWindow HannWindow LayerNormalization MelWeightMatrix STFT SequenceMap",
  18: "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization Mish",
  19: "DeformConv",
  20: "AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit",
  23: "Attention RMSNormalization RotaryEmbedding",
  24: "Swish TensorScatter",
  26: "BitCast CumProd",
  27: "CausalConvWithState LinearAttention",
};

/** Operators that left ONNX, and when; files of earlier sets are rewritten. */
const removed = new Map([
  ["Upsample", 10],
  ["Scatter", 11],
]);

const readableFrom = new Map(
  Object.entries(bySet).flatMap(([set, names]) =>
    names.split(" ").map((name): [string, number] => [name, Number(set)]),
  ),
);

/** The operator set from which on a standard operator is read; `undefined` where ONNX has no such operator. */
export const firstReadable = (op: string): number | undefined => readableFrom.get(op);

/** @throws FemtoError `onnx.operator`, `onnx.opset` where a standard operator cannot be read from a file of this set */
export function checkOperator(op: string, version: number): void {
  const from = firstReadable(op);
  if (from === undefined) {
    fail({
      code: "onnx.operator",
      message: `ONNX has no operator "${op}"`,
      expected: `a standard operator of operator sets ${OLDEST_OPSET} to ${NEWEST_OPSET}`,
      hint: "custom operators live in a domain of their own, or come with a model-local function",
    });
  }
  const until = removed.get(op);
  if (until !== undefined && version >= until) {
    fail({
      code: "onnx.operator",
      message: `${op} left ONNX at operator set ${until}`,
      got: `a file of operator set ${version}`,
    });
  }
  if (version < OLDEST_OPSET && from > version) {
    fail({
      code: "onnx.opset",
      message: `${op} of operator set ${version} is too old`,
      expected: `operator set ${OLDEST_OPSET} to ${NEWEST_OPSET}`,
      hint: "export the model again, or convert it with ONNX's version converter",
    });
  }
}

/** @throws FemtoError `onnx.opset` */
export function checkOpset(version: number): void {
  if (version >= 1 && version <= NEWEST_OPSET) return;
  fail({
    code: "onnx.opset",
    message: "the operator set of the model is out of range",
    expected: `${OLDEST_OPSET} to ${NEWEST_OPSET}`,
    got: `${version}`,
    hint: "export the model with an operator set within these bounds",
  });
}
