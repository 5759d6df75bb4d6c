// What the scripts of the window hand to each other.
import type { Cell, Panel } from "../../../ui/components/types.js";
import type { Link as SentLink } from "../payload.js";

/** How the panels hang together: as Python says, with the panels in place of their names. */
export type Link = Omit<SentLink, "outputs" | "winners"> & {
  input: Panel;
  /** Of a convolution alone. */
  kernel: Panel;
  outputs: Panel[];
  /** Of max pooling alone. */
  winners: number[][][];
};

/** A cell under the window: where it lies, whether in the image, its number and the weight upon it. */
export type WindowCell = Cell & { inside: boolean; value: number; weight: number | null };

/** The pixel that is looked at, of the output or of the input, and the link that it belongs to. */
export type Selected = Cell & { side: string; link: Link | null };
