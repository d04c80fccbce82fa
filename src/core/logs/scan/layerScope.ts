import type { Key, KeyTable } from '../keyTable';
import { isLayerName } from '../layerWords';
import { governs, isStatistic, NO_LAYER } from './names';

/** "gradient norm of conv1" */
export const SPOKEN_OF = / (?:of|for|in|at|wrt|w\.r\.t\.?)$/;

/** Behind a word that means gradients, unknown names are layers: `grads: enc.0=0.1 dec=0.2`. Keeps where that holds. */
export class LayerScope {
  /** Inside `'grads': {`, over the ends of lines. */
  braceOpen = false;
  /** The lines above said that names are layers. */
  governed = false;
  /** The layer that was measured last on this line. */
  last: Key | null = null;
  /** What was measured of each layer: "grad norm"; null where unknown names are no layers. */
  private measure: string | null = null;
  /** Only names that nothing but parts of a network have are layers: no colon and no plural announced them. */
  private onlyParts = false;

  constructor(private readonly keys: KeyTable) {}

  /** True where unknown names are layers. */
  get named(): boolean {
    return this.measure !== null;
  }

  /** A line begins. */
  begin(): void {
    this.braceOpen &&= this.governed;
    this.measure = this.governed ? 'grad norm' : null;
    this.onlyParts = false;
    this.last = null;
  }

  /** A bar or a bracket ends what "gradients:" began. */
  end(): void {
    this.measure = null;
  }

  /** These words end without a number behind them: from here on names are layers if they mean gradients. */
  govern(words: string): void {
    this.measure = governs(words);
    this.onlyParts = false;
  }

  /** These words stand before a name: it is a layer if they mean gradients. @returns whether they do */
  governBy(words: string): boolean {
    const measure = governs(words.replace(SPOKEN_OF, ''));
    if (measure === null) {
      return false;
    }
    this.measure = measure;
    this.onlyParts = !/s$/i.test(words) && !SPOKEN_OF.test(words);
    return true;
  }

  /** A number was read for this key: one of another kind ends the layers. */
  noteNumber(key: Key): void {
    const { role, kind, parameter } = key.target.meaning;
    if (kind === 'grad-norm' && parameter === null) {
      // "grad_norm=0.5, enc=0.1, dec=0.2"
      this.measure ??= 'grad norm';
      this.onlyParts = true;
    } else if (key.spokenPart) {
      // "grad pde 1e-4 bc 2e-2": the names behind it are of its kind.
      this.measure ??= 'grad norm';
      this.onlyParts = false;
    } else if (kind !== 'other' && kind !== 'grad-norm' && kind !== 'grad-max') {
      this.measure = null;
    } else if (
      role === 'metric' &&
      key.owner === null &&
      parameter === null &&
      !isStatistic(key.target.name)
    ) {
      this.measure = null;
    }
  }

  /** The layer's measure, where the words so far have said that this name is one; null elsewhere. */
  measureOf(key: Key): Key | null {
    if (this.measure === null || !this.isLayer(key)) {
      return null;
    }
    this.last = key;
    // A parameter's whole name says by itself that its norm is meant.
    return key.meaning.kind === 'grad-norm' && this.measure === 'grad norm'
      ? key
      : this.keys.ownedBy(key, this.measure);
  }

  /** A single word that no dictionary knows. */
  private isLayer({ meaning, name }: Key): boolean {
    const unknown =
      meaning.role === 'metric' &&
      (meaning.kind === 'other' || (meaning.kind === 'grad-norm' && meaning.parameter === name));
    return (
      unknown &&
      /^[A-Za-z_\d][\w.\-/]*$/.test(name) &&
      !/^\d+$/.test(name) &&
      !NO_LAYER.test(name) &&
      (!this.onlyParts || isLayerName(name) || meaning.layerName)
    );
  }
}
