// What passes between Python and the tab's scripts. All numbers are finite. Written by `uv run python -m tests.payload_types`.

/**
 * One optimizer of a race.
 *
 * Attributes:
 *     slot: 0 to 3, for colour and shape.
 *     name: what it is called.
 *     detail: its step size in words.
 *     path: the point [x, y] after k steps, k = 0, 1, …; shorter than `num_steps + 1` where it stopped.
 *     losses: the loss at each.
 *     gradients: the gradient's length at each, None where it is out of range.
 *     weights: the weights at each, or None where they are the path's coordinates (on a curve: its x).
 *     ending: why it stopped, or "".
 */
export interface OptimizerPath {
  slot: number;
  name: string;
  detail: string;
  path: number[][];
  losses: number[];
  gradients: (number | null)[];
  weights: number[][] | null;
  ending: string;
}

/**
 * A grid of bytes, 0 the lowest loss; the outermost grid points lie on the frame.
 *
 * Attributes:
 *     bytes: base64 of one byte a grid point, row by row from the bottom.
 */
export interface Shades {
  rows: number;
  columns: number;
  bytes: string;
}

/**
 * A line of equal loss, in pieces `[x0, y0, x1, y1, …]`.
 */
export interface ContourLine {
  level: number;
  pieces: number[][];
}

/**
 * The loss over two weights.
 */
export interface Contours {
  lines: ContourLine[];
  shades: Shades;
}

/**
 * What any landscape has.
 *
 * Attributes:
 *     label: describes it for screen readers; ends in a full stop.
 *     minima: those to mark, each [x, y].
 */
export interface Frame {
  label: string;
  x_label: string;
  y_label: string;
  x_range: [number, number];
  y_range: [number, number];
  minima: unknown[];
}

/**
 * The loss over two weights; `valley` holds two points of the line of all minimisers, or is None.
 */
export interface ContourLandscape {
  label: string;
  x_label: string;
  y_label: string;
  x_range: [number, number];
  y_range: [number, number];
  minima: unknown[];
  lines: ContourLine[];
  shades: Shades;
  kind: "contours";
  valley: number[][] | null;
}

/**
 * The loss along one direction: `curve` holds points [x, y] in ascending x.
 */
export interface CurveLandscape {
  label: string;
  x_label: string;
  y_label: string;
  x_range: [number, number];
  y_range: [number, number];
  minima: unknown[];
  kind: "curve";
  curve: number[][];
}

/**
 * The points of a line fit, where a path's point is (slope, intercept).
 */
export interface DataPoints {
  points: number[][];
  x_label: string;
  y_label: string;
  x_range: number[];
  y_range: number[];
}

/**
 * A race for the player.
 *
 * Attributes:
 *     num_steps: how far the scrubber goes.
 *     landscape: contours, or a curve.
 *     optimizers: one to four.
 *     chart: a value of `build_chart` with roles `series1` to `series4` and x the number of steps taken.
 *     data: of a line fit, else None.
 */
export interface RacePayload {
  num_steps: number;
  landscape: ContourLandscape | CurveLandscape;
  optimizers: OptimizerPath[];
  chart: Record<string, unknown>;
  data: DataPoints | null;
}

/**
 * One optimizer's step size.
 *
 * Attributes:
 *     slot: 0 to 3, for colour and shape.
 *     lr: where the handle stands.
 *     lr_best: the step size that comes down fastest, or None where there is none.
 *     lr_max: the one from which the optimizer no longer comes down, or None.
 *     where: where these two hold, such as "near the minimum (1, 1)", or "".
 *     note: one line of plain text, best under 100 characters.
 */
export interface RulerHandle {
  slot: number;
  name: string;
  lr: number;
  lr_best: number | null;
  lr_max: number | null;
  where: string;
  note: string;
}

/**
 * The ruler: its axis from the lowest to the highest step size, and one to four handles.
 */
export interface RulerPayload {
  range: number[];
  handles: RulerHandle[];
}

/**
 * An answer to the player, which hands it to the components that listen to it.
 *
 * Attributes:
 *     race: to be shown; left out where the last one stays.
 *     ruler: likewise.
 *     status: how the race went, in a few sentences.
 *     errors: what is wrong, by the field that it is said at.
 *     error: what is wrong and has no field, or "".
 *     moved: fields that were moved by hand and what they are to hold; None for one whose control counts.
 */
export interface Answer {
  race?: RacePayload;
  ruler?: RulerPayload;
  status?: string;
  errors?: Record<string, string>;
  error?: string;
  moved?: Record<string, unknown>;
}

/**
 * What fields are to hold, unless someone wrote in them after the question was sent.
 *
 * Attributes:
 *     sent: the number of edits on the page when the question was sent.
 *     fields: values by field.
 */
export interface Filling {
  sent: number;
  fields: Record<string, unknown>;
}
