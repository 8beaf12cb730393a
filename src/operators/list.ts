// The table of contents: one line an operator. `export { X } from "./X.ts";`, in alphabetical order.
export { Add } from "./Add.ts";
export { AveragePool } from "./AveragePool.ts";
export { BatchNormalization } from "./BatchNormalization.ts";
export { Conv } from "./Conv.ts";
export { ConvTranspose } from "./ConvTranspose.ts";
export { Gemm } from "./Gemm.ts";
export { GlobalAveragePool } from "./GlobalAveragePool.ts";
export { LogSoftmax } from "./LogSoftmax.ts";
export { MatMul } from "./MatMul.ts";
export { MaxPool } from "./MaxPool.ts";
export { Softmax } from "./Softmax.ts";
