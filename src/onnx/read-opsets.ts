/** @file `opset_import` → domain → version. */

import type { OperatorSetIdProto } from "onnx-buf";
import { fail } from "../base/errors.ts";
import { checkOpset } from "./operator-sets.ts";

/** The versions as the file has them; the standard domain is "". @throws FemtoError `onnx.opset` */
export function readOpsets(imports: readonly OperatorSetIdProto[]): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain: spelled, version } of imports) {
    const domain = spelled === "ai.onnx" ? "" : spelled;
    const known = opsets.get(domain);
    if (known !== undefined && known !== Number(version)) {
      fail({
        code: "onnx.opset",
        message: `domain "${spelled}" is imported in two versions`,
        expected: "one version",
        got: `${known} and ${version}`,
      });
    }
    if (domain === "") checkOpset(Number(version));
    else if (version < 0n || version > BigInt(Number.MAX_SAFE_INTEGER)) {
      fail({ code: "onnx.opset", message: `the version of domain "${domain}" is impossible`, got: `${version}` });
    }
    opsets.set(domain, Number(version));
  }
  return opsets;
}
