import { ChartData } from '../../protocol/chartData';
import { remedyText } from '../codeHalf';
import { DisposableStore, type Disposes } from '../disposables';
import type { ChartSession } from './chartController';

/** Another run, open for as long as it is compared with. */
export interface OpenedRun extends Disposes {
  readonly session: ChartSession;
  readonly name: string;
}

interface Compared {
  readonly uri: string;
  readonly data: ChartData;
  readonly owned: DisposableStore;
}

/** The runs that a chart page compares its own with, in the person's order. */
export class ComparedRuns {
  private runs: readonly Compared[] = [];

  /**
   * @param open opens a log by its address; throws where there can be none
   * @param onChange one of the runs changed
   */
  constructor(
    private readonly open: (uri: string) => OpenedRun,
    private readonly onChange: () => void,
  ) {}

  get all(): readonly ChartData[] {
    return this.runs.map(({ data }) => data);
  }

  /** Keeps those that are open already, opens the others, closes what is no longer wanted. */
  set(uris: readonly string[]): void {
    const before = new Map(this.runs.map((run) => [run.uri, run]));
    const wanted = [...new Set(uris)];
    this.runs = wanted.map((uri) => before.get(uri) ?? this.start(uri));
    for (const [uri, { owned }] of before) {
      if (!wanted.includes(uri)) {
        owned.dispose();
      }
    }
  }

  dispose(): void {
    this.set([]);
  }

  private start(uri: string): Compared {
    const owned = new DisposableStore();
    const { session, name } = owned.add(this.open(uri));
    const data = new ChartData(session, { name, uri }, remedyText);
    owned.add(
      session.onDidChange(({ replaced }) => {
        if (replaced) {
          data.startAnew();
        }
        this.onChange();
      }),
    );
    return { uri, data, owned };
  }
}
