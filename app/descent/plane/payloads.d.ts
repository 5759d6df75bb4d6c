// What passes between Python and the scripts of the plane's bench. All numbers are finite. Written by `uv run python -m tests.payload_types`.

import type { LayerMoment, LayerTitle } from "../../ui/payloads.js";

/**
 * The points, one entry a point in each list.
 *
 * Attributes:
 *     labels: the class, from 0, or the value.
 *     is_test: whether the training leaves it out.
 */
export interface PlanePoints {
  x: number[];
  y: number[];
  labels: number[];
  is_test: boolean[];
}

/**
 * A network whose training follows.
 *
 * Attributes:
 *     title: what tells it from the other one, in a few words.
 *     inputs: what each input is called: "x", "x²".
 *     input_maps: base64 of a byte a place, each input over the plane, side × side row by row from the top;
 *         1 to 255 stand for −scale to scale, with 0 at 128.
 *     input_scales: what 255 stands for in each.
 *     activation: of the hidden units, as it is called.
 *     layers: the units of each layer, the output's last.
 *     side: places along either axis of a unit's map.
 *     surface_side: those of the surface.
 *     branch: epochs after which it goes on at another learning rate; None where it does not.
 */
export interface PlaneNetwork {
  slot: "a" | "b";
  title: string;
  inputs: string[];
  input_maps: string;
  input_scales: number[];
  activation: string;
  layers: number[];
  side: number;
  surface_side: number;
  branch: number | null;
}

/**
 * A network at a moment of its training.
 *
 * Attributes:
 *     epoch: epochs done.
 *     weights: base64 of little-endian float32: layer by layer its weights (units × inputs, unit by unit)
 *         and then its biases.
 *     maps: base64 of a byte a place, each unit over the plane as `input_maps` of `PlaneNetwork`, layer by
 *         layer; of the output its sums.
 *     scales: what 255 stands for in each unit's map; at least 1.
 *     surface: base64 of a byte a place, surface_side² row by row from the top. Of two classes the
 *         probability of class 1 (0 to 255); of more the most probable class, and after all of these its
 *         probability; of values −1 to 1, as 1 to 255 with 0 at 128.
 *     losses: on the points of the training and of testing; None where there are none, or it is not finite.
 *     accuracies: likewise; None for values too.
 */
export interface PlaneMoment {
  epoch: number;
  weights: string;
  maps: string;
  scales: number[];
  surface: string;
  losses: (number | null)[];
  accuracies: (number | null)[];
}

/**
 * An answer to the controls; whatever is not named stays as it is.
 *
 * Attributes:
 *     asked: the number of the question, as the page counts.
 *     kind: two classes, more, or values.
 *     points: with the first moments.
 *     epochs: the epochs done at each moment that there will be.
 *     networks: with the first moments: one or two.
 *     first: the place among `epochs` of the first moment that is sent.
 *     moments: of each network, from there on: as many of one as of the other.
 *     is_done: whether these are the last.
 *     status: what came of it so far, in a sentence or two.
 *     link: the query that brings these settings back.
 *     beside: the settings of the network kept beside, as a query; "" for none.
 *     errors: mistakes by field.
 *     error: a mistake of no field.
 */
export interface PlaneAnswer {
  asked?: number;
  kind?: "two" | "classes" | "values";
  points?: PlanePoints;
  epochs?: number[];
  networks?: PlaneNetwork[];
  first?: number;
  moments?: PlaneMoment[][];
  is_done?: boolean;
  status?: string;
  link?: string;
  beside?: string;
  errors?: Record<string, string>;
  error?: string;
}

/**
 * How a unit comes to its number at a place; each number as it is written.
 *
 * Attributes:
 *     names: what each input of the unit is called.
 *     inputs: their numbers.
 *     weights: what each is multiplied with.
 *     bias: what is added.
 *     total: the sum.
 *     normalised: what batch norm makes of it, or "".
 *     activation: what is applied then: "tanh", "sigmoid", "softmax", or "" for none.
 *     given: what comes out.
 */
export interface PlaneSum {
  names: string[];
  inputs: string[];
  weights: string[];
  bias: string;
  total: string;
  normalised: string;
  activation: string;
  given: string;
}

/**
 * How far a search for a learning rate is; with `error` it is over.
 *
 * Attributes:
 *     chart: the losses over the rates, as `build_chart` takes it.
 *     said: what came of it so far, in sentences with `**` around what is bold.
 *     rate: what is suggested, once it is done; None for nothing.
 *     is_done: whether all seeds were swept, or all rates tried.
 *     error: what is wrong with the settings.
 */
export interface PlaneRates {
  chart?: Record<string, unknown>;
  said?: string;
  rate?: number | null;
  is_done?: boolean;
  error?: string;
}

/**
 * What the layers of one network, or two, go through in the step that would be taken at each moment.
 *
 * Attributes:
 *     titles: of each network's layers, with the first moments.
 *     first: the place of the first moment that is sent.
 *     moments: of each network, from there on: as many of one as of the other.
 *     is_done: whether these are the last.
 */
export interface PlaneLayers {
  titles?: LayerTitle[][];
  first?: number;
  moments?: LayerMoment[][];
  is_done?: boolean;
}

/**
 * A fresh network of so many hidden layers: each layer's number, None where it is not finite.
 */
export interface PlaneDepthCurve {
  depth: number;
  spreads: (number | null)[];
  gradients: (number | null)[];
}

/**
 * An activation with an initialisation.
 *
 * Attributes:
 *     link: the query that sets the bench to it, with as many hidden layers as the bench can have.
 */
export interface PlaneDepthCell {
  activation: string;
  initialisation: string;
  link: string;
  curves: PlaneDepthCurve[];
}

/**
 * How far numbers get through deep networks: one row an activation, one cell an initialisation.
 */
export interface PlaneDepths {
  initialisations: string[];
  rows: PlaneDepthCell[][];
}
