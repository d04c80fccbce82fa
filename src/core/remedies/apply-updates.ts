import type { Remedy } from './remedy';

export const applyUpdates: Remedy = {
  id: 'apply-updates',
  title: 'Apply the updates to the parameters',
  helps:
    "Optax' `update` returns the change of each parameter and changes none: added to the parameters, the change becomes a step.",
  doesNotHelp:
    'Does nothing where the function does not hand the new parameters back, nor where a training state applies them already.',
  reference: {
    title: 'Optax, apply_updates',
    url: 'https://optax.readthedocs.io/en/latest/api/apply_updates.html',
  },
  howTo: `\`\`\`python
updates, opt_state = optimizer.update(grads, opt_state, params)
params = optax.apply_updates(params, updates)
\`\`\`

Equinox: \`model = eqx.apply_updates(model, updates)\`.
`,
};
