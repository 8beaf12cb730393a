/** @file The style of the page: system fonts, light and dark by the reader's own setting, nothing loaded from elsewhere. */

export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --muted: #5b6470; --grid: #e3e7ec; --wash: #f5f7f9; --note: #fff6e0; --edge: #d9a400;
  --s1: #0072b2; --s2: #d55e00; --s3: #009e73; --s4: #a8558a; --s5: #b8860b; --s6: #56b4e9; --s7: #6b7280; --s8: #7a5230;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e8ebef; --muted: #9aa4b0; --grid: #2b323a; --wash: #1b2127; --note: #2c2614; --edge: #c79a1c;
    --s1: #4fb0ec; --s2: #ff8a45; --s3: #2bc795; --s4: #dd93c3; --s5: #e3b341; --s6: #a5d8ff; --s7: #a3adb9; --s8: #c49a6c;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; background: var(--paper); color: var(--ink); }
body { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.5rem 5rem; }
header { border-bottom: 2px solid var(--ink); padding-bottom: 1.4rem; margin-bottom: 1.6rem; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 0.35rem; text-wrap: balance; }
h2 { font-size: 1.25rem; letter-spacing: -0.01em; margin: 3rem 0 0.6rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 0.4rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
.lead { font-size: 1.1rem; }
.kind { color: var(--muted); font-size: 0.8rem; letter-spacing: 0.08em; text-transform: uppercase; margin: 0 0 0.6rem; }
.quiet, caption, figcaption { color: var(--muted); font-size: 0.875rem; }
code { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 0.7rem 1.6rem; margin: 1.2rem 0 0; }
dt { color: var(--muted); font-size: 0.8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 0.8rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.4rem; }
th, td { text-align: right; padding: 0.42rem 0.9rem 0.42rem 0; white-space: nowrap; border-bottom: 1px solid var(--grid); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
.text { text-align: left; }
td.text { white-space: normal; }
thead th { font-weight: 600; border-bottom: 1.5px solid var(--ink); vertical-align: bottom; }
thead small { display: block; font-weight: 400; color: var(--muted); }
tbody th { font-weight: 500; }
tr.own th, tr.own td { background: var(--wash); font-weight: 650; }
tr.own th { box-shadow: inset 3px 0 0 var(--s1); padding-left: 0.7rem; }
th[scope="row"] small, td small { color: var(--muted); display: block; font-weight: 400; white-space: normal; max-width: 20rem; }
figure { margin: 1rem 0 1.4rem; min-width: 0; overflow-x: auto; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { margin-top: 0.35rem; max-width: 46rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 1.8rem; }
details { border-top: 1px solid var(--grid); padding: 0.55rem 0; }
details:last-of-type { border-bottom: 1px solid var(--grid); }
summary { cursor: pointer; font-weight: 550; }
summary span { color: var(--muted); font-weight: 400; }
.warnings { background: var(--note); border-left: 3px solid var(--edge); padding: 0.7rem 1.1rem; margin: 1.4rem 0; }
.warnings ul, .list { margin: 0.3rem 0; padding-left: 1.1rem; }
.list li { margin: 0.3rem 0; max-width: 46rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--wash); padding: 0.8rem 1rem; font: 0.8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
a { color: var(--s1); }
@media print { details > * { display: block; } body { max-width: none; } }
`;
