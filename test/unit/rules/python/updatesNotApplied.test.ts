import { strict as assert } from 'node:assert';
import { applyEdits } from '../../../../src/core/edits';
import { pythonAnalyzer } from '../../python/analyzer';

const STEP = (imports: string, update: string, after: string) => `import jax
${imports}

tx = optax.adam(1e-3)

def step(params, state, x):
    grads = jax.grad(loss)(params, x)
    updates, state = ${update}  # one step
    ${after}
`;

async function fixed(program: string): Promise<string | null> {
  const analyzer = await pythonAnalyzer();
  const found = analyzer.analyze('step.py', program)?.findings.filter(({ code }) => code === 'GI405') ?? [];
  assert.equal(found.length, 1, program);
  const [fix] = found[0]?.fixes ?? [];
  if (fix === undefined) {
    return null;
  }
  const text = applyEdits(program, fix.edits) ?? '';
  assert.ok(!analyzer.analyze('step.py', text)?.findings.some(({ code }) => code === 'GI405'), text);
  return text;
}

describe('updates that nobody applies', () => {
  it('are applied below, in the words of the library that holds the parameters', async () => {
    const optax = await fixed(
      STEP('import optax', 'tx.update(grads, state, params)', 'return params, state'),
    );
    assert.match(optax ?? '', /# one step\n {4}params = optax\.apply_updates\(params, updates\)\n {4}return/);
    const equinox = await fixed(
      STEP(
        'import equinox as eqx\nimport optax',
        'tx.update(grads, state, params=params)',
        'return params, state',
      ),
    );
    assert.match(equinox ?? '', /\n {4}params = eqx\.apply_updates\(params, updates\)\n/);
  });

  it('are applied in a loop whose next turn reads the parameters', async () => {
    const text = await fixed(`import jax
import optax

tx = optax.sgd(0.1)
state = tx.init(params)
for x in batches:
    grads = jax.grad(loss)(params, x)
    updates, state = tx.update(grads, state, params)
`);
    assert.match(text ?? '', /\n {4}params = optax\.apply_updates\(params, updates\)\n$/);
  });

  it('are left to the person where nothing says which parameters, or nobody would take them on', async () => {
    for (const program of [
      STEP('import optax', 'tx.update(grads, state)', 'return params, state'),
      STEP('import optax', 'tx.update(grads, state, net.params)', 'return params, state'),
      STEP('import optax', 'tx.update(*args)', 'return params, state'),
      STEP('import optax', 'tx.update(grads, state, params)', 'return state'),
      STEP('import optax', 'tx.update(grads, state, params)', 'return params, state').replaceAll(
        /import optax|optax\./g,
        (text) => (text === 'optax.' ? '' : 'from optax import adam'),
      ),
    ]) {
      assert.equal(await fixed(program), null, program);
    }
  });
});
