// What the scripts of the sketchpad hand to each other.
import type { NetworkAnswer, PadAnswer } from "../payloads.js";
import type { createDrawing } from "./drawing.js";

/** x and y, in pixels of the pad. */
export type Point = [number, number];
export type Stroke = Point[];
export type Drawing = ReturnType<typeof createDrawing>;
/** An image in the place of strokes: as it is sent, and as it is painted. */
export interface Picture { url: string; image: HTMLCanvasElement }
/** What was on the pad before a step. */
export interface Step { strokes: Stroke[]; picture: Picture | null }
/** The eraser while it is down. */
export interface Eraser { at: Point; radius: number; hasErased: boolean }
/** The drawing as Python and the rest of the page read it. */
export type SentDrawing = { picture: string } | { strokes: Stroke[]; size: number };
/** An answer of a network that has read a digit. */
export type DigitAnswer = (PadAnswer | NetworkAnswer) & { digit: number; probabilities: number[] };
export interface Asked { version: number; networks: string[] }

/** What the reading beside the sheet follows from. */
export interface ReadingState {
  hasInk: boolean;
  answer?: PadAnswer;
  isDrawing?: boolean;
  mistake?: string;
  keepsColumns?: boolean;
}
export interface Verdict { name: string | null; text: string; isError: boolean }
export interface Reading {
  verdict: Verdict;
  digit: string;
  first: DigitAnswer | null;
  columns: NetworkAnswer[] | null;
  hasColumns: boolean;
  doubt: string;
  image: number[] | null;
  time: string;
}

/** What is laid over the drawing. */
export interface Overlay {
  tool: string;
  key: string;
  label: string;
  title: string;
  icon: string;
  hint: string;
  help: string;
  paint(context: CanvasRenderingContext2D, answer: PadAnswer, strokes: Stroke[]): void;
}

/** A visitor's own digit. */
export interface Digit { label: number; size: number; time: string; strokes: Stroke[] }
export interface KeptDigit extends Digit { id: string }

/** The drawing that a section below the pad is about, its network's key, and how broad the pen looks. */
export interface OnPad {
  drawing: { strokes?: Stroke[]; picture?: string };
  checkpoint: string;
  brush: number | null;
}
export type Question = OnPad & { serial: number; [more: string]: any };
export interface FollowedDrawing {
  take(): void;
  askIfSeen(): void;
  serial(): number;
  createQuestion(
    ask: (question: Question) => Promise<string | undefined>,
    takeAnswer: (answer: any, question: Question) => void,
  ): (more?: Record<string, unknown>) => void;
}

declare global {
  interface Window {
    glassboxDrawing?: Partial<OnPad> & { checkpoints?: string[]; answer?: PadAnswer | null; answers?: NetworkAnswer[] };
  }
}
