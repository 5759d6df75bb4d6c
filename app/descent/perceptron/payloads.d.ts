// What passes between Python and the script of the perceptron's graph. Written by `uv run python -m tests.payload_types`.

/**
 * A step of the way back; the first is the way forward.
 *
 * Attributes:
 *     title: what it does.
 *     html: the same in words and formulas, with the numbers put in.
 *     found: the nodes whose gradients it finds, by their names.
 *     used: what it takes for that, such as "a.value" and "z.gradient".
 */
export interface PerceptronStep {
  title: string;
  html: string;
  found: string[];
  used: string[];
}

/**
 * What the graph shows; without a figure it goes on showing what it has.
 *
 * Attributes:
 *     figure: the graph as SVG.
 *     steps: of the way through it.
 *     verdict: what autograd says of the gradients, as HTML.
 *     link: the query of an address that shows the same.
 *     errors: what is wrong, by the field in which it stands.
 */
export interface PerceptronAnswer {
  figure?: string;
  steps?: PerceptronStep[];
  verdict?: string;
  link?: string;
  errors?: Record<string, string>;
}
