// The table of contents: one line an operator. `export { X } from "./X.ts";`, in alphabetical order.
export { Add } from "./Add.ts";
export { Gemm } from "./Gemm.ts";
export { MatMul } from "./MatMul.ts";
