import { strict as assert } from 'node:assert';
import { pythonAnalyzer } from '../python/analyzer';
import { applyRemedy, checkFix, checkNoFix } from './checkFix';

interface Parts {
  readonly padding?: string;
  readonly layer?: string;
  readonly forward?: string;
  readonly collate?: string;
}

const READ = `        states, _ = self.encoder(emb)
        return self.head(states[:, -1])`;

const program = ({
  padding = 'padding_idx=PAD',
  layer = 'nn.GRU(16, 32, batch_first=True)',
  forward = READ,
  collate = 'ids[row, :len(tokens)] = tokens',
}: Parts = {}): string => `import torch
from torch import nn

PAD = 0

def collate(batch):
    ids = torch.full((len(batch), 64), PAD)
    for row, tokens in enumerate(batch):
        ${collate}
    return ids

class Net(nn.Module):
    def __init__(self, pad):
        super().__init__()
        self.embedding = nn.Embedding(100, 16, ${padding})
        self.encoder = ${layer}
        self.head = nn.Linear(32, 4)

    def forward(self, ids):
        emb = self.embedding(ids)
${forward}
`;

const last = (states: string, pad: string): string =>
  `+         return self.head(${states}[torch.arange(len(ids)), ((ids != ${pad}).sum(1) - 1).clamp(min=0)])`;

describe('Remedy for states read behind the padding', () => {
  it("reads the state at each sequence's last token", async () => {
    const read = '-         return self.head(states[:, -1])';
    await checkFix(program(), 'last-valid-state', [read, last('states', 'PAD')]);
    await checkFix(program({ padding: 'padding_idx=1' }), 'last-valid-state', [read, last('states', '1')]);
  });

  it('names the states of all steps where only the final one has a name', async () => {
    const forward = `        _, h = self.encoder(emb)
        return self.head(h[-1])`;
    await checkFix(program({ forward }), 'last-valid-state', [
      '-         _, h = self.encoder(emb)',
      '-         return self.head(h[-1])',
      '+         states, h = self.encoder(emb)',
      last('states', 'PAD'),
    ]);
  });

  it('takes the final state of an LSTM for what it is', async () => {
    const forward = `        out, (h, c) = self.encoder(emb)
        return self.head(h.squeeze(0))`;
    const layer = 'nn.LSTM(16, 32, batch_first=True)';
    await checkFix(program({ forward, layer }), 'last-valid-state', [
      '-         return self.head(h.squeeze(0))',
      last('out', 'PAD'),
    ]);
  });

  it('offers nothing where the padding cannot be named in forward, or the tokens are no more', async () => {
    await checkNoFix(program({ padding: 'padding_idx=pad' }), 'last-valid-state');
    await checkNoFix(program({ padding: 'padding_idx=-1' }), 'last-valid-state');
    await checkNoFix(program({ forward: `        ids = ids + 1\n${READ}` }), 'last-valid-state');
  });

  it('offers nothing where padding stands before the tokens', async () => {
    for (const collate of [
      'ids[row, -len(tokens):] = tokens',
      'ids[row] = torch.tensor([PAD] * (64 - len(tokens)) + tokens)',
      'ids[row] = nn.functional.pad(tokens, (64 - len(tokens), 0), value=PAD)',
    ]) {
      await checkNoFix(program({ collate }), 'last-valid-state');
    }
  });

  it('does not take a padded convolution, or words in a note, for padded sequences', async () => {
    const other = program().replace(
      /def collate[\s\S]*?return ids\n/,
      'class Rows(torch.utils.data.Dataset):\n    pass\n\nconv = nn.Conv1d(8, 8, 3, padding="same")\nnote = "tokens + [PAD] * n"\n',
    );
    await checkNoFix(other, 'last-valid-state');
  });

  it('judges the model anew when the code that pads is edited', async () => {
    const analyzer = await pythonAnalyzer();
    const found = (collate: string) =>
      analyzer.analyze('tokens.py', program({ collate }))?.findings.map(({ rule }) => rule) ?? [];
    const [behind, before] = ['ids[row, :len(tokens)] = tokens', 'ids[row, -len(tokens):] = tokens'];
    assert.deepEqual([behind, before, behind].map(found), [['padded-last-state'], [], ['padded-last-state']]);
  });

  it('offers nothing where the sequences are made here and nothing pads them', async () => {
    const fixed = program().replace(
      /def collate[\s\S]*?return ids\n/,
      'ids = torch.randint(1, 100, (64, 20))\n',
    );
    await checkNoFix(fixed, 'last-valid-state');
  });

  it('offers nothing for other directions, axes and states', async () => {
    await checkNoFix(
      program({ layer: 'nn.GRU(16, 16, batch_first=True, bidirectional=True)' }),
      'last-valid-state',
    );
    await checkNoFix(program({ layer: 'nn.GRU(16, 32)' }), 'last-valid-state');
    await checkNoFix(program({ forward: READ.replace('states[:, -1]', 'states[:, 0]') }), 'last-valid-state');
    await checkNoFix(program({ forward: READ.replace('(emb)', '(emb, self.start)') }), 'last-valid-state');
  });

  it('takes no longer where one line is very long', async function () {
    // Quadratic time would take minutes.
    this.timeout(20_000);
    for (const piece of ['[-a', '] * (', '+ [a', 'pad(x,(', ', :a']) {
      await applyRemedy(`${program()}\nnote = '${piece.repeat(100_000)}'\n`, 'last-valid-state');
    }
  });
});
