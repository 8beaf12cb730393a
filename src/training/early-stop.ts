/** @file Early stop: whether a loss has stopped to fall. */

/** True where none of the last `patience` losses is below the least one before them (Prechelt 1998, criterion UP). */
export function hasStalled(losses: readonly number[], patience: number): boolean {
  if (losses.length <= patience) return false;
  return Math.min(...losses.slice(-patience)) >= Math.min(...losses.slice(0, -patience));
}
