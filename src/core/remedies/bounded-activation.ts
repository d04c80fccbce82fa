import type { Remedy } from './remedy';

export const boundedActivation: Remedy = {
  id: 'bounded-activation',
  title: 'Bound the recurrent state',
  helps:
    'Tanh keeps what a recurrent layer feeds back to itself between -1 and 1, so that it cannot grow from step to step, and Keras can use its fast kernel.',
  doesNotHelp:
    'Does not help where the values given to the layer are themselves far outside -1..1: tanh saturates then, and passes hardly any gradient.',
  reference: { title: 'Keras, LSTM layer', url: 'https://keras.io/api/layers/recurrent_layers/lstm/' },
  howTo: `Leave \`activation\` out: tanh is the default.

\`\`\`python
layers.LSTM(64, return_sequences=True)
\`\`\`
`,
};
