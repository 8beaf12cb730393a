/** @file One picture: ECharts options → SVG text, the same text for the same options. */

import { BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  VisualMapComponent,
} from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { escapeHtml } from "../html/html.ts";
import { grid, ink, muted } from "./palette.ts";

use([
  BarChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  SankeyChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  VisualMapComponent,
  LabelLayout,
  SVGRenderer,
]);

export interface Picture {
  /** Prefix of the ids inside; unique on a page. */
  readonly id: string;
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly option: EChartsCoreOption;
}

export const fontFamily = "system-ui,sans-serif";

/** Lines and words of an axis. */
export const axisStyle = {
  axisLine: { show: true, lineStyle: { color: muted } },
  axisTick: { show: false },
  axisLabel: { color: muted, fontSize: 12 },
  splitLine: { lineStyle: { color: grid } },
  nameTextStyle: { color: ink, fontSize: 12 },
};

/** A stand-alone `<svg>` that shrinks to its place. */
export function renderSvg({ id, description, width, height, option }: Picture): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily, color: ink },
      ...option,
    });
    return tidy(chart.renderToSVGString({ useViewBox: true }), { id, description, width });
  } finally {
    chart.dispose();
  }
}

/**
 * ECharts numbers its charts over the life of the process and styles them for a mouse that a printed page does not have:
 * numbers become the picture's id, hover rules and data marks go.
 */
function tidy(svg: string, { id, description, width }: Pick<Picture, "id" | "description" | "width">): string {
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, "")
    .replace(/ (class|ecmeta_\w+|pointer-events)="[^"]*"/g, "")
    .replace(/zr\d+-/g, `${id}-`)
    .replace(/<rect [^>]*fill="(none|transparent)"[^>]*><\/rect>\n?/g, "")
    .replace(
      /^<svg width="\d+" height="\d+"/,
      `<svg role="img" style="max-width:${width}px;min-width:${Math.round(0.62 * width)}px"`,
    )
    .replace(/^<svg[^>]*>/, (open) => `${open}\n<title>${escapeHtml(description)}</title>`);
}
