// What the shared scripts hand to each other, and what the page has of ours.

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

/** An answer of Python's to a section, with whatever its components know of. */
export interface Answer {
  moved?: Record<string, unknown>;
  errors?: Record<string, string>;
  error?: string;
  [entry: string]: unknown;
}
/** What the components of a section share: the last answer, and what was moved by hand. */
export interface Section { answer: Answer | null; moved: Record<string, unknown>; [more: string]: unknown }

export type Props = Record<string, unknown>;
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
  }
}
