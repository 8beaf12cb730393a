/**
 * @file The process in which z3 answers. A process and not a thread, because z3 starts threads of its own that hold Node
 * open; ending the process ends them all.
 */

/** Sets of assertions in SMT-LIB, tried in order until one can be satisfied. */
export interface SolverRequest {
  /** Stands before each of them. */
  readonly prelude: string;
  readonly checks: readonly string[];
}

export interface SolverAnswer {
  /** How many checks were unsatisfiable before this one. */
  readonly passed: number;
  /** Of the check that was not; `unsat` where all were. */
  readonly verdict: "unsat" | "sat" | "unknown";
  /** Constants of the model and their values as SMT-LIB text. */
  readonly model: Readonly<Record<string, string>>;
  readonly broken?: string;
}

/** z3's three truth values. */
const lbool = { no: -1, yes: 1 } as const;

async function answer({ prelude, checks }: SolverRequest): Promise<SolverAnswer> {
  const { init } = await import("z3-solver");
  const { Z3 } = await init();
  const context = Z3.mk_context(Z3.mk_config());
  for (const [passed, check] of checks.entries()) {
    // Texts go in by a synchronous call: the asynchronous ones read their strings after they have been freed.
    const solver = Z3.mk_solver(context);
    Z3.solver_inc_ref(context, solver);
    Z3.solver_from_string(context, solver, `${prelude}\n${check}`);
    // A text that does not parse asserts nothing, which would pass for satisfiable.
    const error = Z3.get_error_code(context);
    if (error !== 0) throw new Error(Z3.get_error_msg(context, error).trim());
    const verdict = await Z3.solver_check(context, solver);
    if (verdict === lbool.no) {
      Z3.solver_dec_ref(context, solver);
      continue;
    }
    if (verdict !== lbool.yes) return { passed, verdict: "unknown", model: {} };
    const found = Z3.solver_get_model(context, solver);
    const model: Record<string, string> = {};
    for (let i = 0; i < Z3.model_get_num_consts(context, found); i++) {
      const declaration = Z3.model_get_const_decl(context, found, i);
      const value = Z3.model_get_const_interp(context, found, declaration);
      const name = Z3.get_symbol_string(context, Z3.get_decl_name(context, declaration));
      if (value !== null) model[name] = Z3.ast_to_string(context, value);
    }
    return { passed, verdict: "sat", model };
  }
  return { passed: checks.length, verdict: "unsat", model: {} };
}

process.once("message", async (request: SolverRequest) => {
  const reply = await answer(request).catch((error: unknown): SolverAnswer => {
    const broken = error instanceof Error ? error.message : String(error);
    return { passed: 0, verdict: "unknown", model: {}, broken };
  });
  process.send?.(reply, undefined, {}, () => process.exit(0));
});
