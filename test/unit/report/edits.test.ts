import { strict as assert } from 'node:assert';
import { applyEdits } from '../../../src/core/edits';

const at = (line: number, column: number, endLine: number, endColumn: number, newText: string) => ({
  line,
  column,
  endLine,
  endColumn,
  newText,
});

describe('applyEdits', () => {
  it('inserts, replaces and removes, whatever the order given', () => {
    const edits = [at(3, 1, 3, 1, 'x\n'), at(1, 1, 1, 2, 'A'), at(2, 1, 3, 1, '')];
    assert.equal(applyEdits('a\nb\nc\n', edits), 'A\nx\nc\n');
  });

  it('keeps two insertions at one place in the order given', () => {
    assert.equal(applyEdits('a', [at(1, 1, 1, 1, '1'), at(1, 1, 1, 1, '2')]), '12a');
  });

  it('counts CRLF and lone CR as line ends', () => {
    assert.equal(applyEdits('a\r\nb\rc', [at(3, 1, 3, 2, 'C')]), 'a\r\nb\rC');
  });

  it('appends on the line after the last', () => {
    assert.equal(applyEdits('a\n', [at(2, 1, 2, 1, 'b\n')]), 'a\nb\n');
    assert.equal(applyEdits('a', [at(2, 1, 2, 1, '\nb')]), 'a\nb');
  });

  it('refuses overlap and places outside the text', () => {
    assert.equal(applyEdits('abc', [at(1, 1, 1, 3, ''), at(1, 2, 1, 4, '')]), null);
    assert.equal(applyEdits('abc', [at(5, 1, 5, 1, '')]), null);
    assert.equal(applyEdits('abc', [at(1, 9, 1, 9, '')]), null);
    assert.equal(applyEdits('abc', [at(1, 3, 1, 2, '')]), null);
  });
});
