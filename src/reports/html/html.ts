/** @file HTML as a value: a template tag that escapes what is put in, unless it is HTML already. */

/** Text that needs no escaping any more. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Piece = Html | string | number | undefined | readonly Piece[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign]!);

const render = (piece: Piece): string =>
  piece === undefined
    ? ""
    : piece instanceof Html
      ? piece.text
      : Array.isArray(piece)
        ? piece.map(render).join("")
        : escapeHtml(String(piece));

/** `` html`<b>${name}</b>` ``: strings are escaped, arrays joined, `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(strings.map((text, i) => (i < pieces.length ? text + render(pieces[i]) : text)).join(""));
}

/** A table with a head row; the cells of the columns in `text` are set left, the others are numbers. */
export function table(
  head: readonly Piece[],
  rows: readonly (readonly Piece[])[],
  { caption, text = [0] }: { caption?: string; text?: readonly number[] } = {},
): Html {
  const side = (column: number) => (text.includes(column) ? html` class="text"` : html``);
  return html`<div class="wide"><table>
${caption === undefined ? undefined : html`<caption>${caption}</caption>\n`}<thead><tr>${head.map(
    (cell, i) => html`<th scope="col"${side(i)}>${cell}</th>`,
  )}</tr></thead>
<tbody>
${rows.map(
  (cells) =>
    html`<tr>${cells.map((cell, i) =>
      i === 0 ? html`<th scope="row"${side(0)}>${cell}</th>` : html`<td${side(i)}>${cell}</td>`,
    )}</tr>\n`,
)}</tbody></table></div>
`;
}
