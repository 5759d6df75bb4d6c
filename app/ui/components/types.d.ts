// What the shared scripts hand to each other, and what the page has of ours.

import type { LayerMoment, LayerTitle } from "../payloads.js";

export type Context = CanvasRenderingContext2D;
export type Point = number[];
export type Colors = Record<string, string>;
/** Edges of the part of a canvas within the axes, in CSS pixels. */
export interface Box { left: number; right: number; top: number; bottom: number }
export interface Tick { at: number; major: boolean; text: string }
/** What axes are drawn for; a `whole_x` is never split. */
export interface Axes {
  x_label?: string;
  y_label?: string;
  x_range: Point;
  y_range: Point;
  log_x?: boolean;
  log_y?: boolean;
  whole_x?: boolean;
}
/** The way from data to pixels, and back. */
export interface Scale {
  width: number;
  height: number;
  box: Box;
  xTicks: Tick[];
  yTicks: Tick[];
  x(value: number): number;
  y(value: number): number;
  xAt(pixel: number): number;
  yAt(pixel: number): number;
}

/** `count` maps of `rows` × `columns` numbers. */
export interface Shape { count: number; rows: number; columns: number }
/** How they stand: `across` in a row, each `cell` pixels a number, `gap` between two. */
export interface Sheet extends Shape { cell: number; gap: number; across: number; left: number; top: number }
export interface Unit { index: number; row: number; column: number }

/** The theme's colours, and for each kind of scale the colour of every byte. */
export interface Ramps { colors: Colors; signed: Uint32Array; plain: Uint32Array; ink: Uint32Array }

/** A line of a chart as Python sends it (see `build_chart`). */
export interface SentSeries { name?: string; role?: string; points?: Point[]; markers?: boolean; line?: boolean; pale?: boolean }
export interface ChartValue extends Partial<Omit<Axes, "x_range" | "y_range">> {
  series?: SentSeries[];
  x_range?: unknown;
  y_range?: unknown;
  empty?: string;
  note?: string;
}
/** The same as it is drawn: finite points only; `slot` is its place among the series' colours, or -1. */
export interface Series { name: string; color: string; slot: number; markers: boolean; line: boolean; pale: boolean; points: Point[] }
export interface Chart {
  setValue(value: unknown, label: string | undefined): void;
  addPoints(additions: Point[][], changes?: ChartValue): void;
  setCursor(x: number | null): void;
}

/** A grid as Python sends it (see `build_grids`). */
export interface SentPanel {
  id?: string;
  title?: string;
  note?: string;
  values: number[][];
  scale?: string;
  max?: number;
  ring?: number[];
  small?: boolean;
}
/** The same with its place on the page, in CSS pixels, and what is drawn of it already. */
export interface Panel extends SentPanel {
  ring: number[];
  canvas: HTMLCanvasElement;
  cell: number;
  width: number;
  height: number;
  bitmap: HTMLCanvasElement;
  base: HTMLCanvasElement;
}
export interface Cell { row: number; column: number }
export interface CellBox extends Cell { rows?: number; columns?: number }
/** What a caller does with the panels: with each new canvas, upon each drawing, and to each label. */
export interface GridMarks {
  attach?: (canvas: HTMLCanvasElement, index: number) => void;
  mark?: (context: Context, panel: Panel, colors: Record<string, any>) => void;
  describe?: (panel: Panel) => string;
}
export interface Grids {
  setPanels(given: SentPanel[]): void;
  redraw(): void;
  drawMarks(): void;
  cellAt(panel: Panel, event: MouseEvent): Cell;
  find(id: string): Panel | undefined;
  at(index: number): Panel;
}

/** How a transport plays: at a speed of its list at first, and from its end from the beginning again where it loops. */
export interface Playing {
  firstSpeed?: number;
  loops?: boolean;
  invites?: boolean;
  tell?: (steps: number, numSteps: number) => string;
}
export interface Transport {
  setLength(newNumSteps: number, isSameKind: boolean, isAsked?: boolean): void;
  moveTo(target: number, how?: { glides?: boolean }): void;
  jumpTo(target: number): void;
  /** What it moves through has changed: tell its owner again where it stands. */
  refresh(): void;
  onKey(event: KeyboardEvent): void;
  play(): void;
  pause(): void;
  isPlaying(): boolean;
}

/** An answer of Python's to a section, with whatever its components know of. */
export interface Answer {
  moved?: Record<string, unknown>;
  errors?: Record<string, string>;
  error?: string;
  [entry: string]: any;
}
/** What the components of a section share: the last answer, and what was moved by hand. */
export interface Section { answer: Answer | null; moved: Record<string, unknown>; [more: string]: unknown }

/** What a component is given by Python: as its factory says, in any of JSON's types. */
export type Props = Record<string, any>;
export type Watch = (names: string | string[], react: () => void) => void;
/** What a component's script is given. */
export interface Mounted {
  element: HTMLElement;
  trigger(event: string): void;
  props: Props;
  server: Record<string, (...values: unknown[]) => Promise<unknown>>;
  upload(file: File): Promise<{ path: string; url: string }>;
  watch: Watch;
  keptProps: Props;
}

declare global {
  interface Window {
    glassboxFields?: { tellErrors(errors: Record<string, string>, prefix: string): string[] };
    glassboxProps?: Record<string, Props>;
    glassboxRunKeys?: Record<string, string>;
    glassboxPlaces?: Places;
  }
}

/** What a field of one number takes, and how it steps; `isAbove` leaves `low` itself out. */
export interface Bounds {
  low: number;
  high: number;
  step: number;
  isWhole: boolean;
  isAbove: boolean;
  byFactor: boolean;
  byDoubling: boolean;
}

/** How long a component is on the page. */
export interface Lifetime {
  signal: AbortSignal;
  isOver(): boolean;
  listen(target: EventTarget, type: string, hear: (event: any) => void): void;
}

/** Where a visitor is: `open` is a section's name or "", the last two are parts of a query. */
export interface Place {
  tab: string;
  lab: string;
  bench: string;
  open: string;
  settings: string;
  everywhere: string;
}

/** What keeps the address of where a visitor is. */
export interface Places {
  /** Go elsewhere: a new entry of the browser's history, unless it replaces the one that is there. */
  go(to: Partial<Pick<Place, "tab" | "lab" | "bench" | "open">>, how?: { replaces?: boolean }): void;
  /** Settings of a tab, lab or bench have changed, or of a section of it that has a parameter of its own. */
  follow(owner: string, settings: string, parameter?: string): void;
  where(): Place;
}

/** States that can be undone and redone; changes of the same `what` one after the other are one step. */
export interface Undo<State> {
  read(): State;
  push(state: State, what?: string): void;
  undo(): boolean;
  redo(): boolean;
  canUndo(): boolean;
  canRedo(): boolean;
}

/** The powers of ten between which a column's numbers lie. */
export interface LayerScale { low: number; high: number }
/** A table of what a network's layers go through. */
export interface LayerTable {
  setLayers(titles: LayerTitle[]): void;
  /** The scales are `findScales`'s, of one network or several; the lines leave room for `numMoments` in the end. */
  setMoments(moments: LayerMoment[], scales: (LayerScale | null)[], numMoments?: number): void;
  /** Show one of the moments. */
  show(place: number): void;
}
