import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalizeParameterName } from '../../../src/core/link/parameterName';

describe('normalizeParameterName', () => {
  for (const [logged, path] of [
    ['fc1.weight', 'fc1.weight'],
    ['module.fc1.weight', 'fc1.weight'],
    ['module.module.fc1.weight', 'fc1.weight'],
    ['_orig_mod.encoder.layers.3._orig_mod.attn.weight', 'encoder.layers.3.attn.weight'],
    ['_fsdp_wrapped_module.blocks.0._fsdp_wrapped_module.mlp.bias', 'blocks.0.mlp.bias'],
    ['blocks.0._checkpoint_wrapped_module.mlp.weight', 'blocks.0.mlp.weight'],
    ['_forward_module.net.0.weight', 'net.0.weight'],
    ['base_model.model.model.layers.0.q_proj.base_layer.weight', 'model.layers.0.q_proj.weight'],
    ['base_model.model.model.layers.0.q_proj.lora_A.default.weight', 'model.layers.0.q_proj.weight'],
    ['score.modules_to_save.default.weight', 'score.weight'],
    ['conv.parametrizations.weight.original0', 'conv.weight'],
    ['conv.weight_g', 'conv.weight'],
    ['grad_2.0_norm/encoder.0.weight', 'encoder.0.weight'],
    ['grad_inf_norm/encoder.0.weight', 'encoder.0.weight'],
    ['gradients/fc1.weight', 'fc1.weight'],
    ['train/grad_norm/fc1/weight', 'fc1.weight'],
    ['fc1.weight.grad', 'fc1.weight'],
    ['fc1.weight_grad_norm', 'fc1.weight'],
    ['dense_1/kernel:0', 'dense_1.kernel'],
  ] as const) {
    it(`reads ${logged} as ${path}`, () => {
      assert.equal(normalizeParameterName(logged).join('.'), path);
    });
  }

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(normalizeParameterName(text))));
  });
});
