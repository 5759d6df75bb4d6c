// What the scripts about runs hand to each other; what Python sends them stands in ../payloads.d.ts.

import type { Look, RunCard } from "../payloads.js";

declare global {
  interface Window {
    /** What the list says of the chosen run and of those that are ticked. */
    glassboxRuns?: Record<string, any>;
    glassboxLearning?: { takeDrawing(drawing: object | null): void };
  }
}

/** A run as this page knows it; what `isStale` is to be told anew. */
export type KnownCard = RunCard & { isStale?: boolean };

/** By a run's id null for all that there is of it, or what is known of it: the place in its events, and its mark. */
export interface Question {
  runs: Record<string, [number, string] | null>;
  focus: string;
  view: boolean;
}

export type Answer = Look & Required<Pick<Look, "cards" | "updates" | "gone">>;

export interface SharedList {
  set(ids: string[]): void;
  merge(known: string[]): void;
  remove(gone: string[]): void;
  adopt(text: string): void;
  read(): string[];
  has(id: string): boolean;
}

export interface KnownRuns {
  listed(): string[];
  listCards(): KnownCard[];
  buildQuestion(): Question;
  take(answer: Answer, question: Question): { movesCurves: boolean; isMore: boolean };
  choose(id: string): void;
  setPaused(wanted: boolean): void;
  outdate(id: string): void;
  sortByAge(ids: string[]): string[];
  find(id: string): KnownCard | undefined;
  isAnyOpen(): boolean;
  isAnyTraining(): boolean;
  setNeedsView(isNeeded: boolean): void;
  readonly focus: string;
  readonly needsView: boolean;
  readonly isPaused: boolean;
}

/** Rows of the curves, in the columns of app/runs/view.py. */
export interface CurveRows {
  steps: (number | null)[][];
  epochs: (number | null)[][];
}

/** A chart's series: the rows and the columns that it takes its points from, and how it is drawn. */
export interface CurveSeries {
  name: string;
  role: string;
  from: "steps" | "epochs";
  x: number;
  y: number;
  pale?: boolean;
  markers?: boolean;
}

export interface CurvePoints {
  setView(view: CurveRows, ends: Ends): void;
  addNews(news: CurveRows, ends: Ends): { added: CurveRows | null; changesAxes: boolean };
  isFull(): boolean;
  count(): number;
  pick(series: CurveSeries): (number | null)[][];
  findEnd(name: string): number | undefined;
}

export interface Curve {
  title: string;
  options: Record<string, unknown>;
  series: CurveSeries[];
}

/** Where the axes end. */
export interface Ends {
  steps?: number;
  epochs?: number;
}

/** What may be done with a run from here. */
export interface Rights {
  isPaused: boolean;
  key: string;
  isOwned: boolean;
}

/** The column that the comparison is sorted by, -1 for the order in which the runs were ticked. */
export interface Sorting {
  column: number;
  isAscending: boolean;
}

/** A row of the comparison's table. */
export type Cells = { value: any }[];

/** A cell of the confusion matrix: its row and its column, from 0. */
export type CellPlace = [number, number];

/** A weight of the first layer: its filter's number and where in it the weight stands, from 0. */
export interface WeightPlace {
  index: number;
  row: number;
  column: number;
}

/** What recipes decide of the form, as `app.runs.controls` lays it out. */
export interface FormTable {
  opening: { network: string; recipe: string };
  base: Record<string, unknown>;
  recipes: Record<string, Record<string, Record<string, unknown>>>;
  fields: string[];
  decided: string[];
  /** By a field's name, the field that it is seen with and that one's values. */
  conditions: Record<string, [string, unknown[]]>;
}

/** A change of one of Gradio's components. */
export interface Update {
  __type__: string;
  value?: unknown;
  visible?: boolean;
}
