// What the training runs tab sends to its scripts, each kind as JSON text. Written by `uv run python -m tests.payload_types`.

import type { LayerMoment, LayerTitle } from "../ui/payloads.js";

/**
 * The value of the list: whose runs there are, oldest first, which is chosen, and which are ticked.
 *
 * It counts where its `serial` is another than the last one's. `keys` are the owner's keys of runs that this
 * browser may change from now on, by their ids.
 */
export interface RunList {
  serial: number;
  ids: string[];
  focus: string;
  ticked?: string[];
  keys?: Record<string, string>;
}

/**
 * All that the list and the heading show of a run.
 *
 * `name` is its owner's; `title` says what is trained on what; `label` and `about` are its row's two lines;
 * `settings` are the hyperparameters in a line; at `epochs` and `num_steps` the axes end; with `epochs` and
 * `learning_rate` the form begins that trains it on, where it `can_train_on`; `created` is in
 * unix seconds; `checkpoint` is a path or ""; changing one that `has_owner` takes its owner's key; by its
 * `mark` the browser says what it knows; `text` is the status in a few words; `share` is of the steps done;
 * `details` say how it goes; `duration`, `validation` and `test` are texts, "" where there is nothing yet; a
 * damaged run `is_live` where it waits or trains all the same; at `offset` of the events the next question
 * begins.
 */
export interface RunCard {
  id: string;
  name: string;
  title: string;
  label: string;
  about: string;
  settings: string;
  epochs: number;
  learning_rate: number;
  num_steps: number;
  can_train_on: boolean;
  created: number;
  checkpoint: string;
  can_resume: boolean;
  has_owner: boolean;
  status: string;
  mark: string;
  text: string;
  share: number;
  details: string;
  duration: string;
  validation: string;
  test: string;
  is_live?: boolean;
  offset?: number;
}

/**
 * The id of a run that has begun, and its owner's key.
 */
export interface StartedTraining {
  id: string;
  owner_key: string;
}

/**
 * What has changed of a run's card; what has not is left out.
 */
export interface RunUpdate {
  offset?: number;
  status?: string;
  mark?: string;
  text?: string;
  share?: number;
  duration?: string;
  validation?: string;
  can_resume?: boolean;
  num_steps?: number;
  details?: string;
}

/**
 * Rows of `STEP_COLUMNS` and of `EPOCH_COLUMNS`, and how many steps a row of the first is for at most.
 */
export interface Curves {
  steps: ((number | null)[])[];
  epochs: ((number | null)[])[];
  stretch: number;
}

/**
 * What was measured in the chosen run's layers: all of it, or what is told in addition to that.
 *
 * `absent` says why there is nothing; `titles` are empty where they are known.
 */
export interface Layers {
  is_whole: boolean;
  absent: string;
  titles: LayerTitle[];
  moments: LayerMoment[];
}

/**
 * What is new of the runs that the page asks about; `view` is the chosen one's whole curves.
 */
export interface Look {
  cards?: RunCard[];
  updates?: Record<string, RunUpdate>;
  gone?: string[];
  view?: Curves;
  news?: Curves;
  layers?: Layers;
  error?: string;
}

/**
 * A sentence that says why a run has not got what is asked for.
 */
export interface Absent {
  id: string;
  absent: string;
  is_live?: boolean;
}

/**
 * A test image and what the network read it as; `pixels` are base64 of (28, 28) uint8.
 */
export interface AnsweredImage {
  index: number;
  pixels: string;
  shown: string;
  answered: string;
  confidence: string;
  title: string;
  link: string;
}

/**
 * How well one class is read: texts, and the share misread with its 95% interval.
 */
export interface ClassResult {
  accuracy: string;
  misread: number;
  low: number;
  high: number;
  text: string;
  title?: string;
}

/**
 * A run's results: its score in words, the confusion matrix by rows, the classes, the worst mistakes.
 */
export interface Results {
  id: string;
  title: string;
  accuracy: string;
  accuracy_title: string;
  score: string;
  meaning: string;
  looks: string;
  classes: string[];
  is_digits: boolean;
  matrix: number[][];
  most: number;
  per_class: ClassResult[];
  mistakes: AnsweredImage[];
  has_answers: boolean;
}

/**
 * The images of one cell of the confusion matrix.
 */
export interface ConfusionCell {
  title: string;
  text: string;
  images: AnsweredImage[];
}

/**
 * Said where the browser has all epochs already.
 */
export interface SameEpochs {
  id: string;
  is_live: boolean;
  is_same: boolean;
}

/**
 * When weights were kept.
 */
export interface EpochLabel {
  label: string;
  step: number;
}

/**
 * A run's first layer over the epochs: `frames` are base64 of (count, rows, columns) bytes.
 */
export interface Epochs {
  id: string;
  is_live: boolean;
  title: string;
  epochs: EpochLabel[];
  classes: string[];
  last_index: number;
  layer: string;
  count: number;
  rows: number;
  columns: number;
  scale_text: string;
  frames: string[];
}

/**
 * What the network answered after one epoch: a sentence, and each class's probability.
 */
export interface EpochAnswer {
  verdict: string;
  shares: number[];
  texts: string[];
  titles: string[];
}

/**
 * What the network answered to one image after each epoch; `image` is base64 of (28, 28) uint8.
 */
export interface EpochAnswers {
  id: string;
  image: string;
  caption: string;
  frames: EpochAnswer[];
}

/**
 * One unit's weights after every epoch: base64 of (E, h, w) float32.
 */
export interface UnitWeights {
  unit: number;
  values: string;
}

/**
 * A run by the name that tells it apart from the others.
 */
export interface ComparedRun {
  id: string;
  label: string;
  name: string;
  about: string;
}

/**
 * What the curves can show.
 */
export interface Quantity {
  key: string;
  title: string;
  y_label: string;
  log_y: boolean;
  by_epoch: boolean;
}

/**
 * A text, and what its column is sorted by.
 */
export interface TableCell {
  text: string;
  value: unknown;
  title?: string;
  small?: string;
}

/**
 * The settings that differ and the results, a row a run.
 */
export interface Table {
  columns: string[];
  rows: TableCell[][];
}

/**
 * One seed's score and its place on the axis, 0 to 1.
 */
export interface Score {
  text: string;
  seed: number;
  place: number;
  title: string;
}

/**
 * Mean, standard deviation and single scores of runs that differ in their seed.
 */
export interface Measure {
  title: string;
  text: string;
  note: string;
  mean: number;
  band: number[];
  scores: Score[];
}

/**
 * Runs that differ in nothing but their seed.
 */
export interface SeedGroup {
  label: string;
  measures: Measure[];
}

/**
 * Whether a lead is more than chance, and by what that is judged.
 */
export interface Verdict {
  verdict: string;
  detail: string;
}

/**
 * Runs side by side; a curve's points are [step, epoch, seconds, value].
 */
export interface Comparison {
  runs: ComparedRun[];
  is_live: boolean;
  hint: string;
  quantities: Quantity[];
  curves: Record<string, number[][][]>;
  table: Table;
  groups: SeedGroup[];
  verdicts: Verdict[];
  seeds_matter: string;
}
