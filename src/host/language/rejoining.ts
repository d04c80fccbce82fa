import type { Disposable } from 'vscode';
import type { SessionStore } from '../sessions/sessionStore';
import type { PythonDocuments } from './pythonDocuments';

/** Code that is being typed is joined with the open logs when the person has paused. */
const PAUSE_MS = 1000;

/** Looks for the open logs' parameters again after the code changed. */
export function registerRejoining(python: PythonDocuments, sessions: SessionStore): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const subscription = python.onDidChange(() => {
    clearTimeout(timer);
    timer = setTimeout(() => sessions.rejoinAll(), PAUSE_MS);
  });
  return {
    dispose: () => {
      clearTimeout(timer);
      subscription.dispose();
    },
  };
}
