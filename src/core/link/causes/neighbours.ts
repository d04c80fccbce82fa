import type { ModelView } from '../../remedies/edits/model';

/**
 * Does a layer multiply what it computed by a matrix that forward is handed (`adjacency @ self.linear(x)`), as graph
 * convolutions do? Each such layer averages over neighbours, which takes away what tells the rows apart whatever the
 * scale of its weights (Li et al. 2018, Deeper insights into graph convolutional networks): only a shortcut keeps it.
 */
export function mixesNeighbours(model: ModelView): boolean {
  return model.flows.some(({ flow }) =>
    flow.steps.some(
      ({ name, inputs }) =>
        name === 'matmul' &&
        inputs.some((id) => flow.steps[id]?.op === 'input') &&
        inputs.some((id) => flow.steps[id]?.op === 'module'),
    ),
  );
}
