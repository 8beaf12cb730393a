/** @file The public face of the room: data sets in, tensors out. */

export { catalogue, directoryOf, findSet, type LoadOptions, loadDataSet, loadPart } from "./catalogue.ts";
export { type CifarImages, parseCifar } from "./cifar-binary.ts";
export { type CsvOptions, parseCsv, readCsv } from "./csv.ts";
export type { DataFile, DataSetEntry } from "./data-set-entry.ts";
export {
  contentChecksum,
  count,
  type DataSplits,
  type Dataset,
  dataset,
  exampleShape,
  type Part,
} from "./dataset.ts";
export { type FetchOptions, type FetchProgress, fetchFile } from "./fetch.ts";
export { type FetchSetOptions, fetchDataSet } from "./fetch-set.ts";
export { fileError, makeFolder, sha256, writeAtomic } from "./files.ts";
export { parseIdx, readIdx } from "./idx.ts";
export type { Layout } from "./inputs.ts";
export { type PackedImages, parseJpegPack } from "./jpeg-pack.ts";
export { encodeLabels, type LabelOptions, type Task } from "./labels.ts";
export { directories, findDirectory, type Kind, locate } from "./locate.ts";
export { isText, nextCharacters } from "./next-character.ts";
export { formatNpy, parseNpy, readNpy, writeNpy } from "./npy.ts";
export { formatNpz, npzNames, parseNpz, readNpz, writeNpz } from "./npz.ts";
export { type ParquetOptions, parseParquet, readParquet } from "./parquet.ts";
export { rows, sample, split, splitAtEnd, subset, take } from "./selection.ts";
export { classCounts, type DataSummary, measureNormalisation, summarise } from "./summary.ts";
export type { LabelColumn, Table } from "./table.ts";
export { type CharacterText, parseText, readText, textOf } from "./text.ts";
export { loadUserData, type UserDataOptions } from "./user-data.ts";
export { validateDataset } from "./validate.ts";
