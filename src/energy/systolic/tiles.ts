/** @file Tiles of one axis: equal ones and a rest, those of the same size and place counted together. */

export interface Tile {
  readonly size: number;
  readonly count: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** The first tile, those between, and the last one; their sizes add up to `extent`. At most three entries. */
export function tilesOf(extent: number, size: number): Tile[] {
  const count = Math.ceil(extent / size);
  if (count === 1) return [{ size: extent, count: 1, isFirst: true, isLast: true }];
  const tiles: Tile[] = [{ size, count: 1, isFirst: true, isLast: false }];
  if (count > 2) tiles.push({ size, count: count - 2, isFirst: false, isLast: false });
  tiles.push({ size: extent - (count - 1) * size, count: 1, isFirst: false, isLast: true });
  return tiles;
}
