/** @file YAML with places: the value of a text, and the line on which each part of it stands. */

import { isAlias, isMap, isNode, isScalar, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import { fail } from "../base/errors.ts";

export type Path = readonly PropertyKey[];

export interface LocatedYaml {
  readonly value: unknown;
  /** Keys that stand twice in one mapping, where that is let pass; the last one counts. */
  readonly twins: readonly { readonly key: string; readonly line: number }[];
  /** The line (from 1) of a part, or of the nearest part around it that exists. */
  lineOf(path: Path): number;
  /** The tag of a part (`!Component`), where one is written. */
  tagOf(path: Path): string | undefined;
}

/** What other tools' files may do and machine files may not. */
export interface Leniency {
  /** Tags that nobody has defined. */
  readonly tags?: boolean;
  /** Keys that stand twice in one mapping. */
  readonly twins?: boolean;
}

/** Machine files are a few kilobytes; a bigger text is something else. */
const MOST_CHARACTERS = 1_000_000;

/** @throws FemtoError `yaml.size`, `yaml.syntax`, `yaml.alias` */
export function readYaml(text: string, origin: string, lenient: Leniency = {}): LocatedYaml {
  if (text.length > MOST_CHARACTERS) {
    fail({
      code: "yaml.size",
      where: origin,
      message: "the text is too long",
      expected: `at most ${MOST_CHARACTERS} characters`,
      got: `${text.length}`,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: lenient.twins !== true,
    merge: lenient.tags === true,
  });
  const warnings = document.warnings.filter(({ code }) => !(lenient.tags && code === "TAG_RESOLVE_FAILED"));
  const [trouble] = [...document.errors, ...warnings];
  if (trouble !== undefined) {
    fail({
      code: "yaml.syntax",
      where: `${origin}:${lines.linePos(trouble.pos[0]).line}`,
      message: `the text is not valid YAML: ${trouble.message}`,
    });
  }
  const lineAt = (node: Node | null | undefined) => (node?.range ? lines.linePos(node.range[0]).line : 1);
  refuseCycles(document.contents, (node) => `${origin}:${lineAt(node)}`);
  const value = toValue(() => document.toJS({ maxAliasCount: 100 }), origin);
  const nodeAt = (path: Path): unknown =>
    path.reduce<unknown>((at, key) => {
      const node = isAlias(at) ? at.resolve(document) : at;
      return isMap(node) ? node.get(key, true) : childOf(node, key);
    }, document.contents);
  return {
    value,
    twins: twinsIn(document.contents, lineAt),
    tagOf: (path) => {
      const node = nodeAt(path);
      const tag = isNode(node) && "tag" in node ? node.tag : undefined;
      return tag?.startsWith("!") ? tag : undefined;
    },
    lineOf: (path) => {
      let node: unknown = document.contents;
      let line = 1;
      for (const key of path) {
        if (isAlias(node)) node = node.resolve(document);
        line = Math.max(line, lineAt(isNode(node) ? node : undefined));
        const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
        if (pair !== undefined && isNode(pair.key)) line = lineAt(pair.key);
        node = isMap(node) ? pair?.value : childOf(node, key);
        if (node === undefined) return line;
      }
      return isNode(node) && !isMap(node) ? lineAt(node) : Math.max(line, lineAt(isNode(node) ? node : undefined));
    },
  };
}

function childOf(node: unknown, key: PropertyKey): unknown {
  return typeof node === "object" && node !== null && "items" in node && typeof key === "number"
    ? (node.items as unknown[])[key]
    : undefined;
}

function twinsIn(contents: ParsedNode | null, lineAt: (node: Node) => number): { key: string; line: number }[] {
  const found: { key: string; line: number }[] = [];
  const visit = (node: unknown): void => {
    if (!isNode(node) || !("items" in node)) return;
    const seen = new Set<string>();
    for (const item of node.items as { key?: unknown; value?: unknown }[]) {
      if (!isMap(node)) {
        visit(item);
        continue;
      }
      if (isScalar(item.key)) {
        const key = String(item.key.value);
        if (seen.has(key)) found.push({ key, line: lineAt(item.key) });
        seen.add(key);
      }
      visit(item.value);
    }
  };
  visit(contents);
  return found;
}

/** An alias inside what its own anchor names has no finite value. */
function refuseCycles(contents: ParsedNode | null, place: (node: Node) => string): void {
  const open = new Set<string>();
  const visit = (node: unknown): void => {
    if (isAlias(node)) {
      if (open.has(node.source)) {
        fail({
          code: "yaml.alias",
          where: place(node),
          message: `anchor &${node.source} contains itself`,
          expected: "anchors without cycles",
        });
      }
      return;
    }
    if (!isNode(node) || !("items" in node)) return;
    const anchor = "anchor" in node ? node.anchor : undefined;
    if (anchor !== undefined) open.add(anchor);
    for (const item of node.items as unknown[]) {
      visit(item);
      if (typeof item === "object" && item !== null && "value" in item) visit(item.value);
    }
    if (anchor !== undefined) open.delete(anchor);
  };
  visit(contents);
}

/** The reader counts how often aliases multiply the text and gives up on bombs. */
function toValue(read: () => unknown, origin: string): unknown {
  try {
    return read();
  } catch (error) {
    return fail({
      code: "yaml.alias",
      where: origin,
      message: `aliases cannot be resolved: ${(error as Error).message}`,
    });
  }
}
