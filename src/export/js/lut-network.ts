/** @file A lookup-table network as one JavaScript module that loads nothing, for browsers and everything else. */

import { readFileSync } from "node:fs";
import { type CompileOptions, compileNetwork } from "../../engine/bits/compile.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { validated } from "../../engine/bits/validate.ts";
import { describe } from "../lut/description.ts";
import { statementsOf } from "../lut/expressions.ts";
import { fillTemplate } from "../lut/template.ts";

/** Words of a plane. */
const WORDS = 16;

/**
 * The text of a module that exports `classify`, `sums`, `features` and `classes`.
 * @throws FemtoError `bits.*` if the network is unsound
 */
export function toJs(network: LutNetwork, options: CompileOptions = {}): string {
  const { netlist, program } = compileNetwork(validated(network), options);
  const { input, bits } = netlist;
  return fillTemplate(readFileSync(new URL("./template.js.txt", import.meta.url), "utf8"), {
    TITLE: describe(network),
    FEATURES: input.features,
    CLASSES: network.classes,
    SAMPLES: input.dtype === "uint8" ? "Uint8Array" : "Float32Array",
    WORDS,
    SLOTS: program.slots,
    BIT_FEATURES: bits.map(({ feature }) => feature).join(", "),
    BIT_THRESHOLDS: bits.map(({ threshold }) => threshold).join(", "),
    BIT_SLOTS: bits.map((_, slot) => slot).join(", "),
    ROWS: JSON.stringify(program.outputs),
    PIECES: program.pieces
      .map((piece, index) => {
        const statements = statementsOf(piece, {
          plane: (slot) => `planes[${WORDS * slot} + w]`,
          declare: (name) => `const ${name} = `,
          constant: (bit) => (bit === 1 ? "-1" : "0"),
        });
        // The loop stands inside, so that the host sees soon that it is hot.
        const loop = `  for (let w = 0; w < words; w++) {\n${statements.map((line) => `    ${line}\n`).join("")}  }\n`;
        return `function piece${index}(planes, words) {\n${loop}}`;
      })
      .join("\n\n"),
    CALLS: program.pieces.map((_, index) => `  piece${index}(planes, words);`).join("\n"),
  });
}
