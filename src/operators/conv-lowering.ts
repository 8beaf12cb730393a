/** @file Which of several equal graphs a convolution's gradient becomes, chosen by shape: a table, never a stopwatch at run time. */

export type InputLowering = "transpose" | "flip";
export type WeightLowering = "conv" | "volume" | "shifts" | "im2col" | "products";
