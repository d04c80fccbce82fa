import type { Uri } from 'vscode';
import type { FileSource } from '../../core/io/fileSource';
import type { ClipBound } from '../../core/link/clipBound';
import type { JoinedRun, Link } from '../../core/link/join';
import type { LogFormat } from '../../core/logs/format';
import { LogReader, type ReadOutcome } from '../../core/logs/logReader';
import { createDiagnosis, type RunDiagnosis } from '../../core/rules/engine';
import type { Diagnosis, LogFinding, NotChecked } from '../../core/rules/finding';
import type { RunFacts } from '../../core/run/facts';
import type { Run } from '../../core/run/run';
import type { Disposes } from '../disposables';
import { Emitter } from '../emitter';
import { errorText, type Log } from '../log';
import { nextTurn } from '../nextTurn';
import type { LogSession, SessionChange, SessionState } from './logSession';
import { Pacer } from './pacer';

/**
 * Rules run again on a growing log only after this many times their own cost, and the more logs are followed the longer:
 * at most 1.7% of a core goes there, for all logs together.
 */
const REST_PER_DIAGNOSIS = 60;
/** Work between two turns of the host. */
const SLICE_MS = 8;

/** What a session is given; none of it is VS Code's at run time, so tests pass small fakes. */
export interface SessionParts {
  readonly uri: Uri;
  readonly source: FileSource;
  /** Reads what is more than one file: a run folder, a log with its rotated parts. */
  readonly reader?: Pick<LogReader, 'run' | 'readMore'>;
  /** Calls back whenever the file may have changed. */
  watch(onMayHaveChanged: () => void): Disposes;
  /** Applies the person's settings: severities, silenced rules. */
  select(findings: readonly LogFinding[]): readonly LogFinding[];
  /** Looks for the run's parameters in the code. */
  join(run: Run, findings: readonly LogFinding[], facts?: () => RunFacts): Promise<JoinedRun>;
  /** Formats that the log is tried with. */
  readonly formats: readonly LogFormat[];
  /** How many logs are open, this one included: they share what the host has time for. */
  company(): number;
  readonly log: Log;
}

/** Reads a log, judges it, and follows the file while it grows, is rewritten, goes away and comes back. */
export class FollowingSession implements LogSession {
  state: SessionState = 'reading';
  message = '';
  progress = 0;
  generation = 0;
  findings: readonly LogFinding[] = [];
  silenced = 0;
  notChecked: readonly NotChecked[] = [];
  links: readonly Link[] = [];
  clip: ClipBound | undefined;

  private readonly changed: Emitter<SessionChange>;
  private readonly reader: Pick<LogReader, 'run' | 'readMore'>;
  private readonly watcher: Disposes;
  private diagnosis: RunDiagnosis | undefined;
  private diagnosed: readonly LogFinding[] = [];
  private joined: readonly LogFinding[] | undefined;
  private joining: Promise<void> = Promise.resolve();
  private abort = new AbortController();
  private disposed = false;
  private undiagnosedPoints = false;
  private nextDiagnosisAt = 0;
  private readonly pacer: Pacer;

  constructor(private readonly parts: SessionParts) {
    this.changed = new Emitter((error) =>
      parts.log.error(`A listener of ${this.name} failed: ${errorText(error)}`),
    );
    this.reader = parts.reader ?? new LogReader(parts.source, parts.formats);
    this.pacer = new Pacer(
      () => this.round(),
      // Points that were read and not judged yet are judged when there is time.
      () => (this.undiagnosedPoints ? this.nextDiagnosisAt : Number.POSITIVE_INFINITY),
      () => parts.company(),
    );
    this.watcher = parts.watch(() => this.pacer.soon());
    this.refresh();
  }

  get uri(): Uri {
    return this.parts.uri;
  }

  get run(): Run | null {
    return this.reader.run;
  }

  get onDidChange() {
    return this.changed.event;
  }

  refresh(): void {
    this.pacer.now();
  }

  cancel(): void {
    this.abort.abort();
  }

  /** The settings changed. */
  reselect(): void {
    this.publish(false);
  }

  /** The code changed: looks for the run's parameters again. */
  async rejoin(): Promise<void> {
    if (this.run !== null && this.state !== 'reading') {
      this.joining = this.join(this.diagnosed);
      await this.joining;
    }
  }

  whenJoined(): Promise<void> {
    return this.joining;
  }

  dispose(): void {
    this.disposed = true;
    this.abort.abort();
    this.pacer.dispose();
    this.watcher.dispose();
    this.changed.dispose();
    void this.parts.source.close().catch(() => {});
  }

  private get name(): string {
    return this.parts.source.path;
  }

  private async round(): Promise<void> {
    this.abort = new AbortController();
    const { signal } = this.abort;
    try {
      const outcome = await this.reader.readMore({
        signal,
        onProgress: (bytesRead, size) => this.showProgress(bytesRead, size),
        breathe: nextTurn,
      });
      if (this.state === 'reading' && outcome.kind === 'read' && !signal.aborted) {
        // A long run takes a while to judge: charts may draw it meanwhile.
        this.showProgress(1, 1);
        await nextTurn();
      }
      if (!this.disposed) {
        await this.take(outcome, signal.aborted);
      }
    } catch (error) {
      if (!this.disposed) {
        this.fail(error);
      }
    }
  }

  private async take(outcome: ReadOutcome, isCancelled: boolean): Promise<void> {
    if (outcome.kind === 'not-a-log') {
      this.forgetRun();
      this.become('not-a-log', '');
      return;
    }
    const wasFirst = this.state === 'reading';
    const isBack = this.state !== 'ready';
    this.undiagnosedPoints ||= outcome.newPoints > 0 || outcome.replaced;
    const isDue =
      this.undiagnosedPoints && (isBack || outcome.replaced || Date.now() >= this.nextDiagnosisAt);
    if (isDue && !isBack && !outcome.replaced && outcome.newPoints > 0) {
      // Curves need not wait for the judgement.
      this.publish(false);
    }
    const diagnosis = isDue ? await this.diagnose() : null;
    if (this.disposed) {
      return;
    }
    this.state = 'ready';
    this.message = isCancelled && wasFirst ? 'Reading was cancelled: this is the first part of the log.' : '';
    this.progress = isCancelled ? this.progress : 1;
    if (diagnosis !== null) {
      this.adopt(diagnosis, outcome.replaced);
    } else if (isBack || outcome.newPoints > 0) {
      this.publish(outcome.replaced);
    }
  }

  /** A log that was emptied has nothing to say any more, and what it is filled with next is another run. */
  private forgetRun(): void {
    if (this.diagnosis !== undefined) {
      this.diagnosis = undefined;
      this.diagnosed = [];
      this.joined = undefined;
      this.notChecked = [];
      this.links = [];
      this.clip = undefined;
      this.undiagnosedPoints = false;
      this.publish(true);
    }
  }

  private fail(error: unknown): void {
    if (isNotFound(error)) {
      const isNew = this.run === null;
      const what = isNew ? 'The file does not exist.' : 'The file was deleted. What was read is still shown.';
      this.become('gone', what);
    } else {
      this.parts.log.warn(`${this.name} cannot be read: ${errorText(error)}`);
      this.become('failed', `The file cannot be read: ${errorText(error)}`);
    }
  }

  private become(state: SessionState, message: string): void {
    if (this.state !== state || this.message !== message) {
      this.state = state;
      this.message = message;
      this.publish(false);
    }
  }

  private showProgress(bytesRead: number, size: number): void {
    const progress = size > 0 ? Math.min(1, bytesRead / size) : 1;
    if (this.state === 'reading' && !this.disposed) {
      this.progress = progress;
      this.publish(false);
    }
  }

  /** Judges the run as it is now, a few milliseconds at a time; null when there is none, or nobody waits any more. */
  private async diagnose(): Promise<Diagnosis | null> {
    const run = this.run;
    if (run === null) {
      return null;
    }
    if (run !== this.diagnosis?.run) {
      // Read anew, it is another run.
      this.diagnosis = createDiagnosis(run);
    }
    const steps = this.diagnosis.steps();
    let cost = 0;
    let began = performance.now();
    for (let step = steps.next(); ; step = steps.next()) {
      const spent = performance.now() - began;
      if (step.done === true) {
        cost += spent;
        this.nextDiagnosisAt = Date.now() + cost * REST_PER_DIAGNOSIS * this.parts.company();
        this.parts.log.debug(
          `${this.name}: ${step.value.findings.length} findings in ${Math.round(cost)} ms`,
        );
        return step.value;
      }
      if (spent >= SLICE_MS) {
        cost += spent;
        await nextTurn();
        if (this.disposed) {
          return null;
        }
        began = performance.now();
      }
    }
  }

  private adopt({ findings, notChecked }: Diagnosis, replaced: boolean): void {
    this.undiagnosedPoints = false;
    this.diagnosed = findings;
    this.notChecked = notChecked;
    this.joined = undefined;
    this.publish(replaced);
    this.joining = this.join(findings);
  }

  /** A later diagnosis makes this one's join worthless: it is dropped. */
  private async join(findings: readonly LogFinding[]): Promise<void> {
    const run = this.run;
    if (run === null) {
      return;
    }
    try {
      const joined = await this.parts.join(run, findings, this.factsOf(run));
      if (!this.disposed && findings === this.diagnosed) {
        this.joined = joined.findings;
        this.links = joined.links;
        this.clip = joined.clip;
        this.publish(false);
      }
    } catch (error) {
      this.parts.log.error(`${this.name} could not be joined with the code: ${errorText(error)}`);
    }
  }

  /** What the diagnosis knows of the run; undefined where it judged another. */
  private factsOf(run: Run): (() => RunFacts) | undefined {
    const { diagnosis } = this;
    return diagnosis?.run === run ? () => diagnosis.facts() : undefined;
  }

  private publish(replaced: boolean): void {
    if (!this.disposed) {
      const all = this.joined ?? this.diagnosed;
      this.findings = this.parts.select(all);
      this.silenced = all.length - this.findings.length;
      this.generation++;
      this.changed.fire({ replaced });
    }
  }
}

/** Node says ENOENT, VS Code's file systems FileNotFound. */
function isNotFound(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'FileNotFound' || code === 'EntryNotFound';
}
