// What passes from Python to scripts that several subjects share. All numbers are finite. Written by `uv run python -m tests.payload_types`.

/**
 * A layer's name, what it is, and how many units its activation function has; 0 where there is none.
 */
export interface LayerTitle {
  title: string;
  about: string;
  num_units: number;
}

/**
 * What keeps a layer from learning, 0 for the whole network, or that all is well.
 */
export interface LayerFinding {
  layer: number;
  is_well: boolean;
  text: string;
}

/**
 * The layers in one step, after so many examples, and what is said of them.
 */
export interface LayerMoment {
  step: number;
  examples: number;
  layers: ((number | string | null)[])[];
  findings: LayerFinding[];
}
