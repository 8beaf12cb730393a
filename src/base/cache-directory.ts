/** @file Where what was fetched or computed is kept for the next time. Asks the environment, and so is a door to Node. */

import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** `FEMTO_CACHE`, else `femto` in the cache directory of the platform (`XDG_CACHE_HOME`, `~/.cache`, `LOCALAPPDATA`). */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.FEMTO_CACHE) return resolve(environment.FEMTO_CACHE);
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, "femto");
  if (environment.LOCALAPPDATA) return join(environment.LOCALAPPDATA, "femto", "cache");
  return join(homedir(), ".cache", "femto");
}
