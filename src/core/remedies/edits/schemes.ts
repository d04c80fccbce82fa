import type { InitFact } from '../../python/facts';

/** Initialisations that keep the size of what passes: He et al. 2015, Glorot and Bengio 2010, Saxe et al. 2014. */
export type Scheme = 'he' | 'xavier' | 'orthogonal';

/** Of torch.nn.init. */
export const FUNCTION: Readonly<Record<Scheme, string>> = {
  he: 'kaiming_normal_',
  xavier: 'xavier_uniform_',
  orthogonal: 'orthogonal_',
};
/** What an InitFact calls them. */
export const KIND = { he: 'kaiming', xavier: 'xavier', orthogonal: 'orthogonal' } as const;
export const REMEDY = { he: 'he-init', xavier: 'xavier-init', orthogonal: 'orthogonal-init' } as const;
/** As a menu says them. */
export const TITLE: Readonly<Record<Scheme, string>> = {
  he: 'He initialisation',
  xavier: 'Xavier initialisation',
  orthogonal: 'orthogonal initialisation',
};

/** Schemes that overwrite every value of a matrix: one of them can be exchanged for another. */
export const EXCHANGEABLE: ReadonlySet<InitFact['kind']> = new Set([
  'kaiming',
  'xavier',
  'orthogonal',
  'normal',
  'uniform',
  'trunc-normal',
  'constant',
  'zeros',
  'ones',
  'eye',
]);
