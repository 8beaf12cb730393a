#!/usr/bin/env node
/** @file The program `femto`. */

import { runProgram } from "./program.ts";

const code = await runProgram(process.argv.slice(2));
// Engines may still hold threads; what is written must be out before the process ends.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
