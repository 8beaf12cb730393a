/**
 * @file Files that Yosys writes, brought back through its printed output. The file system of the WebAssembly build copies
 * a file as a whole whenever something is added to it: a netlist of 70 MB had not come after five minutes. What is printed
 * costs what it is long.
 */

const BEGIN = "femto: printed file ";
const END = "femto: end of printed file";

/** The script with every `write_…` of a wanted file printed instead, between two lines that say so. */
export function printing(script: string, outputs: readonly string[]): string {
  const lines = script.split("\n").flatMap((line) => {
    const [, command, file] = /^(write_\w+(?: -\w+)*) (\S+)$/.exec(line) ?? [];
    if (file === undefined || !outputs.includes(file)) return [line];
    // Without `tee -q` headings of the log would stand in the file.
    return [`log ${BEGIN}${file}`, `tee -q ${command} -`, `log ${END}`];
  });
  return lines.join("\n");
}

/** What was printed, apart: the files, and the log without them. */
export function printedFiles(text: string): { readonly log: string; readonly files: Record<string, string> } {
  const files: Record<string, string> = {};
  const log: string[] = [];
  let from = 0;
  for (let begin = text.indexOf(`\n${BEGIN}`); begin >= 0; begin = text.indexOf(`\n${BEGIN}`, from)) {
    const start = text.indexOf("\n", begin + 1) + 1;
    const end = text.indexOf(`\n${END}`, start - 1);
    // Yosys ended within the file.
    if (end < 0) break;
    log.push(text.slice(from, begin + 1));
    files[text.slice(begin + 1 + BEGIN.length, start - 1)] = text.slice(start, end + 1);
    from = end + END.length + 2;
  }
  log.push(text.slice(from));
  return { log: log.join(""), files };
}
