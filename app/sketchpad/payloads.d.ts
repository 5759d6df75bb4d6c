// What Python sends to the sketchpad's scripts, as JSON; a text of bytes is base64 (see `app.ui.packing`). Written by `uv run python -m tests.payload_types`.

/**
 * There is no digit to read; `absent` says why.
 */
export interface Absent {
  absent: string;
}

/**
 * One network's answer to a drawing: `digit` and `probabilities`, or a `message`.
 *
 * `classes` are the names of its ten classes where they are not the digits.
 */
export interface NetworkAnswer {
  status: "digit" | "error";
  key: string;
  name: string;
  digit?: number;
  classes?: string[];
  probabilities?: number[];
  message?: string;
}

/**
 * Whether several networks agree: the digit that all read, or None, and a sentence.
 */
export interface Agreement {
  digit: number | null;
  text: string;
}

/**
 * One of several digits in an image, as the first network reads it.
 */
export interface FoundAnswer {
  box: number[];
  name: string;
  probability: number | null;
  note: string;
  image: string | null;
}

/**
 * What the pad shows: a `message` alone, or the first network's answer and all that goes with it.
 */
export interface PadAnswer {
  status: "digit" | "refused" | "error";
  message?: string;
  digit?: number;
  classes?: string[];
  probabilities?: number[];
  image?: number[];
  field?: number[] | null;
  doubt?: string | null;
  milliseconds?: number;
  answers?: NetworkAnswer[];
  agreement?: Agreement | null;
  found?: FoundAnswer[];
}

/**
 * One step: what the drawing looks like, where its ink lies in the frame, and what is read there.
 */
export interface PreparationStep {
  name: string;
  title: string;
  note: string;
  side: number;
  image: string;
  asked: string;
  place: number[];
  center: number[];
  digit: number | null;
  confidence: string;
}

/**
 * Where one step lies on a gauge.
 */
export interface Mark {
  at: number;
  is_beyond: boolean;
  text: string;
  verdict: string;
  is_like: boolean;
}

/**
 * One measure: MNIST's range and a mark for each step, places as shares of the scale.
 */
export interface GaugeView {
  title: string;
  range: number[];
  range_text: string;
  ends: string[];
  marks: Mark[];
}

/**
 * All that the section "Preparation" shows.
 */
export interface PreparationView {
  steps: PreparationStep[];
  gauges: GaugeView[];
  doubt: string;
  is_refused: boolean;
  summary: string;
  likeness: string;
  network: string;
}

/**
 * A map of 28 × 28 signed values: a byte each for its colours, and a float32 each to be read.
 */
export interface ValueMap {
  bytes: string;
  values: string;
  scale_text: string;
  scale_title: string;
  text: string;
}

/**
 * The drawing with its gradient map and its occlusion map.
 */
export interface MapsView {
  digit: number;
  answer: number;
  second: number;
  verdict: string;
  texts: string[];
  titles: string[];
  image: string;
  ink: string;
  gradient: ValueMap;
  occlusion: ValueMap;
  patch: number;
  reading: string;
}

/**
 * One training digit.
 */
export interface NeighbourView {
  label: number;
  index: number;
  distance: string;
  title: string;
  pixels: string;
}

/**
 * The training digits that look most alike to the network.
 */
export interface NearestView {
  sentence: string;
  compared: string;
  digits: NeighbourView[];
}

/**
 * Where ink was added or erased.
 */
export interface EditView {
  row: number;
  column: number;
  adds: boolean;
}

/**
 * The input after some edits; `shares` and `texts` are of the answer, the wanted digit, all others.
 */
export interface FrameView {
  image: string;
  change: string;
  edit: EditView | null;
  read: number;
  shares: number[];
  texts: string[];
  label: string;
}

/**
 * The edits of ink that turn the drawing into another digit for the network.
 */
export interface ChangeView {
  target: number;
  answer: number;
  is_reached: boolean;
  sentence: string;
  image: string;
  frames: FrameView[];
}

/**
 * A network that may be asked.
 */
export interface NetworkChoice {
  key: string;
  label: string;
}

/**
 * The networks that a visitor may ask.
 */
export interface NetworkList {
  networks: NetworkChoice[];
}

/**
 * A drawing that cannot be read: its place in the list that was sent, and why.
 */
export interface RefusedDrawing {
  place: number;
  message: string;
}

/**
 * How one network reads a visitor's digits.
 */
export interface ScoreView {
  right: number;
  count: number;
  score: string;
  accuracy: string;
  interval: string;
  low: number;
  high: number;
  answers: (number | null)[];
  refused: RefusedDrawing[];
  note: string;
  meaning: string;
}

/**
 * A fine-tuning that has started, its owner's key, and a sentence on what it trains on.
 */
export interface StartedRun {
  id: string;
  owner_key: string;
  about: string;
}

/**
 * How a fine-tuning stands.
 */
export interface RunProgress {
  is_live: boolean;
  is_done: boolean;
  share: number;
  text: string;
}
