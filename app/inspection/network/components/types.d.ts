// What the scripts of a network's layers hand to each other.
import type { Ramps, Sheet } from "../../../ui/components/types.js";
import type { Layer as SentLayer, Network, Slices, Unit } from "../payload.js";

/** A layer's thumbnails: their canvas, the mark on the chosen one, and how they stand, once they are drawn. */
export interface LayerSheet {
  holder: HTMLElement;
  canvas: HTMLCanvasElement;
  mark: HTMLElement;
  label: HTMLElement | null;
  sheet: Sheet | null;
}

/** A layer's row on the page. */
export interface Parts {
  title: HTMLElement;
  shape: HTMLElement;
  name: HTMLElement;
  scale: HTMLElement;
  note: HTMLElement;
  fold?: HTMLButtonElement;
  sheet?: LayerSheet;
  filters?: LayerSheet;
}

export type Filters = Slices & { levels: Uint8Array; bitmap: HTMLCanvasElement };

/** A layer as Python sends it, with its row on the page, its bytes and what is painted of them. */
export type Layer = Omit<SentLayer, "filters"> & {
  filters: Filters | null;
  parts: Parts;
  row: HTMLElement;
  isOpen: boolean;
  levels: Uint8Array | null;
  bitmap?: HTMLCanvasElement;
};

export type Passage = Omit<Network, "layers"> & { layers: Layer[]; bitmap: HTMLCanvasElement };

/** What is known: all of it is there as soon as a network is shown. */
export interface MapsState {
  passage: Passage;
  layers: Layer[];
  chosen: Unit;
  isHeld: boolean;
  exact: Map<string, Float32Array>;
  weights: Map<string, { note: string; weights: Slices | null }>;
  ramps: Ramps;
  layerOf(name: string): Layer;
}

export interface Hands {
  choose(target: Unit): void;
  hold(wanted: boolean): void;
  openMap(): void;
  onKey(event: KeyboardEvent): void;
}

declare global {
  interface Window {
    glassboxMaps?: { ask?: (values: unknown[]) => Promise<void> };
  }
}
