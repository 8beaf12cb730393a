/** @file Text of any length as lines of a width. */

/** Breaks at spaces; lines after the first are indented. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(" ")) {
    if (current.trim() !== "" && [...current].length + 1 + [...word].length > width) {
      lines.push(current);
      current = indent + word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
