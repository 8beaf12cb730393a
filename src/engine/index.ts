/** @file The engine room: what runs graphs. */

export * from "./ort.ts";
export type { Feeds } from "./ort-protocol.ts";
export { runReference } from "./reference.ts";
export * from "./session-options.ts";
export { runtimeVersion } from "./version.ts";
