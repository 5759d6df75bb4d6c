// What the scripts of the descent hand to each other.
import type { ContourLandscape, CurveLandscape } from "../payloads.js";

/** Where a race's own numbers lie. */
export type Ranges = { x_range: number[]; y_range: number[] };
export type Landscape = ContourLandscape | CurveLandscape;

/** What the components of the descent share on the page, and what Gradio's events call there. */
export interface DescentPage {
  answer: Record<string, any> | null;
  moved: Record<string, unknown>;
  /** How often a control was used by hand; by field, the number of its last use, and what Python filled in last. */
  edits: number;
  typedAt: Record<string, number>;
  filled: Record<string, unknown>;
  opened?: Record<string, unknown>;
  askForRace(values: unknown[], field?: string, value?: unknown): void;
  openList(field: string, value: unknown): void;
  choose(field: string, value: unknown): void;
  sendChoice(field: string): void;
  onFilled(sent: number): void;
  fillMoved(fields: string[], values: unknown[]): unknown[];
}
