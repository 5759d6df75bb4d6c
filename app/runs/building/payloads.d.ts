// What the builder of networks sends to its script, as JSON. Written by `uv run python -m tests.payload_types`.

/**
 * What one setting of a layer may be; at `default` it is left out of the layer.
 *
 * Where it `is_optional`, an empty field is PyTorch's own choice. `step` is what the arrow keys do.
 */
export interface SettingView {
  name: string;
  type: "whole" | "number" | "switch";
  default: number | number | boolean | null;
  low: number;
  high: number;
  step: number;
  by_doubling: boolean;
  is_optional: boolean;
}

/**
 * A kind of layer: where it stands among the others, what it does, and the layer that it begins as.
 */
export interface KindView {
  name: string;
  group: string;
  summary: string;
  settings: SettingView[];
  fresh: Record<string, unknown>;
}

/**
 * A given network that one of one's own can begin from.
 */
export interface GivenView {
  name: string;
  title: string;
}

/**
 * A list of layers that mends a problem, and what is done, for a button.
 */
export interface RepairView {
  label: string;
  layers: (Record<string, unknown>)[];
}

/**
 * A layer's row; `sizes`, `parameters` and `multiply_adds` are empty or None where nothing fits yet.
 */
export interface RowView {
  sizes: number[];
  parameters: number | null;
  multiply_adds: number | null;
  problem: string;
  repairs: RepairView[];
  remarks: string[];
  body: RowView[];
}

/**
 * All that is shown of a network.
 *
 * `problem` and `repairs` are of the list as a whole, `name_problem` of its name; `text` is the list as
 * Python or JSON, `link` the parameter of a link to it.
 */
export interface NetworkView {
  name: string;
  layers: (Record<string, unknown>)[];
  rows: RowView[];
  problem: string;
  repairs: RepairView[];
  remarks: string[];
  name_problem: string;
  parameters: number;
  multiply_adds: number;
  activations: number;
  text: string;
  link: string;
}
