// What the scripts of the builder hand to each other.

import type { KindView, NetworkView, RepairView, RowView, SettingView } from "../payloads.js";

export type { KindView, NetworkView, RepairView, RowView, SettingView };
export type SettingValue = number | boolean | null;
/** A layer as Python has it. */
export type PlainLayer = Record<string, any> & { layer: string; body?: PlainLayer[] };
/** A layer as a row has it: `key` is its row's for as long as it is in a list; settings at their default are left out. */
export interface Layer {
  key: number;
  kind: string;
  settings: Record<string, SettingValue>;
  body: Layer[] | null;
}
/** The place of a layer: in the list, or in the list and then in a block's. */
export type Place = number[];
/** What is built, and what can be undone. */
export interface Network {
  name: string;
  layers: Layer[];
}
export interface Moved {
  layers: Layer[];
  place: Place;
}
/** What Python is asked about a network: the list as it is, or a text or a beginning that comes in its place. */
export interface Question {
  of: Network;
  text?: string | Promise<string>;
  begin?: string;
}
/** What has been done to a list, in words; without `layers` nothing has. */
export interface Edit {
  told: string;
  layers?: Layer[];
  /** The row that is marked then. */
  marked?: number | null;
  /** A row that is to be in sight. */
  shown?: number;
}
/** A layer in the picture: what goes out of it, [] where nothing fits. */
export interface Output {
  key: number;
  sizes: number[];
  isWrong: boolean;
}
/** Its block, in pixels: its front's corner, width and height, and how far its side goes back. */
export interface Block extends Output {
  x: number;
  y: number;
  width: number;
  height: number;
  back: number;
  shape: "maps" | "plate" | "features" | "wrong";
}
export interface RowActions {
  change(key: number, change: (layer: Layer) => Layer, what: string): void;
  act(key: number, action: "up" | "down" | "double" | "remove"): void;
  mend(repair: RepairView): void;
  /** What is wrong in a field has changed. */
  report(): void;
}
export interface Row {
  node: HTMLElement;
  fill(layer: Layer, given: { number: string; view: RowView | null; most: number }): void;
  /** What is wrong in one of its fields, "" for nothing. */
  readMistake(): string;
}
