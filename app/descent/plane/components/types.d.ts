// What the scripts of the plane's bench hand to each other.
import type { Colors, Transport } from "../../../ui/components/types.js";
import type { PlaneAnswer, PlaneMoment, PlaneNetwork, PlanePoints } from "../payloads.js";

/** A linear layer's numbers: weights (units × inputs, unit by unit) and biases. */
export interface LayerNumbers { weights: Float32Array; bias: Float32Array; numInputs: number }
/** A moment of a training, its bytes read. */
export interface ReadMoment {
  epoch: number;
  layers: LayerNumbers[];
  maps: Uint8Array;
  scales: number[];
  surface: Uint8Array;
  losses: (number | null)[];
  accuracies: (number | null)[];
}
export type Kind = "two" | "classes" | "values";
/** A unit by its layer, from 0, and its place in it; the inputs are the layer −1. */
export interface UnitPlace { layer: number; unit: number }
/** Where it stands on the graph: its middle, in CSS pixels. */
export interface PlacedUnit extends UnitPlace { x: number; y: number }
export interface GraphPlan { size: number; top: number; columns: PlacedUnit[][]; titles: string[][]; gap: number }
/** The theme's colours, and what each byte of a map is painted with. */
export interface Palette {
  colors: Colors;
  /** Of units' maps, and of values. */
  signed: Uint32Array;
  /** The same paler, beneath points. */
  pale: Uint32Array;
  probability: Uint32Array;
  /** A table a class, of its probability. */
  classes: Uint32Array[];
  /** The colour of a class, as CSS has it, and of a value from −1 to 1. */
  ofClass(label: number): string;
  ofValue(value: number): string;
}
/** What a surface shows. */
export interface Seen {
  network: PlaneNetwork;
  kind: Kind;
  points: PlanePoints;
  /** What the points' labels are, which may be newer than what the network says. */
  pointKind: Kind;
  moment: ReadMoment;
  /** The unit whose map stands in place of the output's; null for the output. */
  unit: UnitPlace | null;
}
/** One network on the page. */
export interface Slot {
  readonly root: HTMLElement;
  readonly surface: HTMLCanvasElement;
  setNetwork(network: PlaneNetwork, points: PlanePoints, kind: Kind, areTwo: boolean): void;
  /** Others than the network was trained on, while Python has not answered yet. */
  setPoints(points: PlanePoints, kind: Kind): void;
  show(moment: ReadMoment): void;
  /** The place that a circle marks on the surface. */
  setAt(at: number[] | null): void;
  /** The unit whose sum the surface shows. */
  shownUnit(at: number[]): UnitPlace;
  /** Show the output again. */
  release(): void;
  tell(): string;
}

/** The tools by which points are set by hand; places are x and y. */
export interface PointEditor {
  /** The pointer goes down, moves and goes up again; whether a tool took it. */
  begin(at: number[]): boolean;
  drag(at: number[]): void;
  end(): void;
  /** What Enter does there. */
  press(at: number[]): void;
  eraseNearest(at: number[]): void;
  replace(own: number[][]): void;
  undo(): void;
  redo(): void;
  forget(): void;
  look(): void;
  isLooking(): boolean;
  isHolding(): boolean;
  own(): number[][] | null;
}
/** A training as far as it is known. */
export interface Training {
  takeNetworks(answer: Required<PlaneAnswer>): void;
  takeMoments(added: PlaneMoment[][], first: number): void;
  finish(isDone: boolean): void;
  count(): number;
  at(place: number): ReadMoment[];
  all(): ReadMoment[][];
  answer(): Required<PlaneAnswer>;
  epoch(place: number): number;
  lastEpoch(): number;
  nearest(epoch: number): number;
  tell(place: number): string;
  /** What other components are told of it, at a moment. */
  describe(place: number): Omit<Shown, "isOld" | "isPlaying">;
}
/** A sum that someone wants to see: of which network, unit and place. */
export interface Wanted { slot: number; unit: UnitPlace; at: number[] }

/** What the bench shows. */
export interface Shown {
  /** The query that brings the training's settings back. */
  link: string;
  /** What tells each network from the other, in a few words. */
  titles: string[];
  /** Whether the training is there to its end, and whether the fields say something that cannot be computed. */
  isDone: boolean;
  isOld: boolean;
  /** The moment under the cursor, of so many that there will be, and the epochs done then and in the end. */
  place: number;
  numMoments: number;
  epoch: number;
  epochs: number;
  isPlaying: boolean;
}

/** What the bench has on the page, and what Gradio's events call there. */
export interface PlanePage {
  answer: Record<string, any> | null;
  moved: Record<string, unknown>;
  /** What the controls hold, and the settings of the network kept beside, from the last question. */
  values?: unknown[];
  beside?: string;
  ask(values: unknown[], field?: string): void;
  /** What is shown, and what moves its cursor; nothing before the first training. */
  shown?: Shown;
  transport?: Transport;
}

/** What a search for a learning rate came to, and the settings that it was about; "" for none. */
export interface FoundRate { chart: unknown; found: string; rate: number | null; about: string; checked: string }
