/** @file A picture with its caption. */

import { type Picture, renderSvg } from "../charts/svg.ts";
import { Html, html } from "./html.ts";

export const figure = (picture: Picture, caption: string): Html => html`<figure>
${new Html(renderSvg(picture))}
<figcaption>${caption}</figcaption>
</figure>
`;
