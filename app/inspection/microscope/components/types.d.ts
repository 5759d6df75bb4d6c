// What the scripts of the microscope hand to each other.
import type { Answer, SpreadAnswer } from "../payload.js";

/** One digit's strip, with the spread over many masks or without. */
export type Row = Answer | SpreadAnswer;
