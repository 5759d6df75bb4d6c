// What the window sends to its components' scripts. Written by `uv run python -m tests.payload_types`.

/**
 * A pixel grid, as `build_grids` draws it.
 */
export interface Panel {
  id: string;
  title: string;
  note: string;
  scale: "ink" | "signed";
  max: number;
  values: number[][];
  ring?: number[];
  small?: boolean;
}

/**
 * What an input channel, or all that are not named, adds to the result.
 */
export interface Sum {
  label: string;
  values: number[][];
}

/**
 * How the panels hang together.
 */
export interface Link {
  kind: string;
  size: number;
  stride: number;
  padding: number;
  dilation: number;
  bias: number;
  outputs: string[];
  sums?: Sum[];
  looked?: string;
  winners?: number[][][];
}

/**
 * A whole result.
 */
export interface View {
  panels: Panel[];
  link: Link;
}

/**
 * An answer to the controls: without a view, the last one stays.
 *
 * Attributes:
 *     view: the result.
 *     missing: what the visitor has to give before there is one.
 *     status: what comes out, in a sentence or two.
 *     errors: what is wrong, by the field that it is said at.
 *     error: what is wrong and has no field, or "".
 */
export interface Answer {
  view?: View;
  missing?: string;
  status?: string;
  errors?: Record<string, string>;
  error?: string;
}
