import assert from 'node:assert/strict';
import { REMEDIES, remedyById } from '../../../src/core/remedies/registry';
import { REMEDY_IDS } from '../../../src/core/remedies/remedy';

describe('remedies', () => {
  it('are registered once each, in the order of the contract', () => {
    assert.deepEqual(
      REMEDIES.map((remedy) => remedy.id),
      [...REMEDY_IDS],
    );
  });

  for (const remedy of REMEDIES) {
    it(`${remedy.id} says when it helps and when not, in one sentence each`, () => {
      assert.equal(remedyById(remedy.id), remedy);
      for (const sentence of [remedy.helps, remedy.doesNotHelp]) {
        assert.match(sentence, /^[A-Z`].*\.$/);
        assert.doesNotMatch(sentence, /[.!?] [A-Z]/, 'more than one sentence');
      }
      assert.match(remedy.title, /^[A-Z][^.]*$/);
      assert.match(remedy.reference.url, /^https:\/\//);
      assert.match(remedy.howTo, /```python\n[\s\S]+\n```/);
    });
  }

  it('have no entry for other text', () => {
    assert.equal(remedyById('constructor'), undefined);
  });
});
