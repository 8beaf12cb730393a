/** @file The engine room: what runs graphs. */

export type * from "./feeds.ts";
export * from "./observe.ts";
export * from "./ort.ts";
export { runReference } from "./reference.ts";
export * from "./session-options.ts";
export { runtimeVersion } from "./version.ts";
