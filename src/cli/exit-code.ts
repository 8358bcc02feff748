import { AccessError, InterruptedError, LedgerHeldError, ProblemError, UncertainError } from '../domain/errors.ts';
import type { RunEnd } from '../run/run.ts';

/** Exit codes are a contract: scripts and schedulers read them (README, "Exit codes"). */
export const exitCode = {
  done: 0,
  sitesFailed: 1,
  badInput: 2,
  access: 3,
  ledgerHeld: 4,
  uncertain: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** The code of a finished run. Where several hold: 3, then 5, then 1. */
export function exitCodeOf(end: RunEnd, signal: 'SIGINT' | 'SIGTERM' | undefined): number {
  if (signal) return signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated;
  if (end.error || end.accessRefused) return exitCode.access;
  if (end.sites.uncertain > 0) return exitCode.uncertain;
  return end.sites.failed > 0 || end.waitingSites > 0 ? exitCode.sitesFailed : exitCode.done;
}

/** The code of an error that ended a command. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof AccessError) return exitCode.access;
  if (error instanceof LedgerHeldError) return exitCode.ledgerHeld;
  if (error instanceof UncertainError) return exitCode.uncertain;
  if (error instanceof ProblemError) return exitCode.badInput;
  if (error instanceof InterruptedError) return exitCode.interrupted;
  return exitCode.sitesFailed;
}
