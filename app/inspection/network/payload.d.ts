// What passes between Python and the script of a network's layers. All numbers are finite. Written by `uv run python -m tests.payload_types`.

/**
 * A number of a layer: 0 for row and column where the layer has no maps.
 */
export interface Unit {
  layer: string;
  channel: number;
  row: number;
  column: number;
}

/**
 * Weights: `count` slices of `rows` × `columns`.
 *
 * Attributes:
 *     scale_text: the largest absolute value.
 *     bytes: base64 of one byte a weight, slice by slice, 1 to 255 for −scale to scale.
 */
export interface Slices {
  count: number;
  rows: number;
  columns: number;
  scale_text: string;
  bytes: string;
}

/**
 * What is shown of a unit that is pointed at.
 *
 * Attributes:
 *     weights: those that made it; None where the layer has none.
 *     note: what they are.
 *     values: where asked for, base64 of all the layer's numbers as float32.
 */
export interface Detail {
  layer: string;
  channel: number;
  weights: Slices | null;
  note: string;
  values?: string;
}

/**
 * The first and the last pixel that each row and each column of units sees.
 */
export interface Spans {
  rows: [number, number][];
  columns: [number, number][];
}

/**
 * A layer: `count` maps of `rows` × `columns` numbers, 1 × 1 for a vector.
 *
 * Attributes:
 *     name: with dots: "features.0".
 *     kind: the name of its class.
 *     title: the layer with its settings.
 *     note: what it did here, in a line.
 *     scale: the largest absolute value.
 *     signed: whether there are numbers below 0.
 *     has_maps: whether its numbers are shown.
 *     folded: whether they are hidden behind a button at first, and asked for when it is pressed.
 *     bytes: base64 of one byte a number, map by map: 0 to 255 for 0 to `scale` or, where `signed`, 1 to
 *         255 for −scale to scale; None without maps and where folded.
 *     sees: None where every unit sees the whole image.
 *     strongest: channel, row and column of the number with the largest absolute value.
 *     openable: whether a click on a map opens it elsewhere.
 *     filters: one slice a map, of a convolution that reads the image itself.
 *     is_answer: whether its numbers are the logits.
 */
export interface Layer {
  name: string;
  kind: string;
  title: string;
  shape: string;
  note: string;
  scale: number;
  scale_text: string;
  signed: boolean;
  count: number;
  rows: number;
  columns: number;
  is_vector: boolean;
  has_maps: boolean;
  folded: boolean;
  bytes: string | null;
  sees: Spans | null;
  strongest: number[];
  openable: boolean;
  filters: Slices | null;
  is_answer: boolean;
}

/**
 * A digit's logit and probability in words, and the probability from 0 to 1, 0 where it is no number.
 */
export interface Bar {
  digit: number;
  logit: string;
  probability: string;
  share: number;
  is_largest: boolean;
}

/**
 * A network with an image in it.
 *
 * Attributes:
 *     key, version, image: sent back with every question about a unit: the checkpoint, the state of its
 *         file, and base64 of the image as float32.
 *     digit: base64 of the image's 28 × 28 bytes.
 *     caption: what the image is, and what it is read as.
 *     chosen: the unit whose `detail` is shown.
 *     verdict: a sentence.
 */
export interface Network {
  key: string;
  version: string;
  image: string;
  digit: string;
  caption: string;
  layers: Layer[];
  chosen: Unit;
  detail: Detail;
  verdict: string;
  bars: Bar[];
}

/**
 * Why a request cannot be answered: a mistake, or something that the visitor has not given yet.
 *
 * Attributes:
 *     errors: what is wrong, by the field that it is said at.
 *     error: what is wrong and has no field, or "".
 */
export interface Mistake {
  errors?: Record<string, string>;
  error: string;
  is_missing?: boolean;
}
