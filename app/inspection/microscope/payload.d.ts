// What the microscope sends to its components' scripts. Probabilities lie in [0, 1]. Written by `uv run python -m tests.payload_types`.

/**
 * Why there is nothing to see.
 */
export interface Absent {
  absent: string;
}

/**
 * The image: base64 of 784 bytes, row by row, 255 for full ink.
 */
export interface Digit {
  pixels: string;
  caption: string;
}

/**
 * A layer's mask: `tiles` of `rows` × `columns` features, `per_row` of them side by side.
 *
 * Attributes:
 *     kept: one character a feature, "1" if it is kept, tile by tile and in each row by row.
 */
export interface Mask {
  title: string;
  text: string;
  kept: string;
  tiles: number;
  rows: number;
  columns: number;
  per_row: number;
}

/**
 * A digit's probability in training mode, None where that is not at work, and in evaluation mode.
 */
export interface Answer {
  digit: number;
  trained: number | null;
  trained_text: string;
  evaluated: number;
  evaluated_text: string;
  title: string;
}

/**
 * The same, and the probability with each of many masks: `dots`, and their quantiles.
 */
export interface SpreadAnswer {
  digit: number;
  trained: number | null;
  trained_text: string;
  evaluated: number;
  evaluated_text: string;
  title: string;
  dots: number[];
  low: number;
  median: number;
  high: number;
}

/**
 * Dropout at work: `verdict` stands above the answers, `text` beneath.
 */
export interface Spread {
  digit: Digit;
  mask: Mask;
  verdict: string;
  rows: SpreadAnswer[];
  text: string;
}

/**
 * Batch norm at work.
 *
 * Attributes:
 *     channel: the one that is marked in the charts.
 *     means, variances: by channel, each a value of `build_chart`.
 *     lines: the channel's arithmetic.
 *     verdict, text: above and beneath the answers.
 */
export interface Norm {
  channel: number;
  means: Record<string, unknown>;
  variances: Record<string, unknown>;
  lines: string[];
  verdict: string;
  rows: Answer[];
  text: string;
}

/**
 * An answer to the controls: of a picture that is None the last one stays, and is old.
 *
 * Attributes:
 *     errors: what is wrong, by the field that it is said at.
 *     error: what is wrong and has no field, or "".
 *     is_missing: whether that is no mistake, but something that the visitor has not given yet.
 */
export interface Pictures {
  spread: Spread | Absent | null;
  norm: Norm | Absent | null;
  errors: Record<string, string>;
  error: string;
  is_missing: boolean;
}
