// What the scripts of the descent hand to each other.
import type { ContourLandscape, CurveLandscape } from "../payloads.js";

export type Landscape = ContourLandscape | CurveLandscape;
