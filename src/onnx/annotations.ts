/**
 * @file `quantization_annotation` ↔ metadata of values. FINN and QONNX keep their data types there
 * (`finn_datatype: INT2`); as metadata they survive every pass and are written back where they were.
 */

const prefix = "quantization_annotation.";

export const annotationKey = (key: string): string => `${prefix}${key}`;

/** The annotations and the remaining metadata of a value. */
export function splitAnnotations(metadata: ReadonlyMap<string, string>): {
  annotations: Map<string, string>;
  rest: Map<string, string>;
} {
  const annotations = new Map<string, string>();
  const rest = new Map<string, string>();
  for (const [key, text] of metadata) {
    if (key.startsWith(prefix)) annotations.set(key.slice(prefix.length), text);
    else rest.set(key, text);
  }
  return { annotations, rest };
}
