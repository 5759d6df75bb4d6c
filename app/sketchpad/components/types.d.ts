// What the scripts of the sketchpad hand to each other.
import type { ChangeView, FrameView, MapsView, NeighbourView, NetworkAnswer, PadAnswer } from "../payloads.js";
import type { createDrawing } from "./drawing.js";
import type { watchLifetime } from "../../ui/components/lifetime.js";

/** x and y, in pixels of the pad. */
export type Point = [number, number];
export type Stroke = Point[];
/** In pixels of the pad. */
export interface Box { left: number; top: number; width: number; height: number }
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

/** What the keyboard's pen or the eraser looks like; a pen that is down is filled. */
export interface Circle { x: number; y: number; radius: number; isFilled: boolean; isPen: boolean }
export interface Look { brushPx: number; circle: Circle | null }
export interface Hand {
  keys(event: { shiftKey: boolean }): Record<string, () => void>;
  lift(): void;
  take(wantsEraser: boolean): void;
  setBrush(px: number): void;
  isErasing(): boolean;
  isPressed(): boolean;
  isDown(): boolean;
  brushPx(): number;
  look(): Look;
}
export interface Toolbar {
  show(drawing: Drawing, hand: Hand, overlays: Overlay[]): void;
  showWidth(px: number): void;
}
export type Lifetime = ReturnType<typeof watchLifetime>;

/** Python's functions for a component, each called with one request and answering in JSON's text. */
export type Server = Record<string, (request: unknown) => Promise<string | undefined>>;

/** A visitor's own digit. */
export interface Digit { label: number; size: number; time: string; strokes: Stroke[] }
export interface KeptDigit extends Digit { id: string }
/** Makes of the list of digits another one. */
export type Change = (digits: KeptDigit[]) => KeptDigit[];
export interface TuningOwner {
  minDigits: number;
  readDigits(): KeptDigit[];
  onStart(id: string): void;
  onDone(): void;
}

/** The drawing that a section below the pad is about, its network's key, and how broad the pen looks. */
export interface OnPad {
  drawing: { strokes?: Stroke[]; size?: number; picture?: string };
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

/** A pixel of the network's input. */
export interface Cell { row: number; column: number }
/** An image of such pixels on a canvas, each `cell` CSS pixels wide. */
export interface Field { context: CanvasRenderingContext2D; cell: number }
/** The drawing and its two maps, decoded. */
export interface ShownMaps extends MapsView {
  pixels: Uint8Array;
  inkValues: Float32Array;
  maps: { bytes: Uint8Array; values: Float32Array }[];
}
/** A step's image, and what is asked at it, in the theme's colours. */
export interface Bitmaps { image: HTMLCanvasElement; asked: HTMLCanvasElement }
/** What Python laid out, or why there is nothing. */
export type Answered<View> = View & { error?: string; absent?: string };
export interface ShownFrame extends FrameView { pixels: Uint8Array; changes: Uint8Array }
export interface ShownChange extends ChangeView { frames: ShownFrame[] }
export interface ShownNeighbour extends NeighbourView { bytes: Uint8Array }

declare global {
  interface Window {
    glassboxDrawing?: Partial<OnPad> & { checkpoints?: string[]; answer?: PadAnswer | null; answers?: NetworkAnswer[] };
  }
}
