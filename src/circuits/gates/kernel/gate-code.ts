/** @file Each kind of gate as vector instructions: 128 lanes at once. */

import type { Body } from "../../../engine/wasm/index.ts";
import type { GateKind } from "../../netlist/gate-kind.ts";

/** Writes code that leaves the value of a pin on the stack. */
type Push = (pin: 0 | 1 | 2 | 3) => void;

const codes: Readonly<Record<GateKind, (body: Body, push: Push) => void>> = {
  BUF: (_, push) => push(0),
  NOT: (body, push) => {
    push(0);
    body.op("v128.not");
  },
  AND: (body, push) => {
    push(0);
    push(1);
    body.op("v128.and");
  },
  NAND: (body, push) => {
    codes.AND(body, push);
    body.op("v128.not");
  },
  OR: (body, push) => {
    push(0);
    push(1);
    body.op("v128.or");
  },
  NOR: (body, push) => {
    codes.OR(body, push);
    body.op("v128.not");
  },
  XOR: (body, push) => {
    push(0);
    push(1);
    body.op("v128.xor");
  },
  XNOR: (body, push) => {
    codes.XOR(body, push);
    body.op("v128.not");
  },
  ANDNOT: (body, push) => {
    push(0);
    push(1);
    body.op("v128.andnot");
  },
  // a ∨ ¬b = ¬(b ∧ ¬a)
  ORNOT: (body, push) => {
    push(1);
    push(0);
    body.op("v128.andnot").op("v128.not");
  },
  MUX: (body, push) => {
    push(1);
    push(0);
    push(2);
    body.op("v128.bitselect");
  },
  NMUX: (body, push) => {
    codes.MUX(body, push);
    body.op("v128.not");
  },
  AOI3: (body, push) => {
    codes.AND(body, push);
    push(2);
    body.op("v128.or").op("v128.not");
  },
  OAI3: (body, push) => {
    codes.OR(body, push);
    push(2);
    body.op("v128.and").op("v128.not");
  },
  AOI4: (body, push) => {
    codes.AND(body, push);
    push(2);
    push(3);
    body.op("v128.and").op("v128.or").op("v128.not");
  },
  OAI4: (body, push) => {
    codes.OR(body, push);
    push(2);
    push(3);
    body.op("v128.or").op("v128.and").op("v128.not");
  },
};

/** Leaves the gate's output on the stack. */
export const gateCode = (body: Body, kind: GateKind, push: Push): void => codes[kind](body, push);
