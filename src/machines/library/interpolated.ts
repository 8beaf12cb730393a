/**
 * @file The interpolated family: the 45 nm column brought to 28, 22 and 16 nm by recipe A, with what recipe B says as the
 * lower end. No chip was measured; every price names the recipe.
 */

const logic = (verb: string, operand: string, value: number, row: string): string =>
  `      - { verb: ${verb}, operand: ${operand}, value: ${value}, unit: pJ, source: horowitz2014, scale: { from_nm: 45, recipe: A, row: ${row}, against: { recipe: B, source: stillmaker2017 } } }`;

const memory = (verb: string): string =>
  `      - { verb: ${verb}, value: 56.83876902278405, unit: pJ, bits: 64, source: qkeras, scale: { from_nm: 45, recipe: A, row: sram, against: { recipe: B, source: stillmaker2017 } }, note: the source prices an access }`;

export const interpolated = (node: number): string => `schema: femto-machine/1
name: interp-${node}nm
title: ${node} nm between the published 45 and 7 nm (recipe A; B as lower end), 256 KB SRAM, LPDDR4
energy: pJ
technology: { node_nm: ${node} }
sources:
  horowitz2014: "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, doi:10.1109/ISSCC.2014.6757323, figure 1.1.9, 45 nm; slope to 7 nm: N. Jouppi et al., Ten lessons from three generations shaped Google's TPUv4i, ISCA 2021, doi:10.1109/ISCA52012.2021.00010, table 2"
  stillmaker2017: "A. Stillmaker, B. Baas, Scaling equations for the accurate prediction of CMOS device performance from 180 nm to 7 nm, Integration 58 (2017), doi:10.1016/j.vlsi.2017.02.002, polynomials as coded in Accelergy's hwcomponents, 0.8 V: recipe B, which at 7 nm lies a factor of 3 to 5 below the measured table"
  qkeras: "cubic of QKeras QTools (github.com/google/qkeras) through the three SRAM sizes of Horowitz 2014, at 256 KB; slope to 7 nm between those of 32 KB and 1 MB in Jouppi 2021 [reconstructed]"
  accelergy_cacti: "Accelergy CACTI plug-in (github.com/Accelergy-Project/accelergy-cacti-plug-in), DRAM table: LPDDR4 8 pJ/bit"
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    prices:
${logic("multiply", "int8", 0.2, "int8 multiply")}
${logic("multiply", "float16", 1.1, "float16 multiply")}
${logic("multiply", "float32", 3.7, "float32 multiply")}
  - name: accumulator
    class: arithmetic
    mac_scaling: none
    prices:
${logic("add", "int32", 0.1, "int32 add")}
${logic("add", "float16", 0.4, "float16 add")}
${logic("add", "float32", 0.9, "float32 add")}
  - name: sram
    class: sram
    size: 256 KB
    holds: [weights, activations, partial sums]
    prices:
${memory("read")}
${memory("write")}
  - name: dram
    class: dram
    type: lpddr4
    backs: sram
    prices:
      - { verb: read, value: 8, unit: pJ/bit, source: accelergy_cacti }
      - { verb: write, value: 8, unit: pJ/bit, source: accelergy_cacti }
`;
