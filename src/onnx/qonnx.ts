/**
 * @file QONNX, the quantised dialect of Brevitas, QKeras, FINN and hls4ml, under one name. The same operators have
 * lived in three domains (onnx.brevitas, finn.custom_op.general, qonnx.custom_op.general), and some exporters forget
 * to import the domain at all. Source: fastmachinelearning/qonnx, docs/qonnx-custom-ops.
 */

export const QONNX_DOMAIN = "qonnx.custom_op.general";

const domains = new Set([QONNX_DOMAIN, "onnx.brevitas", "finn.custom_op.general"]);

export const isQonnxDomain = (domain: string): boolean => domains.has(domain);

/**
 * One spelling: `ai.onnx` is the standard domain "", the three QONNX domains are one, and `IntQuant` is the later name
 * of `Quant` (same inputs, same attributes). The forms of `Trunc` differ between versions 1 and 2 of the domain; the
 * version stays in `model.opsets`.
 */
export function canonicalName(domain: string, op: string): { domain: string; op: string } {
  if (domain === "ai.onnx") return { domain: "", op };
  if (!isQonnxDomain(domain)) return { domain, op };
  return { domain: QONNX_DOMAIN, op: op === "IntQuant" ? "Quant" : op };
}
