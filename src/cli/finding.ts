import { AccessError, ApiError, InterruptedError, WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { count } from './check-document.ts';
import { exitCode } from './exit-code.ts';

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at; stable, for scripts. */
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'error';
  /** What was found, and what it means. */
  readonly message: string;
  /** What to do about it; absent where nothing is to be done. */
  readonly advice?: string;
  /** True where credentials or a permission are what is wrong (exit code 3). */
  readonly access?: true;
  /** The figures behind the message. */
  readonly data?: Json;
}

/** All is well here. */
export function fine(check: string, message: string, data?: Json): Finding {
  return { check, level: 'ok', message, ...(data !== undefined && { data }) };
}

/** A person should look at this; a run works all the same. */
export function warning(check: string, message: string, advice: string, data?: Json): Finding {
  return { check, level: 'warning', message, advice, ...(data !== undefined && { data }) };
}

/** A run would fail of this. */
export function wrong(check: string, message: string, advice: string, data?: Json): Finding {
  return { check, level: 'error', message, advice, ...(data !== undefined && { data }) };
}

/** A run would fail of this, and who holds the accounts has to mend it. */
export function denied(check: string, message: string, advice: string, data?: Json): Finding {
  return { ...wrong(check, message, advice, data), access: true };
}

/** What a check finds, or the error it met: its own message says what was being done, what came back and what to do. */
export async function examine(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof WattliftError)) throw error;
    const isAccess =
      error instanceof AccessError ||
      (error instanceof ApiError && (error.details.kind === 'forbidden' || error.details.kind === 'credentials'));
    const { code, message } = error;
    return [{ check, level: 'error', message, data: { code }, ...(isAccess && { access: true }) }];
  }
}

/** 0 when nothing is an error, 3 when credentials or a permission are what is wrong, else 1. */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.length === 0) return exitCode.done;
  return errors.some(({ access }) => access) ? exitCode.access : exitCode.sitesFailed;
}

/** A line a finding, what to do about it below. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .map(
      ({ level, check, message, advice }) =>
        `${level.padEnd(7)}  ${check.padEnd(width)}  ${message}\n${advice === undefined ? '' : `${' '.repeat(width + 11)}-> ${advice}\n`}`,
    )
    .join('');
}

/** `12 ok, 1 warning, 0 errors`. */
export function countFindings(findings: readonly Finding[]): string {
  const of = (wanted: Finding['level']): number => findings.filter(({ level }) => level === wanted).length;
  return `${String(of('ok'))} ok, ${count(of('warning'), 'warning')}, ${count(of('error'), 'error')}`;
}
