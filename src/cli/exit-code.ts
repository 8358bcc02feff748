import {
  AccessError,
  ApiError,
  type ApiErrorKind,
  InterruptedError,
  LedgerHeldError,
  UncertainError,
  type WattliftError,
} from '../domain/errors.ts';
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

/** As shells count: 128 and the signal's number. */
export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated;
}

/** The code of a finished run. Where several hold: 3, then 5, then 1. */
export function exitCodeOf(end: RunEnd, signal: 'SIGINT' | 'SIGTERM' | undefined): number {
  if (signal && end.stopped === 'interrupted') return exitCodeOfSignal(signal);
  if (end.error instanceof AccessError || end.accessRefused) return exitCode.access;
  if (end.sites.uncertain > 0) return exitCode.uncertain;
  return end.error || end.failures.length > 0 || end.sites.waiting > 0 ? exitCode.sitesFailed : exitCode.done;
}

/** The code of an error that ended a command before any site was taken. What an API could not do now it may do later. */
export function exitCodeOfError(error: WattliftError): number {
  if (error instanceof AccessError) return exitCode.access;
  if (error instanceof LedgerHeldError) return exitCode.ledgerHeld;
  if (error instanceof UncertainError) return exitCode.uncertain;
  if (error instanceof InterruptedError) return exitCode.interrupted;
  if (error instanceof ApiError) return exitCodeOfKind[error.details.kind] ?? exitCode.sitesFailed;
  return exitCode.badInput;
}

/** An API's refusals that the next run would meet again. */
const exitCodeOfKind: { readonly [kind in ApiErrorKind]?: number } = {
  credentials: exitCode.access,
  forbidden: exitCode.access,
  absent: exitCode.badInput,
  invalid: exitCode.badInput,
};
